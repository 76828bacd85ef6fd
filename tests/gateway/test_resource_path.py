import pytest

from apigw_oauth.gateway.resource_path import ResourcePath, ResourcePathError


@pytest.mark.parametrize(
    "path",
    [
        "",
        "pets",
        "/pets/",
        "//",
        "/a//b",
        "/{proxy+}/x",
        "/{}",
        "/x{id}",
        "/{a}{b}",
        "/{a}/{a}",
        "/a b",
        "/ü",
        "/a?b",
    ],
)
def test_a_path_that_api_gateway_would_not_create_is_refused(path: str) -> None:
    with pytest.raises(ResourcePathError, match="resource path"):
        ResourcePath.parse(path)


@pytest.mark.parametrize(
    ("template", "path", "expected"),
    [
        ("/", "/", {}),
        ("/", "/x", None),
        ("/pets", "/pets", {}),
        ("/pets", "/pets/", {}),
        ("/pets", "/Pets", None),
        ("/pets", "/pets/1", None),
        ("/pets", "/pet%73", None),
        ("/pets/{id}", "/pets/1", {"id": "1"}),
        ("/pets/{id}", "/pets/1/", {"id": "1"}),
        ("/pets/{id}", "/pets/%2F", {"id": "%2F"}),
        ("/pets/{id}", "/pets/..", {"id": ".."}),
        ("/pets/{id}", "/pets", None),
        ("/pets/{id}", "/pets/", None),
        ("/pets/{id}", "/pets//", None),
        ("/a/{x}/b", "/a//b", None),
        ("/{proxy+}", "/", None),
        ("/{proxy+}", "/a", {"proxy": "a"}),
        ("/{proxy+}", "/a/b/", {"proxy": "a/b"}),
        ("/a/{rest+}", "/a/b//c", {"rest": "b//c"}),
        ("/a/{rest+}", "/a", None),
        ("/a/{rest+}", "/a/", None),
        ("/a/{x}/{rest+}", "/a/1/2/3", {"x": "1", "rest": "2/3"}),
    ],
)
def test_matching(template: str, path: str, expected: dict[str, str] | None) -> None:
    assert ResourcePath.parse(template).match(path) == expected


def test_variable_names_do_not_distinguish_resources() -> None:
    assert ResourcePath.parse("/pets/{a}").shape == ResourcePath.parse("/pets/{b}").shape
    assert ResourcePath.parse("/pets/{a}").shape != ResourcePath.parse("/pets/{a+}").shape
