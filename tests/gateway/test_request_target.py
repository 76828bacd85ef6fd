import pytest

from apigw_oauth.gateway.request_target import RequestTarget, may_be_remembered


@pytest.mark.parametrize(
    ("target", "path", "stage_path", "query"),
    [
        ("/dev", "/", "/dev", ""),
        ("/dev/", "/", "/dev/", ""),
        ("/dev?a=b", "/", "/dev", "a=b"),
        ("/dev/x?a=/dev/y?z", "/x", "/dev/x", "a=/dev/y?z"),
        ("/dev//x", "/x", "/dev//x", ""),
        ("/dev/x//y/", "/x//y/", "/dev/x//y/", ""),
        ("/dev/a/../b/./c", "/a/../b/./c", "/dev/a/../b/./c", ""),
        ("/dev/%2e%2E/%2F", "/%2e%2E/%2F", "/dev/%2e%2E/%2F", ""),
        ("http://host:1/dev/x?y", "/x", "/dev/x", "y"),
        ("HTTPS://host/dev/x", "/x", "/dev/x", ""),
    ],
)
def test_targets_on_the_stage(target: str, path: str, stage_path: str, query: str) -> None:
    assert RequestTarget.parse(target, "dev") == RequestTarget(path, stage_path, query, in_stage=True)


@pytest.mark.parametrize(
    "target",
    [
        "",
        "/",
        "*",
        "host:443",
        "/develop",
        "/Dev/x",
        "//dev/x",
        "/%64ev/x",
        "dev/x",
        "http://host",
        "http://host?/dev",
    ],
)
def test_targets_outside_it(target: str) -> None:
    assert not RequestTarget.parse(target, "dev").in_stage


@pytest.mark.parametrize(
    ("target", "may"),
    [
        ("/dev/x", True),
        ("/", True),
        ("/dev/x?token=a", False),
        ("http://user:password@host/dev/x", False),
        ("host:443", False),
        ("/" + "x" * 200, False),
    ],
)
def test_nothing_is_remembered_that_may_hold_a_credential(target: str, may: bool) -> None:
    assert may_be_remembered(target) is may
