"""How wide text is printed."""

from io import StringIO

import pytest

from apigw_oauth.cli.text_width import text_width


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("file", [StringIO(), Terminal()])
@pytest.mark.parametrize(("columns", "width"), [("60", 60), ("200", 200), ("1", 40)])
def test_columns_decides_where_it_is_set(file: StringIO, columns: str, width: int):
    assert text_width(file, {"COLUMNS": columns}) == width


@pytest.mark.parametrize("columns", ["", "0", "-5", "wide", "99999", "\u0663\u0663"])
def test_without_a_number_in_columns_it_is_a_hundred_off_a_terminal(columns: str):
    assert text_width(StringIO(), {"COLUMNS": columns}) == text_width(StringIO(), {}) == 100


def test_a_terminal_is_filled_up_to_a_hundred():
    assert 40 <= text_width(Terminal(), {}) <= 100
