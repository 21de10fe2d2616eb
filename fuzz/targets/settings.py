"""A settings file: what can be used is, the rest is said; never more than that."""

from cryptonews_tui.query import parse
from cryptonews_tui.settings import SETTINGS, Settings, load
from fuzz.checks import scratch_folder

SEEDS = (
    b'languages = ["en", "uk"]\nmouse = false\nsort = "-score"\n[views]\nmine = "is:unread"\nb = {query = "$btc", key = "f5"}\n',
    b'[assets]\nbtc = ["my own coin"]\n[headings]\nimpact = ["Why"]\n[keys]\nquit = "x"\n[pipe]\nx = 1\n',
    b'[[shapes]]\nhost = "a.example"\nitems = "x"\ntitle = "t"\n[secrets."a.example"]\ntoken = "t"\n',
    b"x = [[[[[[[[[[[[]]]]]]]]]]]]\ny = 2025-11-25T09:00:00Z\nz = 0xff\ninf = inf\n",
    b"x = " + b"[" * 3_000 + b"]" * 3_000,
    b"x = " + b"{a = " * 3_000 + b"1" + b"}" * 3_000,
    b"x = " + b"7" * 5_000,
    b"x." * 3_000 + b"x = 1",
)
WORDS = (
    *(name.encode() for name in SETTINGS),
    *(
        b" = ",
        b"[",
        b"]",
        b"[[",
        b"]]",
        b'"""',
        b"'''",
        b"{",
        b"}",
        b"nan",
        b"inf",
        b"-1",
        b"1e999",
        b"true",
        b"2025-11-25",
    ),
    *(b'"is:unread"', b"\\u0000", b"\\U0010ffff", b"\\x1b", b"#", b"\n", b".", b", "),
)
_FILE = scratch_folder() / "config.toml"


def run(data: bytes) -> None:
    _FILE.write_bytes(data)
    settings, problems = load(_FILE)
    assert isinstance(settings, Settings)
    assert all(isinstance(problem, str) for problem in problems)
    for view in settings.views.values():
        parse(view if isinstance(view, str) else view["query"])
