"""The reader's belongings as one file: what goes out comes in, twice is once, and nothing else gets in."""

from __future__ import annotations

import io
import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cryptonews_tui.cli import main
from cryptonews_tui.library import Mark, State, StoredSource
from cryptonews_tui.library.state import Belongings, Marked
from cryptonews_tui.safety import clean, clean_line
from cryptonews_tui.transfer import TransferError, read, to_json, to_text
from cryptonews_tui.views import View
from tests.strategies import HOSTILE, ODD_TEXT, threats

LINES = ODD_TEXT.map(clean_line).filter(bool)
TIMES = st.none() | st.integers(-62_135_596_800_000, 253_402_300_799_999)
FEW = st.sampled_from(["1", "2", "3", "Three"])
MARKED = st.builds(
    Marked,
    FEW | LINES,
    TIMES,
    TIMES,
    st.none() | (FEW | ODD_TEXT).map(lambda text: clean(text).strip() or None),
).filter(lambda mark: mark != Marked(mark.story))
VIEWS = st.builds(
    View,
    FEW | LINES,
    st.sampled_from(["", "etf", "tag:btc"]) | ODD_TEXT.map(clean_line),
    st.none() | st.sampled_from(["f5", "f6"]),
    st.just(True),
)
SOURCES = st.builds(
    StoredSource,
    FEW | LINES,
    FEW | LINES,
    enabled=st.booleans(),
    minutes=st.none() | st.integers(1, 100_000),
    policy=st.sampled_from(["keep", "mark", "remove"]),
    languages=st.lists(st.sampled_from(["en", "uk", "pt-br"]), max_size=2).map(tuple),
    history=st.booleans(),
)
BELONGINGS = st.builds(
    Belongings,
    st.lists(MARKED, max_size=5, unique_by=lambda mark: mark.story),
    st.lists(VIEWS, max_size=5),
    st.lists(SOURCES, max_size=4),
)


@contextmanager
def fresh() -> Iterator[State]:
    with tempfile.TemporaryDirectory() as folder, closing(State(Path(folder) / "state.db")) as state:
        yield state


@given(BELONGINGS)
def test_what_is_written_is_read(belongings: Belongings) -> None:
    assert read(to_text(belongings)) == belongings
    assert read(json.dumps(to_json(belongings))) == belongings


@settings(max_examples=40)
@given(BELONGINGS, BELONGINGS)
def test_importing_twice_is_importing_once(here: Belongings, comes: Belongings) -> None:
    with fresh() as state:
        state.merge(here)
        state.merge(comes)
        once = state.belongings()
        again = state.merge(comes)
        assert (again.marks, again.views, again.sources) == (0, [], [])
        assert state.belongings() == once
        state.merge(once)  # and one's own is nothing new
        assert state.belongings() == once


@settings(max_examples=40)
@given(BELONGINGS, BELONGINGS)
def test_nothing_that_is_here_or_comes_in_is_lost(here: Belongings, comes: Belongings) -> None:
    with fresh() as state:
        state.merge(here)
        before = state.belongings()
        state.merge(comes)
        after = state.belongings()
    assert after.views[: len(before.views)] == before.views
    assert after.sources[: len(before.sources)] == before.sources
    assert {view.query for view in after.views} == {view.query for view in (*here.views, *comes.views)}
    assert {s.location for s in after.sources} == {s.location for s in (*here.sources, *comes.sources)}
    marks = {mark.story: mark for mark in after.marks}
    for mark in (*here.marks, *comes.marks):
        kept = marks[mark.story]
        for time, earliest in ((mark.read, kept.read), (mark.starred, kept.starred)):
            assert time is None or (earliest is not None and earliest <= time)
        assert (mark.note or "") in (kept.note or "")


@settings(max_examples=40)
@given(BELONGINGS)
def test_another_machine_gets_the_same(belongings: Belongings) -> None:
    with fresh() as one, fresh() as other:
        one.merge(belongings)
        other.merge(read(to_text(one.belongings())))
        assert to_text(other.belongings()) == to_text(one.belongings())


