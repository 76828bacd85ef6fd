"""Forms: what Python's own parser reads is what was meant."""

from urllib.parse import parse_qsl, quote_plus

import pytest

from apigw_oauth.authorizer.verifiers import form

TEXTS = [
    "",
    "2YotnFZFEjr1zCsicMWpAA",
    "a.b-c_d~e",
    "a b",
    "a+b/c=",
    "100%",
    "ä€😀",
    "&=;#?",
    "\x00\r\n\x7f",
    "\u00a0",
]


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_texts_are_quoted_as_the_standard_library_does(text):
    assert form.quoted(text) == quote_plus(text)


def test_a_form_reads_as_what_was_written():
    fields = {f"{name} &": text for name, text in zip("abcdefghij", TEXTS, strict=True)}
    assert (
        dict(parse_qsl(form.encoded(fields).decode("ascii"), keep_blank_values=True, strict_parsing=True))
        == fields
    )


def test_what_is_no_text_is_not_sent():
    with pytest.raises(UnicodeEncodeError):
        form.encoded({"token": "\ud800"})
