"""Several sources asked at once: by whom, how many, and what becomes of one that fails."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field

import pytest

from cryptonews_tui.fetching import WAITING, Begun, Fetching, Job, Over, Step
from cryptonews_tui.sources import Found, Seen, SourceError
from cryptonews_tui.sources.access import Access


@dataclass
class Shop:
    """Sources that wait for each other, and who is being asked."""

    asked: Counter[str] = field(default_factory=Counter)
    most: Counter[str] = field(default_factory=Counter)
    hosts: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def come_in(self, host: str) -> None:
        with self.lock:
            self.asked[host] += 1
            self.most[host] = max(self.most[host], self.asked[host])
            self.hosts = max(self.hosts, sum(count > 0 for count in self.asked.values()))

    def leave(self, host: str) -> None:
        with self.lock:
            self.asked[host] -= 1


@dataclass
class Place:
    """A source that gives out some items."""

    location: str
    items: int = 2
    shop: Shop = field(default_factory=Shop)
    error: Exception | None = None
    pause: float = 0.0
    closed: bool = False
    thread: str = ""

    def documents(self, remembered: Mapping[str, str]) -> Generator[Found]:
        host = self.location.split("/")[2] if "://" in self.location else ""
        self.thread = threading.current_thread().name
        self.shop.come_in(host)
        try:
            for number in range(self.items):
                time.sleep(self.pause)
                yield Seen(f"{number}.md", "1")
            if self.error:
                raise self.error
        finally:
            self.closed = True
            self.shop.leave(host)


def run(
    places: list[Place], access: Access | None = None, do: Callable[[Step], None] = lambda _: None
) -> list[Step]:
    jobs = [Job(number, place, {}) for number, place in enumerate(places)]
    steps = []
    for step in fetch(jobs, access or Access()):
        do(step)
        if step is not None:
            steps.append(step)
    return steps


def fetch(jobs: list[Job], access: Access) -> Generator[Step]:
    with closing(Fetching(access)) as fetching:
        for job in jobs:
            fetching.add(job)
        yield from fetching.steps()


def of(steps: list[Step], number: int) -> list[object]:
    return [step[1] for step in steps if step is not None and step[0] == number]


def test_every_visit_begins_and_ends_once_with_what_it_found_in_between() -> None:
    places = [Place("/home/news"), *(Place(f"https://h{n}.example/a", items=n) for n in range(20))]
    steps = run(places)
    for number, place in enumerate(places):
        assert of(steps, number) == [Begun(), *(Seen(f"{n}.md", "1") for n in range(place.items)), Over()]


def test_what_is_at_home_is_read_where_the_caller_is() -> None:
    home, away = Place("/home/news"), Place("https://h.example/a")
    run([home, away])
    assert home.thread == threading.current_thread().name != away.thread


@pytest.mark.parametrize(("hosts", "per_host"), [(8, 1), (2, 1), (3, 2), (1, 4)])
def test_no_more_hosts_are_asked_at_once_than_agreed_nor_one_host_more_often(
    hosts: int, per_host: int
) -> None:
    shop = Shop()
    places = [Place(f"https://h{n % 10}.example/{n}", shop=shop, pause=0.002) for n in range(40)]
    steps = run(places, Access(hosts_at_once=hosts, requests_per_host=per_host))
    assert sum(isinstance(step[1], Over) for step in steps if step) == 40
    assert max(shop.most.values()) <= per_host
    assert 1 <= shop.hosts <= hosts


def test_a_host_that_does_not_answer_keeps_none_of_the_others_waiting() -> None:
    slow = [Place("https://slow.example/a", pause=0.5, items=1), Place("https://slow.example/b", items=1)]
    quick = [Place(f"https://h{n}.example/", items=1) for n in range(5)]
    ended = [step[0] for step in run([*slow, *quick]) if step and isinstance(step[1], Over)]
    assert ended[-2:] == [0, 1]


def test_a_source_that_fails_stops_none_of_the_others() -> None:
    error = SourceError("There is nothing at a (404). Check the address.")
    places = [
        Place("https://a.example/", error=error),
        Place("/home", error=error),
        Place("https://b.example/"),
    ]
    steps = run(places)
    assert [of(steps, number)[-1] for number in range(3)] == [Over(error), Over(error), Over()]


def test_a_mistake_of_ours_is_told_of_its_source_and_written_down(caplog: pytest.LogCaptureFixture) -> None:
    steps = run([Place("https://a.example/\x1b[31m", error=KeyError("odd")), Place("https://b.example/")])
    [*_, over] = of(steps, 0)
    assert isinstance(over, Over)
    assert "because of a mistake in this program" in str(over.error)
    assert "\x1b" not in str(over.error)
    assert "KeyError: 'odd'" in caplog.text
    assert of(steps, 1)[-1] == Over()


def test_once_it_is_to_stop_it_stops_soon_and_everything_is_closed() -> None:
    access = Access()
    places = [Place(f"https://h{n}.example/", items=10_000) for n in range(4)]

    def stop(step: Step) -> None:
        if step is not None and isinstance(step[1], Seen):
            access.stop.set()

    steps = run(places, access, stop)
    assert len(steps) < 4 * WAITING
    assert not any(isinstance(step[1], Over) for step in steps if step)
    deadline = time.monotonic() + 5
    while not all(place.closed or not place.thread for place in places) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert all(place.closed or not place.thread for place in places)


def test_nothing_is_fetched_far_ahead_of_who_receives_it() -> None:
    place = Place("https://h.example/", items=10_000)
    given = 0

    def count(remembered: Mapping[str, str]) -> Iterator[Found]:
        nonlocal given
        for found in Place.documents(place, remembered):
            given += 1
            yield found

    place.documents = count  # type: ignore[method-assign, assignment]
    steps = fetch([Job(0, place, {})], Access())
    for _ in range(3):
        next(steps)
    time.sleep(0.2)
    assert given <= WAITING + 3
    steps.close()


def test_what_is_added_while_others_are_waited_for_is_visited_at_once() -> None:
    slow, away, home = Place("https://slow.example/", pause=0.4), Place("https://h.example/"), Place("/home")
    ended: list[int] = []
    with closing(Fetching(Access())) as fetching:
        fetching.add(Job(0, slow, {}))
        for step in fetching.steps():
            if step == (0, Begun()):
                fetching.add(Job(1, away, {}))
                fetching.add(Job(2, home, {}))
            elif step is not None and isinstance(step[1], Over):
                ended.append(step[0])
    assert sorted(ended) == [0, 1, 2]
    assert ended[-1] == 0
