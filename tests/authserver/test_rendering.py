import pytest
from jinja2 import UndefinedError

from apigw_oauth.authserver.rendering import Pages


def random(octets):
    return b"\x01" * octets


def test_values_are_escaped():
    page = Pages('<b>"service"', random).response("error.html", explanation="<script>", code="X", error_uri=None)
    text = bytes(page.body).decode()
    assert "&lt;b&gt;&#34;service&#34;" in text
    assert "<script" not in text


def test_a_missing_value_is_an_error_and_not_an_empty_place():
    with pytest.raises(UndefinedError):
        Pages("s", random).response("error.html", code="X")


def test_a_form_may_lead_nowhere_unless_it_is_said():
    page = Pages("s", random).response("error.html", explanation="", code="X", error_uri=None)
    assert page.headers["content-security-policy"].endswith("form-action 'none'")
