from __future__ import annotations

import pytest

from cryptonews_tui.session import LOCAL, session_of
from cryptonews_tui.settings import Settings

SSH = {"SSH_CONNECTION": "192.0.2.1 50000 192.0.2.2 22"}


def test_a_plain_terminal_is_local() -> None:
    assert session_of({"LANG": "C.UTF-8"}, Settings()) == LOCAL


@pytest.mark.parametrize(
    ("environment", "frugal", "setting", "asked"),
    [
        (SSH, True, "auto", False),
        (SSH, False, "never", False),
        ({}, True, "always", False),
        ({}, True, "never", True),
        ({"SSH_CONNECTION": ""}, False, "auto", False),
    ],
)
def test_over_ssh_or_on_wish_a_session_is_frugal(
    environment: dict[str, str], frugal: bool, setting: str, asked: bool
) -> None:
    assert session_of(environment, Settings(frugal=setting), frugal=asked).frugal is frugal
