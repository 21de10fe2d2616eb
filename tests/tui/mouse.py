"""A mouse as a terminal reports it: with its button down while it is dragged, as pilots do not."""

from __future__ import annotations

from textual.events import MouseDown, MouseMove, MouseScrollDown, MouseScrollUp, MouseUp
from textual.pilot import Pilot
from textual.widget import Widget

Target = str | Widget | type[Widget] | None


async def drag(pilot: Pilot[None], target: Target, *way: tuple[int, int]) -> None:
    """Press the left button at the first offset in a widget, go through the others, let it go at the last."""
    await hold(pilot, target, *way)
    await let_go(pilot, target, way[-1])


async def hold(pilot: Pilot[None], target: Target, *way: tuple[int, int]) -> None:
    """Press the left button at the first offset, go through the others, and keep it down."""
    await pilot._post_mouse_events([MouseDown], target, way[0], button=1)
    for offset in way[1:]:
        await pilot._post_mouse_events([MouseMove], target, offset, button=1)
    await pilot.pause()


async def let_go(pilot: Pilot[None], target: Target, offset: tuple[int, int]) -> None:
    """Let the left button go."""
    await pilot._post_mouse_events([MouseUp], target, offset, button=1)
    await pilot.pause()


async def wheel(pilot: Pilot[None], target: Target, offset: tuple[int, int], notches: int = 1) -> None:
    """Turn the wheel over a widget; down is positive."""
    event = MouseScrollDown if notches > 0 else MouseScrollUp
    for _ in range(abs(notches)):
        await pilot._post_mouse_events([event], target, offset)
    await pilot.pause()
