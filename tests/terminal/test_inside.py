"""Whatever bytes a stranger's terminal sends, the running program reaches for nothing outside.

The program runs as it is, with its walls; before them somebody else listens, so that an attempt counts though the
walls would have refused it.
"""

from __future__ import annotations

import signal
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import outside
from tests.pty_terminal import KEYS, Terminal
from tests.tui.desk import Desk

LISTENING = """
import importlib.util, os, sys
spec = importlib.util.spec_from_file_location("outside", sys.argv[1])
outside = importlib.util.module_from_spec(spec)
spec.loader.exec_module(outside)
from pathlib import Path
from cryptonews_tui.cli import main
from cryptonews_tui.settings import Paths
library, state, config = sys.argv[3:6]
listener = outside.Outside(Paths(Path(config), Path(library), Path(state), Path("/nonexistent")))
heard = os.open(sys.argv[2], os.O_WRONLY | os.O_CREAT)
listening = False

def hear(event, arguments):
    global listening
    if event == "sys.addaudithook":  # the walls
        listening = True
        os.write(heard, b"walls\\n")
    elif listening and listener.is_outside(event, arguments):
        os.write(heard, f"{event} {arguments!r:.300}\\n".encode())

sys.addaudithook(hear)
sys.exit(main(["--restricted", "--library", library, "--state", state, "--config", config]))
"""
TEMPTING = (
    'pipe = ["touch", "/tmp/piped"]\nshow_covers = true\nread_after_seconds = 0\nfollow_after_ms = 0\n[keys]\n'
    'pipe = "f5"\nbrowser = "f6"\nrefresh = "f7"\nsources = "f8"\n'
)

_BYTES = st.one_of(
    st.sampled_from([*KEYS.values()]),
    st.characters(min_codepoint=1, max_codepoint=126).filter(lambda character: character not in "q\x11"),
    st.sampled_from(
        ["|", "o", "r", "R", "v", "u", "\x0f", "\x1a", "\x1c", "\x03", "\x10", ":", "!", "f", "a"]
    ),
    st.sampled_from(
        ["\x1b[200~; sh\n\x1b[201~", "\x1b[<0;20;8M\x1b[<0;20;8m", "\x1b[15~", "\x1b[17~", "\x1b[19~"]
    ),
    st.sampled_from([f"\x1b[{number}~" for number in range(1, 35)]),
    st.sampled_from(
        ["/etc/passwd\r", ":source\r", ":pipe\r", "\x10screenshot\r", "\x1b[?62;c", "\x1b]52;c;eA==\x07"]
    ),
    st.text("abcdefghijklmnop/:|~ \r\x1b", max_size=12),
)


def tempting(folder: Path) -> Desk:
    desk = Desk(folder)
    for number in range(12):
        desk.write(
            str(number),
            hours=number,
            coverImage={"small": "http://127.0.0.1:9/x.png"},
            body="[a](https://b.example)",
        )
    desk.sync()
    desk.add_source()
    desk.paths.config.write_text(TEMPTING)
    return desk


def heard_while(desk: Desk, typed: list[str]) -> tuple[list[str], Terminal]:
    heard = desk.paths.config.with_name("heard")
    paths = map(str, (outside.__file__, heard, desk.paths.library, desk.paths.state, desk.paths.config))
    environment = {"DISPLAY": ":0", "TMUX": "/tmp/tmux,1,0", "BROWSER": "touch /tmp/browsed", "EDITOR": "sh"}
    with Terminal([sys.executable, "-I", "-c", LISTENING, *paths], env=environment) as terminal:
        terminal.wait_for("Story 0")
        for text in typed:
            if terminal.exit_code is not None:
                break
            terminal.send(text)
            terminal.read(0.02)
        terminal.quiet(0.3)
        if terminal.exit_code is None:
            terminal.signal(signal.SIGHUP)
        terminal.wait_end()
    return heard.read_text().splitlines(), terminal


@settings(max_examples=8, derandomize=True, suppress_health_check=[*HealthCheck])
@given(st.lists(_BYTES, min_size=20, max_size=60))
@pytest.mark.timeout(300)
def test_whatever_a_terminal_sends_the_program_stays_inside(typed: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        heard, terminal = heard_while(tempting(Path(folder) / "desk"), typed)
        assert heard == ["walls"]
        assert b"Traceback" not in terminal.output


def test_the_listener_hears_what_does_not_stay_inside(tmp_path: Path) -> None:
    desk = tempting(tmp_path / "desk")
    listener = outside.Outside(desk.paths)
    assert listener.is_outside("subprocess.Popen", ("sh", ["sh"], None, None))
    assert listener.is_outside("open", ("/etc/passwd", "r", 0))
    assert listener.is_outside("open", (str(desk.paths.library), "w", 0))
    assert not listener.is_outside("open", (str(desk.paths.state), "w", 0))
