"""Names of routes in templates."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apigw_oauth.deploy.blueprint import Route, ToNobody
from apigw_oauth.deploy.route_names import path_name, route_name


def route(key: str) -> Route:
    method, _, path = key.rpartition(" ")
    return Route(method, path, authorized=True, integration=ToNobody(""))


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("GET /", "GetRoot"),
        ("GET /pets", "GetPets"),
        ("ANY /pets/{id}", "AnyPetsById"),
        ("GET /{proxy+}", "GetAnyProxy"),
        ("$connect", "OnConnect"),
        ("$default", "OnDefault"),
        ("hello", "Hello"),
    ],
)
def test_a_route_has_a_name_that_can_be_read(key, name):
    assert route_name(route(key)) == name


def test_other_paths_keep_what_can_be_read_of_them():
    assert path_name("/pets/{petId}").startswith("PetsPetId")
    assert route_name(route("send/all")).startswith("SendAll")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("/pets/{id}", "/pets/by/id"),
        ("/root", "/"),
        ("/a-b", "/ab"),
        ("/a-b", "/a_b"),
        ("/a/b", "/aB"),
        ("/{x}", "/{x+}"),
        ("/any/x", "/{x+}"),
        ("/Pets", "/pets"),
    ],
)
def test_two_paths_have_two_names(one, other):
    assert path_name(one) != path_name(other)


def test_messages_and_events_of_a_websocket_api_have_names_of_their_own():
    keys = ["connect", "$connect", "onConnect", "default", "$default", "/default", "by"]
    assert len({route_name(route(key)) for key in keys}) == len(keys)


SEGMENTS = st.sampled_from(["a", "b", "ab", "by", "any", "root", "A", "a-b", "{a}", "{b}", "{a+}", "{by}", "1"])


@given(st.lists(st.lists(SEGMENTS, max_size=4).map(tuple), unique=True, max_size=30))
def test_names_are_letters_and_digits_and_no_two_are_alike(paths):
    names = [path_name("/" + "/".join(path)) for path in paths]
    assert len(set(names)) == len(paths)
    assert all(name.isascii() and name.isalnum() for name in names)
