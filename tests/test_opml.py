"""Lists of sources, as this program and others write them."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cryptonews_tui.opml import OpmlError, Subscription, read, write
from cryptonews_tui.safety import clean, clean_line

LINES = st.text(max_size=30).map(clean_line).filter(bool)
SUBSCRIPTIONS = st.builds(
    Subscription,
    name=LINES,
    location=st.builds("https://news.example/{}".format, st.integers(0, 999))
    | LINES.map("https://news.example/?q={}".format),
    folder=st.lists(LINES, max_size=4).map(tuple),
    feed=st.booleans(),
)


@given(st.lists(SUBSCRIPTIONS, min_size=1, unique_by=lambda one: one.location))
def test_what_was_written_is_read(subscriptions: list[Subscription]) -> None:
    reading = read(write(subscriptions).encode())
    assert set(reading.subscriptions) == set(subscriptions)
    assert len(reading.subscriptions) == len(subscriptions)
    assert reading.notes == []


@pytest.mark.parametrize(
    "location", ["https://a.example/?to=git://me:b@c", "ssh://a.example/x?to=git://me:b@c"]
)
def test_what_looks_like_a_login_behind_the_host_stays(location: str) -> None:
    (one,) = read(write([Subscription("A", location, feed=False)]).encode()).subscriptions
    assert one.location == location


@given(st.text(), st.lists(st.text(), max_size=3))
def test_any_name_can_be_written(name: str, folder: list[str]) -> None:
    (one,) = read(write([Subscription(name, "https://news.example/", tuple(folder))]).encode()).subscriptions
    assert one.name == (clean_line(name) or "https://news.example/")
    assert one.folder == tuple(filter(None, map(clean_line, folder)))


@pytest.mark.parametrize(
    "location", ["/home/me/news", "git@news.example:news.git", "ssh://git@news.example/news", "C:\\news", "-"]
)
def test_what_is_no_feed_comes_back_as_it_was(location: str) -> None:
    source = Subscription("Mine", location, ("Own",), feed=False)
    assert read(write([source]).encode()).subscriptions == [source]


def opml(body: str, head: str = '<?xml version="1.0" encoding="UTF-8"?>') -> bytes:
    return f"{head}\n<opml version='1.0'><head/><body>\n{body}\n</body></opml>".encode()


FEED = "https://news.example/rss"


@pytest.mark.parametrize(
    ("outline", "name"),
    [
        (f'<outline type="rss" xmlUrl="{FEED}" htmlUrl="https://news.example/" title="News"/>', "News"),
        (f'<outline text="News" title="News" type="rss" xmlUrl="{FEED}" htmlUrl="x"></outline>', "News"),
        (f"<outline text='News' xmlUrl='{FEED}'/>", "News"),
        (f'<OUTLINE TEXT="News" XMLURL="{FEED}" TYPE="RSS"/>', "News"),
        (f'<outline title="" text="Atom &amp; more" type="atom" xmlurl=" {FEED} "/>', "Atom & more"),
        (f'<outline type="rss" xmlUrl="{FEED}"/>', FEED),
        (f'<outline text="News" xmlUrl="feed:{FEED}"/>', "News"),
        (f'<outline text="&#x202e;News&#9;now" xmlUrl="{FEED}"/>', "News now"),
    ],
)
def test_the_ways_of_other_readers_are_understood(outline: str, name: str) -> None:
    reading = read(opml(outline))
    assert reading.subscriptions == [Subscription(name, FEED)]
    assert reading.notes == []


def test_a_file_without_version_head_and_declaration_is_read() -> None:
    text = f"<opml><body><outline xmlUrl='{FEED}' text='News'/></body></opml>"
    assert read(text.encode()).subscriptions == [Subscription("News", FEED)]


def test_groups_become_paths() -> None:
    body = (
        "<outline text='Money'><outline text='Crypto'>"
        f"<outline text='A' xmlUrl='{FEED}/a'/></outline><outline text='B' xmlUrl='{FEED}/b'/></outline>"
        f"<outline text='C' xmlUrl='{FEED}/c'/>"
    )
    assert [(one.name, one.folder) for one in read(opml(body)).subscriptions] == [
        ("A", ("Money", "Crypto")),
        ("B", ("Money",)),
        ("C", ()),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "windows-1251", "koi8-u"])
def test_the_declared_encoding_holds(encoding: str) -> None:
    head = f'<?xml version="1.0" encoding="{encoding}"?>'
    text = opml(f"<outline text='Новини' xmlUrl='{FEED}'/>", head).decode()
    assert read(text.encode(encoding)).subscriptions == [Subscription("Новини", FEED)]


@pytest.mark.parametrize(
    ("outline", "said"),
    [
        ('<outline type="rss" text="Bad"/>', "Bad has no address"),
        ('<outline type="rss" xmlUrl="" text="Bad"/>', "Bad has no address"),
        ('<outline xmlUrl="file:///etc/passwd" text="Bad"/>', "file:///etc/passwd, is no web address"),
        ('<outline xmlUrl="/etc/passwd" text="Bad"/>', "/etc/passwd, is no web address"),
        ('<outline xmlUrl="exec:rm -r ." text="Bad"/>', "is no web address"),
        ('<outline xmlUrl="http://[" text="Bad"/>', "is no web address"),
        ('<outline xmlUrl="https://a/&#x202e;" text="Bad"/>', "cannot be shown"),
        (f'<outline xmlUrl="{FEED}" text="Bad"/>', "is listed twice"),
    ],
)
def test_a_bad_entry_is_noted_with_its_line_and_stops_no_other(outline: str, said: str) -> None:
    good = f"<outline text='Good' xmlUrl='{FEED}'/>"
    reading = read(opml(f"{good}\n{outline}\n{good.replace('rss', 'other')}"))
    assert [one.location for one in reading.subscriptions] == [FEED, "https://news.example/other"]
    (note,) = reading.notes
    assert (note.line, said in note.message) == (4, True)
    assert note.message == clean(note.message)
    assert note.message.endswith(".")


def test_a_page_without_a_feed_address_is_taken_with_a_note() -> None:
    reading = read(opml('<outline type="rss" text="News" htmlUrl="https://news.example/"/>'))
    assert reading.subscriptions == [Subscription("News", "https://news.example/")]
    assert "the feed it advertises will be read" in reading.notes[0].message


@pytest.mark.parametrize(
    ("location", "bare"),
    [
        ("https://me:hunter2@news.example/rss", "https://news.example/rss"),
        ("HTTPS://hunter2@news.example/rss?a@b", "HTTPS://news.example/rss?a@b"),
        ("https://me:hun@ter2@news.example/", "https://news.example/"),
        ("ssh://git:hunter2@news.example/news", "ssh://git@news.example/news"),
    ],
)
def test_passwords_travel_neither_way(location: str, bare: str) -> None:
    assert "ter2" not in write([Subscription("News", location, feed=False)])
    reading = read(opml(f'<outline type="cryptonews" text="News" xmlUrl="{location}"/>'))
    assert reading.subscriptions == [Subscription("News", bare, feed=False)]
    assert "were not taken" in reading.notes[0].message
    assert "ter2" not in reading.notes[0].message


def test_an_address_with_a_bare_ampersand_is_read_all_the_same() -> None:
    reading = read(opml(f'<outline text="A &amp; B" xmlUrl="{FEED}?a=1&b=2"/>'))
    assert reading.subscriptions == [Subscription("A & B", f"{FEED}?a=1&b=2")]
    assert reading.notes == []


def test_of_a_file_that_breaks_off_the_beginning_is_kept() -> None:
    reading = read(
        opml(f"<outline text='A' xmlUrl='{FEED}'/>\n<outline text='B' xmlUrl=").partition(b"\n</")[0]
    )
    assert reading.subscriptions == [Subscription("A", FEED)]
    assert reading.notes[-1].line == 4
    assert "broken here" in reading.notes[-1].message


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "no XML"),
        (b"rubbish", "no XML"),
        (b"<html><body/></html>", "no OPML"),
        (b"<opml><body/></opml>", "lists no sources"),
        (opml("<outline text='A group'/>"), "lists no sources"),
        (b"<?xml version='1.0' encoding='klingon'?><opml/>", "encoding"),
        (b"x" * (8 * 1024 * 1024 + 1), "larger than"),
    ],
)
def test_what_is_no_list_of_sources_is_an_error(data: bytes, said: str) -> None:
    with pytest.raises(OpmlError, match=said):
        read(data)


def laughs() -> bytes:
    entities = "".join(f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(30))
    return f"<!DOCTYPE opml [<!ENTITY l0 'ha'>{entities}]><opml><body><outline text='&l30;'/></body></opml>".encode()


@pytest.mark.parametrize(
    "data",
    [
        laughs(),
        b"<!DOCTYPE o [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><opml><body><outline text='&x;'/></body></opml>",
        b"<!DOCTYPE o [<!ENTITY % x SYSTEM 'http://127.0.0.1:1/'>%x;]><opml/>",
    ],
)
def test_entities_are_refused(data: bytes) -> None:
    with pytest.raises(OpmlError, match="declares entities"):
        read(data)


def test_groups_in_groups_are_followed_a_long_way_and_no_further() -> None:
    def nested(depth: int) -> bytes:
        groups = "<outline text='g'>" * depth + f"<outline text='A' xmlUrl='{FEED}'/>" + "</outline>" * depth
        return opml(f"<outline text='B' xmlUrl='{FEED}/b'/>{groups}")

    _, one = read(nested(400)).subscriptions
    assert (one.name, len(one.folder)) == ("A", 32)
    endless = read(nested(100_000))
    assert [one.name for one in endless.subscriptions] == ["B"]
    assert "nested too deeply" in endless.notes[0].message


def test_more_entries_than_anyone_has_are_not_taken() -> None:
    reading = read(opml("".join(f"<outline xmlUrl='{FEED}/{number}'/>" for number in range(20_010))))
    assert len(reading.subscriptions) == 20_000
    assert "Only the first 20,000" in reading.notes[0].message


@given(
    st.binary() | st.text().map(lambda text: opml(text)) | st.text().map(lambda text: text.encode("utf-16"))
)
def test_any_bytes_are_sources_or_an_error(data: bytes) -> None:
    with suppress(OpmlError):
        reading = read(data)
        for one in reading.subscriptions:
            assert one.name == clean_line(one.name) != ""
            assert one.location == clean(one.location)
        assert all(note.message == clean(note.message) for note in reading.notes)
