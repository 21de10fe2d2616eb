import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tui.desk import Desk


@pytest.fixture(autouse=True)
def _coordinated_time(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Times are told alike wherever the tests run."""
    with monkeypatch.context() as here:
        here.setenv("TZ", "UTC")
        time.tzset()
        yield
    time.tzset()


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)
