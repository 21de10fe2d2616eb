"""When a source is to be visited next: by its interval, by what the publisher says, later after failures."""

from __future__ import annotations

import random
from collections.abc import Callable

MINUTE = 60.0
DAY = 86_400.0


def wait(
    minutes: float,
    *,
    fresh: float = 0.0,
    retry_after: float | None = None,
    failures: int = 0,
    chance: Callable[[], float] = random.random,
) -> float:
    """Seconds until the next visit to a source with an interval of so many `minutes`.

    `fresh` seconds need no asking; a server that asks for `retry_after` seconds gets them; each failure in a row
    doubles the interval, up to a day, and spreads it so that not all come back at once. `chance` is from 0 to 1.
    """
    interval = minutes * MINUTE
    if not failures:
        return max(interval, min(fresh, DAY))
    longer = min(interval * 2.0 ** min(failures, 16), max(DAY, interval))
    return max(longer * (0.9 + 0.2 * chance()), min(retry_after or 0.0, DAY))
