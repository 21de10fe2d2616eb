import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

import cryptonews_tui
from tests.pty_terminal import Terminal
from tests.tui.desk import Desk

PROGRAM = (sys.executable, "-m", "cryptonews_tui")
SOURCE = str(Path(cryptonews_tui.__file__).parents[1])

Start = Callable[..., Terminal]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.fixture
def start(desk: Desk) -> Iterator[Start]:
    """Start the program in a terminal of its own, with a home of its own; it ends with the test."""
    with ExitStack() as terminals:

        def started(*arguments: str, shell: str = "", **options: object) -> Terminal:
            """`shell` is a line for sh in which `$PROGRAM` stands for the program."""
            home = desk.folder.parent / "home"
            home.mkdir(exist_ok=True)
            environment = {
                "HOME": str(home),
                "PYTHONPATH": SOURCE,
                "TZ": "UTC",
                "CRYPTONEWS_LIBRARY": str(desk.paths.library),
                "CRYPTONEWS_STATE": str(desk.paths.state),
                "CRYPTONEWS_CONFIG": str(desk.paths.config),
                "CRYPTONEWS_CACHE": str(desk.paths.cache),
                "PROGRAM": " ".join(PROGRAM),
                **options.pop("env", {}),  # type: ignore[dict-item]
            }
            environment = {name: value for name, value in environment.items() if value is not None}
            command = ("sh", "-c", shell) if shell else (*PROGRAM, *arguments)
            terminal = Terminal(command, env=environment, **options)  # type: ignore[arg-type]
            return terminals.enter_context(terminal)

        yield started
