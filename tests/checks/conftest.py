from pathlib import Path

import pytest

from tests.checks.checking import Checking


@pytest.fixture
def checking(tmp_path: Path) -> Checking:
    return Checking(tmp_path)