# What comes from anywhere

GOOD: dict[str, Any] = {
    "format": "cryptonews state",
    "version": 1,
    "marks": [{"story": "1", "read": "2026-01-31T12:00:00.000Z", "starred": None, "note": "Hm."}],
    "views": [{"name": "Calm", "query": "-etf", "key": "f5"}],
    "sources": [{"name": "news", "location": "/news"}],
}


def changed(**fields: Any) -> str:
    return json.dumps({**GOOD, **fields})


BAD = {
    "no JSON": ("marks", "this is no JSON"),
    "nothing": ("", "this is no JSON"),
    "deep": ("[" * 100_000, "this is no JSON"),
    "a list": ("[]", "`cryptonews export` did not write this"),
    "foreign": (changed(format="newsbeuter"), "`cryptonews export` did not write this"),
    "no format": ('{"version": 1}', "`cryptonews export` did not write this"),
    "newer": (changed(version=2), "another version of cryptonews wrote this"),
    "version": (changed(version=[]), "another version of cryptonews wrote this"),
    "no marks": (changed(marks=None), "marks is no list"),
    "a map": (changed(views={}), "views is no list"),
    "a number": (changed(marks=[1]), "marks[0]: this is no object"),
    "second": (changed(sources=[GOOD["sources"][0], {}]), "sources[1]: location is no text"),
    "no story": (changed(marks=[{}]), "marks[0]: story is no text"),
    "story": (changed(marks=[{"story": 5}]), "marks[0]: story is no text"),
    "empty story": (changed(marks=[{"story": " \u200b"}]), "marks[0]: story is empty"),
    "time": (changed(marks=[{"story": "1", "read": "noon"}]), "marks[0]: read is no instant"),
    "no zone": (changed(marks=[{"story": "1", "read": "2026-01-31"}]), "marks[0]: read is no instant"),
    "number": (changed(marks=[{"story": "1", "read": 5}]), "marks[0]: read is no text"),
    "note": (changed(marks=[{"story": "1", "note": ["a"]}]), "marks[0]: note is no text"),
    "query": (changed(views=[{"name": "a", "query": None}]), "views[0]: query is no text"),
    "key": (changed(views=[{"name": "a", "query": "", "key": 5}]), "views[0]: key is no text"),
    "source": (changed(sources=[{"name": "", "location": "/a"}]), "sources[0]: name is empty"),
    "location": (
        changed(sources=[{"name": "a", "location": "/a\x1b[31m"}]),
        "sources[0]: location is not one that cryptonews wrote",
    ),
}


@pytest.mark.parametrize(("text", "said"), BAD.values(), ids=BAD)
def test_what_is_no_such_file_is_refused_with_the_place(text: str, said: str) -> None:
    with pytest.raises(TransferError) as caught:
        read(text)
    assert str(caught.value).startswith(said)
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_texts_are_cleaned(text: str) -> None:
    found = read(
        changed(
            marks=[{"story": f"1{text}", "note": text}],
            views=[{"name": f"a{text}", "query": text, "key": text}],
            sources=[{"name": f"a{text}", "location": "/a"}],
        )
    )
    (mark,), (view,), (source,) = found.marks, found.views, found.sources
    for one in (mark.story, mark.note or "", view.name, view.query, view.key or "", source.name):
        assert threats(one) == []


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(),
        lambda v: st.lists(v) | st.dictionaries(st.text(), v),
    )
)
def test_any_json_is_taken_in_or_refused(value: Any) -> None:
    for text in (json.dumps(value), changed(marks=value), changed(views=[value]), changed(sources=[value])):
        with suppress(TransferError):
            assert isinstance(read(text), Belongings)


# The commands


