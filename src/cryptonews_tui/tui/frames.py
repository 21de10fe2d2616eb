"""Textual's frames on their way to the terminal: only what has changed is sent, and only the newest when it is slow.

All that we take from inside Textual for it is here: what an update consists of, and the driver it is written to.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, runtime_checkable

from rich.color import ColorSystem
from rich.console import RenderableType
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.app import App
from textual.driver import Driver
from textual.geometry import Offset, Size
from textual.screen import Screen
from textual.timer import Timer

from cryptonews_tui.tui.frugal import Frugal

_LATER = 0.05
"""Seconds until a terminal that has not taken the last frame is tried again."""
_BRACKETED = 512
"""A frame of so many characters is shown at once, where the terminal can: a smaller one comes in one piece."""
_BEGIN, _END = "\x1b[?2026h", "\x1b[?2026l"


@runtime_checkable
class Watched(Protocol):
    """A driver that tells what others write, and whether the terminal keeps up."""

    watch: Callable[[str], None] | None

    def write_frame(self, data: str) -> None: ...

    def is_behind(self) -> bool: ...


class FramesApp(App[None]):
    """An app whose frames are sent as differences. `few_colours` is for slow links."""

    few_colours = False

    def __init__(self, *, driver_class: type[Driver] | None = None) -> None:
        super().__init__(driver_class=driver_class)
        self._frames: Frugal | None = None
        self._catching_up: Timer | None = None

    def repaint(self) -> None:
        """The terminal may show anything now: the next frame brings all of the screen."""
        if self._frames is not None:
            self._frames.erase()

    def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        driver = self._watched()
        if driver is None or not isinstance(renderable, LayoutUpdate | ChopsUpdate):
            if renderable is not None and self._frames is not None and not self._batch_count:
                self._frames.forget()
            super()._display(screen, renderable)
            return
        try:
            if self._batch_count or not self._running or self._closed:
                return
            self._draw(self._frames_for(screen.outer_size, driver), renderable)
            self._send()
        finally:
            self.post_display_hook()

    def _watched(self) -> Watched | None:
        driver: object = self._driver
        return driver if isinstance(driver, Watched) else None

    def _frames_for(self, size: Size, driver: Watched) -> Frugal:
        frames = self._frames
        if frames is None or (frames.width, frames.height) != size:
            colours = self.console._color_system or ColorSystem.TRUECOLOR
            if self.few_colours:
                colours = min(colours, ColorSystem.EIGHT_BIT)
            frames = self._frames = Frugal(size.width, size.height, colours)
            frames.erase()
            driver.watch = self._others_write
        return frames

    @staticmethod
    def _draw(frames: Frugal, update: LayoutUpdate | ChopsUpdate) -> None:
        if isinstance(update, LayoutUpdate):
            region = update.region
            for y, line in enumerate(update.strips, region.y):
                frames.draw(region.x, y, (segment for strip in line for segment in strip), region.right)
            return
        for y, left, right in update.spans:
            for end, (x, strip) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
                if strip is not None and x <= right and end > left:
                    frames.draw(x, y, strip, min(end, right))

    def _send(self, *, anyway: bool = False) -> None:
        frames, driver = self._frames, self._watched()
        if frames is None or driver is None:
            return
        if driver.is_behind() and not anyway:
            if self._catching_up is None:
                self._catching_up = self.set_timer(_LATER, self._catch_up)
            return
        cursor = self.screen.outer_size.clamp_offset(self.cursor_position)
        text = frames.frame(cursor if self.cursor_position != Offset() else None)
        if text:
            at_once = self._sync_available and len(text) >= _BRACKETED
            driver.write_frame(f"{_BEGIN}{text}{_END}" if at_once else text)

    def _catch_up(self) -> None:
        self._catching_up = None
        self._send()

    def _others_write(self, data: str) -> None:
        """Somebody writes past the frames: what that does to the terminal."""
        frames = self._frames
        if frames is None:
            return
        if "\x1b[?1049h" in data:
            frames.erase()
        elif "\x1bP" in data:  # a picture in sixel stands where the last frame has made room for it
            self._send(anyway=True)
            frames.forget()
        else:
            frames.forget_pen()
