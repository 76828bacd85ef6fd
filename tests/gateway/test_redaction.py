from hypothesis import given, settings
from hypothesis import strategies as st

from apigw_oauth.gateway.redaction import redacted, shown


def test_redaction_takes_every_occurrence() -> None:
    assert redacted("Bearer abc and abc", ("Bearer abc", "abc")) == "[redacted] and [redacted]"


def test_a_name_is_quoted_and_cut() -> None:
    assert shown('a"\n\x1b') == r'"a\"\n\u001b"'
    assert len(shown("x" * 1000)) == 80


@settings(deadline=None)
@given(st.text(max_size=100), st.text(min_size=4, max_size=200), st.text(max_size=9))
def test_no_piece_of_a_credential_is_shown_however_it_is_quoted_and_cut(
    before: str, credential: str, after: str
) -> None:
    assert shown(before + credential + after, (credential,)) == shown(
        redacted(before + credential + after, (credential,))
    )


def test_a_credential_that_is_cut_or_escaped_is_not_shown() -> None:
    for credential in ("s3cr3t" * 50, 's3cr3t"\\ü'):
        assert shown(credential, (credential,)) == '"[redacted]"'
