"""Folders and files on this computer, watched: who asks is told at once where something has changed."""

from __future__ import annotations

import os
import stat
import threading
from collections.abc import Callable, Iterable, Sequence

from cryptonews_tui.safety import clean_line

SETTLED_MS, STEP_MS = 100, 50
"""Changes are told together once nothing has changed for a step, at the latest after so long."""
BEAT_MS = 1_000
"""How often it is looked whether a place has come or gone: the system tells nothing of places that are not there."""

Identity = tuple[int, int, int] | None
"""Which folder stands at a place, or which state of a file; None: nothing."""


class Watch:
    """Watches places until it is stopped. `changed` and `failed` are called in a thread of its own."""

    def __init__(
        self,
        places: Sequence[str],
        changed: Callable[[Sequence[str]], None],
        failed: Callable[[str], None] = lambda _: None,
    ) -> None:
        """`changed` hears which places have changed, `failed` why nothing can be watched any more."""
        self.places = tuple(places)
        self._changed = changed
        self._failed = failed
        self._stop = threading.Event()
        self.watching = False
        """Whether something is there, and the system has been asked to tell of it."""

    def start(self) -> None:
        threading.Thread(target=self._run, name="watching", daemon=True).start()

    def stop(self) -> None:
        """End soon; nothing is told any more."""
        self._stop.set()

    def _run(self) -> None:
        known = self._identities()
        while not self._stop.is_set():
            there = [place for place, identity in known.items() if identity is not None]
            try:
                self._watch(there, known) if there else self._stop.wait(BEAT_MS / 1000)
            except FileNotFoundError:  # it went as we were about to look
                self._stop.wait(BEAT_MS / 1000)
            except (OSError, RuntimeError) as error:  # the latter for the system's limits
                if not self._stop.is_set():
                    self._failed(_why(error))
                return
            self.watching = False
            now = self._identities()
            self._tell(place for place in self.places if now[place] not in (known[place], None))
            known = now

    def _watch(self, there: Sequence[str], known: dict[str, Identity]) -> None:
        """Tell what changes until a place has come, gone, or been replaced."""
        from watchfiles import watch

        for changes in watch(
            *there,
            watch_filter=lambda _, path: self._matters(path),
            debounce=SETTLED_MS,
            step=STEP_MS,
            stop_event=self._stop,
            rust_timeout=BEAT_MS,
            yield_on_timeout=True,
            raise_interrupt=False,
            ignore_permission_denied=True,
        ):
            self.watching = True
            paths = [path for _, path in changes]
            now = self._identities()
            told = [place for place in there if now[place] and any(_is_in(path, place) for path in paths)]
            self._tell(told)
            if now != known:
                # What has gone may be back before it is looked again, as the same folder with other files.
                known.update((place, now[place]) for place in now if place in told or now[place] is None)
                return

    def _tell(self, places: Iterable[str]) -> None:
        if (changed := [*places]) and not self._stop.is_set():
            self._changed(changed)

    def _matters(self, path: str) -> bool:
        """Whether it may be an article: hidden files, and those that editors write on the way, are none."""
        return any(
            path == place or not _is_passing(path[len(place) :])
            for place in self.places
            if _is_in(path, place)
        )

    def _identities(self) -> dict[str, Identity]:
        return {place: _identity(place) for place in self.places}


def _identity(place: str) -> Identity:
    try:
        status = os.stat(place)
    except (OSError, ValueError):
        return None
    # The number of a file that is gone may be given to the one that takes its place.
    return status.st_dev, status.st_ino, 0 if stat.S_ISDIR(status.st_mode) else status.st_mtime_ns


def _why(error: Exception) -> str:
    """What the system says: the end of `Error creating recommended watcher: Too many open files (os error 24)`."""
    said = error.strerror if isinstance(error, OSError) else None
    return clean_line(said or str(error).rpartition(": ")[2].partition(" (os error")[0])


def _is_in(path: str, place: str) -> bool:
    return path == place or path.startswith(place.rstrip(os.sep) + os.sep)


def _is_passing(path: str) -> bool:
    return f"{os.sep}." in path or path.endswith(("~", ".swp", ".swx", ".tmp", ".part"))
