"""The cover of an article: on demand, in the background, and gone again."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.painting import GOLD, RED, packed, quarters
from tests.sources.conftest import Handler, Site, page
from tests.tui.desk import Desk, Reader


@pytest.fixture
def site(desk: Desk) -> Iterator[Site]:
    """A publisher: one article with a cover, one whose cover is missing, one that never comes, one without."""
    site = Site()
    for number, name in enumerate(("picture", "missing", "slow"), 1):
        desk.write(str(number), hours=number, coverImage={"small": site.url(f"/{name}.png")})
    desk.write("4", hours=4)
    for path in desk.folder.iterdir():
        site.answers[f"/{path.name}"] = page(path.read_bytes())
        path.unlink()
    names = "".join(f'"{site.url(f"/{number}.en.md")}",' for number in range(1, 5))
    site.answers["/news.json"] = page(f"[{names[:-1]}]".encode(), content_type="application/json")
    site.answers["/picture.png"] = page(packed(quarters(300, 200)), content_type="image/png")
    site.answers["/slow.png"] = silence
    yield site
    site.close()


def silence(handler: Handler) -> None:
    handler.server.site.closing.wait(20)


def colours(reader: Reader) -> set[tuple[int, int, int]]:
    """The colours of the blocks in the pane."""
    pane = reader.main.article
    return {
        tuple(segment.style.color.triplet)  # type: ignore[misc]
        for y in range(1, pane.size.height)
        for segment in pane.render_line(y)
        if "▀" in segment.text and segment.style and segment.style.color and segment.style.color.triplet
    }


async def test_v_shows_the_cover_and_takes_it_away(desk: Desk, site: Site) -> None:
    async with desk.open(site.url("/news.json")) as reader:
        await reader.do("open")
        assert "/picture.png" not in site.paths()
        await reader.press("v")
        await reader.until(lambda: reader.main.article.illustrated)
        await reader.settle()
        assert {RED, GOLD} <= colours(reader)
        rows = reader.article.splitlines()
        assert 50 < len(next(row for row in rows if "▀" in row)) <= reader.main.article.column
        assert rows.index("") < next(i for i, row in enumerate(rows) if "▀" in row)
        await reader.press("v")
        assert not colours(reader)
        assert site.paths().count("/picture.png") == 1
        await reader.press("v")
        await reader.until(lambda: reader.main.article.illustrated)
        assert site.paths().count("/picture.png") == 1  # it is on the disk


async def test_another_story_has_no_cover_until_it_is_asked_for(desk: Desk, site: Site) -> None:
    async with desk.open(site.url("/news.json")) as reader:
        await reader.do("open", "cover")
        await reader.until(lambda: reader.main.article.illustrated)
        await reader.do("next-story", "previous-story")
        assert not colours(reader)


async def test_covers_show_by_themselves_where_the_settings_say_so(desk: Desk, site: Site) -> None:
    async with desk.open(site.url("/news.json"), show_covers=True) as reader:
        await reader.until(lambda: reader.main.article.illustrated)
        await reader.do("next-story")  # its cover is missing: nobody asked, so nothing is said
        await reader.until(lambda: not reader.main.cover.busy)
        assert reader.said == ""


async def test_a_missing_cover_is_told(desk: Desk, site: Site) -> None:
    async with desk.open(site.url("/news.json")) as reader:
        await reader.do("open", "next-story", "cover")
        await reader.until(lambda: "(404)" in reader.said)
        assert "/… (404)" in reader.said  # an address is long, and what is wrong stands behind it
        await reader.do("next-story", "next-story", "cover")
        assert reader.said == "This article has no cover picture."


async def test_no_key_waits_for_a_cover_and_it_can_be_called_off(desk: Desk, site: Site) -> None:
    async with desk.open(site.url("/news.json")) as reader:
        await reader.do("open", "next-story", "next-story", "cover")
        assert reader.said == "Fetching the cover …"
        await reader.press("j", "k", "v")
        assert reader.said == "The cover was called off."
        assert not reader.main.cover.busy


async def test_the_answer_to_a_cover_that_was_called_off_is_not_the_next_ones(desk: Desk, site: Site) -> None:
    async with desk.open(site.url("/news.json")) as reader:
        site.answers["/picture.png"] = silence
        await reader.do("open", "cover", "cover")
        site.answers["/picture.png"] = page(packed(quarters(300, 200)), content_type="image/png")
        await reader.do("cover")
        await reader.until(lambda: reader.main.article.illustrated)


async def test_another_width_draws_the_cover_anew(desk: Desk, site: Site) -> None:
    async with desk.open(site.url("/news.json")) as reader:
        await reader.do("open", "cover")
        await reader.until(lambda: reader.main.article.illustrated)
        await reader.resize(80, 24)
        await reader.until(lambda: not reader.main.cover.busy)
        await reader.settle()
        widest = max(len(row) for row in reader.article.splitlines() if "▀" in row)
        assert widest <= reader.main.article.column
        assert colours(reader)


async def test_an_entry_that_names_an_address_in_the_house_as_its_own_shows_no_cover_from_there(
    desk: Desk, site: Site
) -> None:
    feed = desk.folder / "feed.xml"
    feed.write_text(
        f"""<rss version="2.0"><channel><title>T</title><item><title>Come in</title><guid>1</guid>
        <link>{site.url("/door")}</link><enclosure url="{site.url("/picture.png")}" type="image/png"/>
        <pubDate>Tue, 25 Nov 2025 09:00:00 GMT</pubDate><description>x</description></item></channel></rss>"""
    )
    async with desk.open(str(feed)) as reader:
        await reader.do("open", "cover")
        await reader.until(lambda: "is private" in reader.said)
    assert site.requests == []
