"""How sources are reached: bounds, hosts, what is kept between visits, and how a visit is called off."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from cryptonews_tui.sources.http.hosts import Hosts
from cryptonews_tui.sources.http.line import Lines
from cryptonews_tui.sources.http.secrets import Secrets
from cryptonews_tui.sources.limits import Limits

if TYPE_CHECKING:
    from cryptonews_tui.sources.shapes import Shape


@dataclass(frozen=True, slots=True)
class Access:
    """What all visits of one refresh share; `dataclasses.replace` makes the one for a single source."""

    limits: Limits = field(default_factory=Limits)
    cache: Path | None = None
    """The folder for what a source needs to keep between visits (Git repositories); `None`: for this visit only."""
    history: bool = False
    """Whether older states of a repository are to be read, too."""
    stop: threading.Event = field(default_factory=threading.Event)
    """Set it from any thread: every visit ends soon, waiting ones at once."""
    count_bytes: Callable[[int], None] = lambda _: None
    """Hears of bytes as they arrive, from any thread."""
    requests_per_host: int = 1
    hosts_at_once: int = 8
    hosts: Hosts = field(default_factory=Hosts)
    """Rations the requests of all visits that share it."""
    lines: Lines = field(default_factory=Lines)
    """`with access.lines:` keeps connections from one visit to the next."""
    shapes: tuple[Shape, ...] = ()
    """Where other JSON news keeps what."""
    secrets: Secrets = field(default_factory=Secrets)
    """What opens the doors of some hosts."""
