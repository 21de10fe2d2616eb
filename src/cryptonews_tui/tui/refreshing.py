"""Keeping the library up to date while somebody reads: what is visited when, and what is told of it."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import replace
from datetime import datetime
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING

from cryptonews_tui.library import DatabaseError, State, StoredSource, due_now
from cryptonews_tui.translation import _, ngettext
from cryptonews_tui.tui.commands import BY_ID, shown_keys
from cryptonews_tui.tui.progress import Progress
from cryptonews_tui.wording import cells, day, number

if TYPE_CHECKING:
    from cryptonews_tui.intake import Report
    from cryptonews_tui.library import Writer
    from cryptonews_tui.tui.app import CryptonewsApp
    from cryptonews_tui.watching import Watch

_TOLD_SECONDS = 0.25
"""The screen hears of progress so often, however many articles there are."""
_LOOK_SECONDS = 30.0
"""How often it is looked whether a source is due."""


class Refreshing:
    """Visits sources in a thread of its own; what is asked for meanwhile joins them.

    `reports` has the last visit to each source in this session, by location, while it goes on and afterwards.
    """

    def __init__(self, app: CryptonewsApp) -> None:
        self._app = app
        self.reports: dict[str, Report] = {}
        self.running: tuple[StoredSource, ...] = ()
        """The sources of the refresh that is going on."""
        self.busy = False
        self.started = False
        """Whether what is due at the start is on its way, or nothing was."""
        self._asked: dict[str, StoredSource] = {}
        """What is to be visited next, by location."""
        self._by_key: set[str] = set()
        """The sources that somebody pressed a key for: what becomes of them is said in any case."""
        self._awaited: set[str] = set()
        """The sources that somebody waits for: what they bring is shown as soon as they have been read."""
        self._afresh: set[str] = set()
        """The sources of which nothing is to be taken for known."""
        self._failed: dict[str, str] = {}
        """What was said of sources that the state does not know, by location."""
        self._named: tuple[StoredSource, ...] = ()
        """The places that were named at the start."""
        self._lock = Lock()
        """Held by who puts something into `_asked`, or takes it out."""
        self._halt = Event()
        self._ending = False
        self._thread: Thread | None = None
        self._called_off: dict[str, float] = {}
        """When sources were called off, by location: they are not begun again by themselves at once."""
        self._watch: Watch | None = None
        self._cannot_watch = False

    # What there is

    def sources(self) -> list[StoredSource]:
        """The places named at the start, which have no name, and the reader's sources."""
        stored = self._app.state.sources()
        known = {source.location for source in stored}
        return [*(source for source in self._named if source.location not in known), *stored]

    def report(self, source: StoredSource) -> Report | None:
        """The last visit to a source in this session; one that was called off is none."""
        report = self.reports.get(source.location)
        return None if report is not None and report.stopped else report

    def is_waiting(self, source: StoredSource) -> bool:
        """Whether a source will be visited as soon as others have been."""
        running = any(each.location == source.location for each in self.running)
        return source.location in self._asked or (running and self.report(source) is None)

    # Asking for it

    def start(self) -> None:
        """Visit what is to be visited when the reader is opened, and from now on what is due."""
        app = self._app
        if app.session.restricted:  # the library is kept by others
            self.started = True
            return
        if app.samples:
            self._read_samples()
        else:
            if app.locations:
                from cryptonews_tui.refresh import canonical

                self._named = tuple(StoredSource("", canonical(location)) for location in app.locations)
            due = [s for s in app.state.sources() if due_now(s)] if app.settings.refresh_at_start else []
            self.ask([*self._named, *due])
            if not self.busy:
                self._tell_last()
        self.started = True
        self.watch()
        app.set_interval(_LOOK_SECONDS, self.look)

    def look(self) -> None:
        """Visit what is due by now."""
        usual = self._app.settings.refresh_minutes
        with suppress(DatabaseError):  # somebody is writing: the next look is soon
            stored = self._app.state.sources()
            self.ask(
                source
                for source in stored
                if due_now(source) and (wait := source.minutes or usual) and self._may_begin(source, wait)
            )
            self.watch()  # others may have changed what sources there are

    def _may_begin(self, source: StoredSource, minutes: float) -> bool:
        """Whether a source that was called off has rested for its interval."""
        called_off = self._called_off.get(source.location, float("-inf"))
        return time.monotonic() - called_off > minutes * 60

    def ask(
        self,
        sources: Iterable[StoredSource],
        *,
        by_key: bool = False,
        changed: bool = False,
        afresh: bool = False,
    ) -> None:
        """Visit sources. One that is under way is not asked for twice.

        `changed` sources are visited again if they have been visited, `afresh` nothing of them is taken for known.
        """
        if self._app.session.restricted:
            return
        sources = [*sources]
        if (
            sources and self._app.samples
        ):  # somebody has added them elsewhere: they are not to be read into these
            self._app.leave_samples()
            self.watch()
        for source in sources:
            location = source.location
            if by_key:
                self._by_key.add(location)
                self._called_off.pop(location, None)
            if by_key or changed:
                self._awaited.add(location)
            if afresh:
                self._afresh.add(location)
            if changed or afresh or not self._is_under_way(location):
                with self._lock:
                    self._asked[location] = source
        self._next()

    def _is_under_way(self, location: str) -> bool:
        if all(source.location != location for source in self.running):
            return False
        report = self.reports.get(location)
        return report is None or not report.over

    def ask_all(self) -> None:
        """Visit all sources that are not disabled, because somebody wants it."""
        sources = [source for source in self.sources() if source.enabled]
        if self._app.samples and not sources:
            self._read_samples()
            return
        if not sources:
            key = shown_keys(BY_ID["sources"], self._app.remapped)
            self._app.say(_("There is no source to read; {key} adds one.").format(key=key))
        self.ask(sources, by_key=True)

    def _read_samples(self) -> None:
        if not self.busy and not self._app.session.restricted:
            from cryptonews_tui.cli import samples_location

            self._begin([StoredSource("", samples_location())])

    def ask_for_story(self, story: str | None) -> None:
        """Visit the sources that hold a story; where there is no story, all."""
        if story is None or self._app.samples:
            self.ask_all()
            return
        places = self._app.library.sources_of(story)
        sources = [source for source in self.sources() if source.location in places and source.enabled]
        if sources:
            self.ask(sources, by_key=True)
        else:
            key = shown_keys(BY_ID["refresh-all"], self._app.remapped)
            self._app.say(
                _("None of your enabled sources holds this story; {key} reads them all.").format(key=key)
            )

    def cancel(self) -> None:
        """Call off what is going on and what was to come after it; what was read is kept."""
        left = [source.location for source in self.running if self._is_under_way(source.location)]
        with self._lock:
            self._called_off |= dict.fromkeys((*left, *self._asked), time.monotonic())
            self._asked.clear()
        if self.busy:
            self._halt.set()
        else:
            self._app.say(_("There is nothing to cancel."))

    def forget(self, location: str) -> None:
        """A source is none of the reader's any more."""
        self._asked.pop(location, None)
        self.reports.pop(location, None)
        # It may have to wait for a refresh that writes.
        Thread(target=self._forget, args=(location,), daemon=True).start()

    def _forget(self, location: str) -> None:
        from cryptonews_tui.refresh import forget

        with suppress(DatabaseError):  # then its items are found out of date when it is added again
            forget(self._app.library.path, location, self._app.paths.cache)

    def close(self) -> None:
        """The program ends."""
        self._ending = True
        self._halt.set()
        if self._watch is not None:
            self._watch.stop()

    def finish(self, seconds: float) -> None:
        """Once the screen is gone: let the thread write what it has, but wait no longer than this."""
        if self._thread is not None:
            self._thread.join(seconds)

    # Watching

    def watch(self) -> None:
        """Watch the sources that are on this computer, as they are now."""
        app = self._app
        if app.session.restricted or not app.settings.watch_folders or self._cannot_watch or app.samples:
            return
        from cryptonews_tui.refresh import at_home

        places = [each.location for each in self.sources() if each.enabled and at_home(each.location)]
        if self._watch is not None:
            if self._watch.places == tuple(places):
                return
            self._watch.stop()
            self._watch = None
        if places:
            from cryptonews_tui.watching import Watch

            self._watch = Watch(
                places,
                lambda changed: app.tell(self._changed, changed),
                lambda why: app.tell(self._not_watched, why),
            )
            self._watch.start()

    @property
    def watching(self) -> bool:
        """Whether a change in a folder would be told by now."""
        return self._watch is not None and self._watch.watching

    def watches(self, source: StoredSource) -> bool:
        """Whether a change in a source would be told by now."""
        return self.watching and self._watch is not None and source.location in self._watch.places

    def _changed(self, places: Sequence[str]) -> None:
        with suppress(DatabaseError):
            self.ask((s for s in self.sources() if s.location in places and s.enabled), changed=True)

    def _not_watched(self, why: str) -> None:
        self._cannot_watch = True
        self._watch = None
        self._app.say(
            _("Folders cannot be watched ({why}); they are read when they are due.").format(why=why)
        )

    # Doing it

    def _next(self) -> None:
        if self._asked and not self.busy and not self._ending:
            self._begin(self._take_asked())

    def _take_asked(self) -> list[StoredSource]:
        """What is to be visited next, but for what is being visited."""
        with self._lock:
            sources = [source for source in self._asked.values() if not self._is_under_way(source.location)]
            for source in sources:
                del self._asked[source.location]
        return sources

    def _begin(self, sources: Sequence[StoredSource]) -> None:
        self.busy = True
        self.running = tuple(sources)
        self._halt = Event()
        for source in sources:
            self.reports.pop(source.location, None)  # it tells of the visit before
        # A thread that ends with the program: no address that does not answer can hold that up.
        self._thread = Thread(target=self._run, args=(sources, self._halt), daemon=True)
        self._thread.start()

    def _run(self, sources: Sequence[StoredSource], halt: Event) -> None:
        from cryptonews_tui.journal import keep_journal
        from cryptonews_tui.library import Writer
        from cryptonews_tui.refresh import access_of, note, refresh

        app, told = self._app, 0.0
        progress = Progress(len(sources))

        def hear(report: Report) -> None:
            nonlocal told
            self.reports[report.source.location] = report
            progress.hear(report)
            now = time.monotonic()
            if report.over or now - told > _TOLD_SECONDS:
                told = now
                app.tell(self._progressed, str(progress))

        failures: list[Report] = []
        trouble = ""
        try:
            keep_journal(app.paths.journal)
            with closing(State(app.paths.state)) as state, closing(Writer(app.library.path)) as writer:

                def more() -> list[StoredSource]:
                    """What has been asked for meanwhile."""
                    joining = self._take_asked() if self._asked else []
                    if joining:
                        self.running = (*self.running, *joining)
                        for source in joining:
                            self.reports.pop(source.location, None)
                        progress.expect(source.location for source in joining)
                        self._forget_stamps(joining, writer)
                    return joining

                self._forget_stamps(sources, writer)
                access = replace(access_of(app.settings, app.paths.cache), stop=halt)
                reports = refresh(
                    *(writer, sources, access),
                    more=more,
                    progress=hear,
                    roles=app.library.roles,
                    precious=state.precious,
                )
                with closing(reports):
                    for report in reports:
                        try:
                            note(writer, state, report, app.settings.refresh_minutes)
                        except DatabaseError as error:  # that is no reason not to read the others
                            trouble = str(error)
                        if report.error:
                            failures.append(report)
                        if report.source.location in self._awaited:
                            self._awaited.discard(report.source.location)
                            app.tell(app.main.catch_up)
        except DatabaseError as error:
            trouble = str(error)
        except Exception as error:  # a bug is to be seen, from this thread too
            app.tell(app._handle_exception, error)
        app.tell(self._over, failures, trouble)

    def _forget_stamps(self, sources: Sequence[StoredSource], writer: Writer) -> None:
        for location in self._afresh & {source.location for source in sources}:
            self._afresh.discard(location)
            writer.forget_stamps(location)

    def _progressed(self, activity: str) -> None:
        if self.busy and not self._halt.is_set():
            self._app.main.show_activity(activity)
        if not self._app.main.headlines.count:
            self._app.main.catch_up()  # the first ones at once; the others when the screen looks for itself

    def _over(self, failures: Sequence[Report], trouble: str) -> None:
        app = self._app
        for source in self.running:
            report = self.reports.get(source.location)
            if report is not None and report.over and not report.error:
                self._failed.pop(source.location, None)
        nothing_new = "" if trouble or failures or self._halt.is_set() else self._nothing_new()
        self.busy, self.running = False, ()
        if self._halt.is_set():
            app.main.refreshed(_("refresh cancelled"))
        else:
            app.main.refreshed(f"↻ {app.now():%H:%M}")
        for sentence in (trouble, self._sentence([*self._worth_saying(failures)]), nothing_new):
            if sentence:
                app.say(sentence, in_turn=True)
        if app.samples and not failures and not trouble:
            app.say(_("These are samples. Add your articles: Ctrl+O, then a."), in_turn=True)
        self._by_key.difference_update(self.reports)
        self._next()

    def _worth_saying(self, failures: Iterable[Report]) -> Iterator[Report]:
        """Those that nobody has heard of yet, or that somebody asked for."""
        for report in failures:
            location, error = report.source.location, report.error or ""
            known = self._failed.get(location, report.source.error if report.source.failures else None)
            self._failed[location] = error
            if known is None or not _are_alike(error, known) or location in self._by_key:
                yield report

    def _sentence(self, failures: Sequence[Report]) -> str:
        key = shown_keys(BY_ID["sources"], self._app.remapped)
        if len(failures) == 1:
            [report] = failures
            error, name = report.error or "", report.source.name
            if name and cells(error) > self._app.size.width - 2:  # what to do stands at its end
                return _("“{name}” failed; {key} tells why.").format(name=name, key=key)
            return error
        if not failures:
            return ""
        return ngettext(
            "{count} source failed; {key} shows them.",
            "{count} sources failed; {key} shows them.",
            len(failures),
        ).format(count=number(len(failures)), key=key)

    def _nothing_new(self) -> str:
        """What is said to somebody who pressed a key and would see no change."""
        asked = [source for source in self.running if source.location in self._by_key]
        reports = [report for source in asked if (report := self.reports.get(source.location)) is not None]
        if not reports or any(report.added or report.updated or report.removed for report in reports):
            return ""
        if len(asked) == 1 and asked[0].name:
            return _("Nothing new in “{name}”.").format(name=asked[0].name)
        return ngettext(
            "Nothing new in {count} source.", "Nothing new in {count} sources.", len(asked)
        ).format(count=number(len(asked)))

    def _tell_last(self) -> None:
        """Say as of when the list is, as nothing is read now."""
        now = last = self._app.now()
        if sources := self._app.state.sources():
            last = datetime.fromtimestamp(max(source.synced or 0 for source in sources) / 1000, now.tzinfo)
        if last.timestamp():
            self._app.main.show_activity(
                f"↻ {last:%H:%M}" if last.date() == now.date() else f"↻ {day(last, now)}"
            )


def _are_alike(one: str, other: str) -> bool:
    """Whether two sentences say the same: a server that asks for a rest names another number of seconds each time."""
    return re.sub(r"\d+", "", one) == re.sub(r"\d+", "", other)