@pytest.fixture
def machines(tmp_path: Path) -> tuple[list[str], list[str]]:
    """The options that name the files of two machines; on the first there is something of everything."""
    with closing(State(tmp_path / "one.db")) as state:
        state.set_mark(Mark.READ, "1", on=True)
        state.set_note("2", "Ще подумати.")
        state.save_view("Calm", "-etf", "f5")
        state.add_source("news", "/nowhere/news")
    return tuple(  # type: ignore[return-value]
        [f"--state={tmp_path / name}.db", f"--library={tmp_path}/library.db", f"--config={tmp_path}/none"]
        for name in ("one", "two")
    )


def belongings(tmp_path: Path, name: str) -> Belongings:
    with closing(State(tmp_path / f"{name}.db")) as state:
        return state.belongings()


def test_belongings_go_to_another_machine(
    machines: tuple[list[str], list[str]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one, two = machines
    file = tmp_path / "moved.json"
    assert main(["export", *one, str(file)]) == 0
    said = (
        f"wrote {file}: 2 marks, 1 view, 1 source. Bring it in elsewhere with: cryptonews import moved.json\n"
    )
    assert capsys.readouterr() == ("", said)
    assert file.stat().st_mode & 0o777 == 0o600
    assert main(["import", *two, str(file)]) == 0
    assert capsys.readouterr() == (
        "",
        "added source news: /nowhere/news\nadded view Calm: -etf\n2 stories are marked otherwise than before\n",
    )
    assert belongings(tmp_path, "two") == belongings(tmp_path, "one")
    assert main(["import", *two, str(file)]) == 0
    assert capsys.readouterr() == ("", "0 stories are marked otherwise than before\n")
    assert belongings(tmp_path, "two") == belongings(tmp_path, "one")


def test_belongings_go_through_a_pipe(
    machines: tuple[list[str], list[str]],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    one, two = machines
    assert main(["export", *one, "-"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(out.encode())))
    assert main(["import", *two, "-"]) == 0
    assert belongings(tmp_path, "two") == belongings(tmp_path, "one")


def test_no_file_is_written_over(
    machines: tuple[list[str], list[str]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "precious.txt"
    file.write_text("precious")
    assert main(["export", *machines[0], str(file)]) == 1
    assert capsys.readouterr().err == f"cryptonews: there is a file {file} already; name another\n"
    assert file.read_text() == "precious"
    assert main(["export", *machines[0], str(tmp_path / "no" / "folder.json")]) == 1
    assert "folder.json cannot be written: No such file or directory" in capsys.readouterr().err


def test_a_file_that_does_not_fit_on_the_disk_is_not_left_behind(
    machines: tuple[list[str], list[str]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from tests.test_database import full_disk

    with closing(State(tmp_path / "one.db")), full_disk():
        assert main(["export", *machines[0], str(tmp_path / "moved.json")]) == 1
    assert "moved.json cannot be written: File too large" in capsys.readouterr().err
    assert not (tmp_path / "moved.json").exists()


@pytest.mark.parametrize(("text", "said"), BAD.values(), ids=BAD)
def test_a_file_that_is_refused_changes_nothing(
    machines: tuple[list[str], list[str]],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    text: str,
    said: str,
) -> None:
    (tmp_path / "bad.json").write_text(text)
    before = belongings(tmp_path, "one")
    assert main(["import", *machines[0], str(tmp_path / "bad.json")]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"cryptonews: {tmp_path}/bad.json cannot be taken in: {said}")
    assert err.endswith(". Nothing was changed.\n")
    assert threats(err) == []
    assert belongings(tmp_path, "one") == before


def test_what_cannot_be_read_is_refused(
    machines: tuple[list[str], list[str]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "latin.json").write_bytes(changed().encode() + b"\xff")
    (tmp_path / "large.json").touch()
    os.truncate(tmp_path / "large.json", 300 * 1024 * 1024)  # a hole takes no room
    for name, said in (
        ("latin.json", "it is not UTF-8 text"),
        ("large.json", "it is too large"),
        ("absent.json", "No such file or directory"),
        ("", "Is a directory"),
    ):
        assert main(["import", *machines[0], str(tmp_path / name)]) == 1
        assert f"cannot be taken in: {said}. Nothing was changed." in capsys.readouterr().err
