"""What docs/security.md promises of the running reader, where no other file has the test."""

from __future__ import annotations

from tests.strategies import HOSTILE, threats
from tests.tui.desk import Desk

BODY = "## Overview\n\n" + "\n\n".join(f"START {text} &#27;[31m&#x202e; END" for text in HOSTILE.values())


async def test_what_is_copied_is_clean(desk: Desk, copied: list[str]) -> None:
    desk.write("1", body=BODY, canonicalUrl="https://wire.example/\x1b]52;c;aG9zdGlsZQ==\x07")
    async with desk.open() as reader:
        await reader.do("open", "zoom")
        await reader.press("V", "space", *["j"] * 30, "enter")
        await reader.press("Y", "y")
    assert any("START" in text and "END" in text for text in copied)
    assert [threats(text) for text in copied] == [[] for _ in copied]
