import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tui.desk import Desk

_set_zone = getattr(time, "tzset", lambda: None)  # Windows has but its own zone


@pytest.fixture(autouse=True)
def _coordinated_time(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Times are told alike wherever the tests run."""
    with monkeypatch.context() as here:
        here.setenv("TZ", "UTC")
        _set_zone()
        yield
    _set_zone()


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.fixture
def copied(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is copied, in the order of copying."""
    texts: list[str] = []
    monkeypatch.setattr(
        "cryptonews_tui.tui.app.CryptonewsApp.copy_to_clipboard", lambda app, text: texts.append(text)
    )
    return texts


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The addresses that are opened in a browser."""
    addresses: list[str] = []
    monkeypatch.setattr(
        "cryptonews_tui.tui.app.CryptonewsApp.open_in_browser", lambda app, url: addresses.append(url)
    )
    return addresses
