"""What is kept of a Git repository between visits, and the `git` program that works in it.

Whatever git is asked, it is asked within bounds: it has an end, a size, nobody to ask back and nothing to run.
"""

from __future__ import annotations

import logging
import math
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, NamedTuple
from urllib.parse import unquote, urlsplit

from cryptonews_tui.safety import clean_line
from cryptonews_tui.sources import SourceError
from cryptonews_tui.sources.access import Access
from cryptonews_tui.sources.http.addresses import shown
from cryptonews_tui.sources.limits import in_words
from cryptonews_tui.sources.names import is_article, is_hidden, item_name
from cryptonews_tui.translation import N_, _
from cryptonews_tui.wording import decimal, number

TIP = "refs/cryptonews/tip"
_log = logging.getLogger("cryptonews_tui.sources")

_EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
_ORDINARY = ("100644", "100755", "100664")
"""The modes of files; links and other repositories have others."""
_TOLD = 16 * 1024
"""Bytes of what git says that are kept: the last ones."""
_TICK = 0.05
_GRACE = 2.0
"""Seconds in which git may tidy up when it is called off."""
_PACKS = 100
_GROWTH = 4
_SMALL = 16 * 1024 * 1024
"""A kept repository is fetched anew when it is in so many pieces, or so many times larger than it began."""

_OBJECT = re.compile(rb"([0-9a-f]{40,64}) (commit|tree|blob|tag) (\d+)")

# Everything that git might do beside what it was asked for: run programs, ask questions, tidy up, follow.
_SETTINGS = (
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "core.bigFileThreshold=16m",
    "gc.auto=0",
    "maintenance.auto=false",
    "fetch.unpackLimit=1",
    "fetch.recurseSubmodules=false",
    "http.followRedirects=false",
    "protocol.version=2",
)
_PROMISED = ("remote.origin.promisor=true", "remote.origin.partialclonefilter=blob:none")
"""Said to `git fetch` alone: whoever reads must find that an object is missing, not fetch it by itself."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a repository is, and what of it is read: a branch (tag, commit) and a folder, or all of it."""

    url: str
    """As the git program wants it."""
    scheme: str
    ref: str = ""
    folder: str = ""

    @property
    def name(self) -> str:
        """What people call the repository."""
        path = self.url.rstrip("/").removesuffix(".git")
        return unquote(re.split(r"[/:]", path)[-1])


class BrokenError(SourceError):
    """What was kept of a repository may be of no use any more."""


class File(NamedTuple):
    """An article in a tree. A tuple, because there are thousands."""

    item: str
    path: str
    """Below the folder that is read."""
    blob: str


class Difference(NamedTuple):
    """What has become of articles from one commit to another."""

    changed: list[File]
    new: list[File]
    gone: list[File]


class Root(NamedTuple):
    """What is read of a commit: all of it, a folder, or a single file."""

    id: str
    kind: str


class Repository:
    """What is kept of a repository, and the git program that works in it."""

    def __init__(
        self, program: str, folder: Path, address: Address, access: Access, lock: int | None = None
    ) -> None:
        self.folder = folder
        self.where = address.url
        self._program = program
        self._address = address
        self._access = access
        self._locks = () if lock is None else (lock,)
        self._size = 0

    def is_good(self) -> bool:
        """Whether something is here that was fetched before. What was left half-done is cleared away."""
        for left in (*self.folder.glob("objects/pack/tmp_*"), *self.folder.glob("**/*.lock")):
            with suppress(OSError):
                left.unlink()
        return (self.folder / "HEAD").exists() and (self.folder / "size").exists()

    def begin(self) -> None:
        """An empty repository, whatever was here."""
        self.discard()
        try:
            self.folder.mkdir(mode=0o700, parents=True)
        except OSError as error:
            raise SourceError(
                _(
                    "The repository cannot be kept in {folder}: {reason}. Make room there, or name another folder."
                ).format(
                    folder=clean_line(str(self.folder.parent)),
                    reason=clean_line(error.strerror or _("it is not writable")),
                )
            ) from None
        self._run("init", "--quiet", "--bare", "--template=", ".")

    def discard(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)

    def settle(self) -> None:
        """All that was fetched is good. Keep in mind how large it was at first."""
        with suppress(FileExistsError), open(self.folder / "size", "x") as first:
            first.write(str(self._weight()[0]))

    def has_grown(self) -> bool:
        """Whether it is time to begin anew: nothing that was once fetched is ever taken out."""
        size, packs = self._weight()
        try:
            first = int((self.folder / "size").read_text())
        except (OSError, ValueError):
            return True
        return packs > _PACKS or size > max(_SMALL, _GROWTH * first)

    def fetch_commits(self, history: bool) -> None:
        """The newest commit with its folders but no files; with `history` all commits before it, too."""
        depth = ["--depth=1"]
        if history:
            shallow = (self.folder / "shallow").exists()
            depth = ["--depth=2147483647"] if shallow else []  # git's own word for: all of it
        source = self._address.ref or "HEAD"
        self._fetch([*depth, "--filter=blob:none", "origin", f"+{source}:{TIP}"])

    def bring(self, files: Sequence[File], sizes: dict[str, int]) -> None:
        """Have all these blobs here, asking the server once for those that are missing."""
        if len(files) > self._access.limits.files:
            raise SourceError(
                _("There are more than {count} articles in {where}. Name a folder of it.").format(
                    count=number(self._access.limits.files), where=shown(self.where)
                )
            )
        blobs = list(dict.fromkeys(file.blob for file in files))
        missing = self._weigh(blobs, sizes)
        if not missing:
            return
        given = "\n".join(missing).encode() + b"\n"
        try:
            self._fetch(["--filter=blob:none", "--stdin", "origin"], given, "fetch.negotiationAlgorithm=noop")
        except _RefusedError:
            # A server that gives no single objects gives everything.
            depth = ["--depth=1"] if (self.folder / "shallow").exists() else []
            self._fetch([*depth, "--refetch", "origin", f"+{self._address.ref or 'HEAD'}:{TIP}"])
        self._weigh(missing, sizes)

    def _weigh(self, blobs: Sequence[str], sizes: dict[str, int]) -> list[str]:
        """Note the sizes of the blobs that are here, and tell the others."""
        if not blobs:
            return []
        told = self._run("cat-file", "--batch-check", "--buffer", given="\n".join(blobs).encode() + b"\n")
        missing = []
        for blob, line in zip(blobs, told.splitlines(), strict=True):
            found = _OBJECT.fullmatch(line)
            if found is None:
                missing.append(blob)
            else:
                sizes[blob] = int(found[3])
        return missing

    def commits(self, *names: str) -> list[str | None]:
        """The ids of commits with these names, `None` for those that are not here."""
        given = "".join(f"{name}^{{commit}}\n" for name in names)
        told = self._run("cat-file", "--batch-check", given=given.encode())
        found = [_OBJECT.fullmatch(line) for line in told.splitlines()]
        if len(found) != len(names):
            raise self.broken()
        return [one[1].decode() if one else None for one in found]

    def root(self, commit: str) -> Root | None:
        """What the folder that is read was in this commit."""
        if not self._address.folder:
            return Root(f"{commit}^{{tree}}", "tree")
        told = _text(self._run("--literal-pathspecs", "ls-tree", "-z", commit, "--", self._address.folder))
        mode, kind, found = (*told.partition("\t")[0].split(" "), "", "")[:3]
        return Root(found, kind) if kind == "tree" or mode in _ORDINARY else None

    def listing(self, root: Root | None) -> Iterator[File]:
        """All articles in a folder, or the one article that it is."""
        if root is None:
            return
        if root.kind == "blob":
            yield from _files([(_ORDINARY[0], root.id, self._address.folder.rpartition("/")[2])])
            return
        told = self._run("ls-tree", "-r", "-z", root.id)
        entries = (entry.partition("\t") for entry in _text(told).split("\0") if entry)
        yield from _files((about[:6], about.split(" ")[2], path) for about, _, path in entries)

    def compare(self, then: Root | None, now: Root | None) -> Difference:
        """What has become of the articles between two states of the folder."""
        if any(root is not None and root.kind == "blob" for root in (then, now)):
            before, after = ({file.item: file for file in self.listing(root)} for root in (then, now))
        else:
            roots = [root.id if root is not None else _EMPTY_TREE for root in (then, now)]
            told = _text(self._run("diff-tree", "-r", "-z", "--raw", "--no-renames", *roots)).split("\0")
            # Mode, mode, blob and blob, before and after; the path.
            changed = [
                (*about[1:].split(" "), path) for about, path in zip(told[::2], told[1::2], strict=False)
            ]
            before = {file.item: file for file in _files((one[0], one[2], one[-1]) for one in changed)}
            after = {file.item: file for file in _files((one[1], one[3], one[-1]) for one in changed)}
        return Difference(
            changed=[f for item, f in after.items() if item in before and before[item].blob != f.blob],
            new=[file for item, file in after.items() if item not in before],
            gone=[file for item, file in before.items() if item not in after],
        )

    def renamed(self, gone: Sequence[File], new: Sequence[File]) -> dict[str, str]:
        """Which new items were there under another name, and which: as git sees it, by what the files hold."""
        here: dict[str, int] = {}
        self._weigh([file.blob for file in (*gone, *new)], here)
        most = self._access.limits.article
        sides = [[file for file in files if 0 < here.get(file.blob, 0) <= most] for files in (gone, new)]
        if not all(sides):
            return {}
        # Two flat trees of nothing but these files, so that no file is compared that is not here.
        trees = [self._tree(side, files) for side, files in zip("ab", sides, strict=True)]
        told = self._run("diff-tree", "-r", "-z", "--raw", "-M", "-l400", "--diff-filter=R", *trees)
        entries = told.decode().split("\0")
        return {
            sides[1][int(target[1:])].item: sides[0][int(source[1:])].item
            for source, target in zip(entries[1::3], entries[2::3], strict=False)
        }

    def _tree(self, side: str, files: Sequence[File]) -> str:
        entries = (f"100644 blob {file.blob}\t{side}{number}\0" for number, file in enumerate(files))
        return self._run("mktree", "-z", given="".join(entries).encode()).decode().strip()

    def deleted(self, known: str) -> Iterator[File]:
        """Every article that was deleted since the `known` commit (empty: ever), as it was at last."""
        folder = self._address.folder
        told = self._run(
            *("--literal-pathspecs", "log", "--first-parent", "--diff-merges=first-parent", "--format="),
            *("--raw", "-z", "--no-abbrev", "-M100%", "--diff-filter=DRT", TIP),
            *([f"^{known}"] if known else []),
            *("--", *([folder] if folder else [])),
        )
        entries = iter([entry for entry in _text(told).split("\0") if entry])
        settled: set[str] = set()
        for about in entries:
            mode, _, blob, _, status = about.lstrip("\n:").split(" ")
            path = next(entries)
            lives_on = status.startswith("R") and is_article(next(entries))
            if path in settled:
                continue
            settled.add(path)
            if not lives_on:
                below = path.rpartition("/")[2] if path == folder else path[len(folder) :].lstrip("/")
                yield from _files([(mode, blob, below)])

    def contents(self, files: Sequence[File]) -> Iterator[tuple[File, bytes]]:
        """The bytes of these files, in their order."""
        if not files:
            return
        with tempfile.TemporaryFile() as given:
            given.write("".join(f"{file.blob}\n" for file in files).encode())
            given.seek(0)
            process = self._start(["cat-file", "--batch", "--buffer"], given, subprocess.PIPE)
            try:
                assert process.stdout is not None
                for file in files:
                    if self._access.stop.is_set():
                        raise self._called_off()
                    header = _OBJECT.fullmatch(process.stdout.readline(200).rstrip(b"\n"))
                    data = process.stdout.read(int(header[3])) if header else b""
                    if header is None or len(data) != int(header[3]) or process.stdout.read(1) != b"\n":
                        self.discard()
                        raise self.broken()
                    yield file, data
            finally:
                _end(process)

    def _fetch(self, arguments: Sequence[str], given: bytes = b"", *settings: str) -> None:
        promised = _PROMISED if "--filter=blob:none" in arguments else ()
        self._run(
            *("fetch", "--no-tags", "--no-write-fetch-head", "--update-shallow", "--progress", *arguments),
            given=given,
            settings=(f"remote.origin.url={self.where}", *promised, *settings),
            afar=True,
        )

    def _start(
        self, arguments: Sequence[str], given: IO[bytes], out: IO[bytes] | int, settings: Sequence[str] = ()
    ) -> subprocess.Popen[bytes]:
        # Whatever git starts has the same bound. Only the shell can set it before anything is started.
        bounded = f'ulimit -d {self._access.limits.memory // 1024}; exec "$0" "$@"'
        options = [word for setting in (*_SETTINGS, *settings) for word in ("-c", setting)]
        try:
            return subprocess.Popen(  # noqa: S603 - git itself; no word of it is read by the shell
                ["/bin/sh", "-c", bounded, self._program, *options, *arguments],
                stdin=given,
                stdout=out,
                stderr=subprocess.PIPE if out is not subprocess.PIPE else subprocess.DEVNULL,
                cwd=self.folder,
                env=self._environment(),
                start_new_session=True,  # so that it can be ended with all that it has started
                pass_fds=self._locks,  # if we are killed, the repository stays locked until git has ended
            )
        except OSError as error:
            raise SourceError(
                _("git could not be started: {reason}.").format(
                    reason=clean_line(error.strerror or str(error))
                )
            ) from None

    def _run(
        self, *arguments: str, given: bytes = b"", settings: Sequence[str] = (), afar: bool = False
    ) -> bytes:
        """What git prints. It ends when the visit is called off, takes too long or takes too much room.

        Raises `SourceError` for what a server says, `BrokenError` for what is wrong here.
        """
        if self._access.stop.is_set():
            raise self._called_off()
        with ExitStack() as stack:
            asked = stack.enter_context(tempfile.TemporaryFile())
            asked.write(given)
            asked.seek(0)
            out = stack.enter_context(tempfile.TemporaryFile())
            process = self._start(arguments, asked, out, settings)
            listener = _Listener(process)
            start = time.monotonic()
            try:
                self._watch(process, listener, out, afar)
            finally:
                _end(process)
                listener.join()
                _log.debug(
                    "git %s for %s: ended with %s, %.2f s",
                    *(arguments[0], shown(self.where), process.returncode, time.monotonic() - start),
                )
            if process.returncode:
                raise self._explained(listener.told) if afar else self.broken()
            out.seek(0)
            return out.read()

    def _watch(
        self, process: subprocess.Popen[bytes], listener: _Listener, out: IO[bytes], afar: bool
    ) -> None:
        limits = self._access.limits
        end = time.monotonic() + limits.fetch
        if afar:
            self._size = self._weight()[0]
        while not listener.ended.wait(_TICK) and process.poll() is None:
            if self._access.stop.is_set():
                raise self._called_off()
            if time.monotonic() > end:
                raise passing(
                    _("{where} was not complete after {seconds} seconds. Try again later.").format(
                        where=shown(self.where), seconds=decimal(limits.fetch)
                    )
                )
            if os.fstat(out.fileno()).st_size > limits.download:  # folders can hold one another without end
                raise SourceError(
                    _("{where} has more files than can be listed. Name a folder of it.").format(
                        where=shown(self.where)
                    )
                )
            if afar:
                self._count()
        with suppress(subprocess.TimeoutExpired):
            process.wait(_GRACE)
        if afar:
            self._count()

    def _count(self) -> None:
        """Tell of the bytes that have come, and see to it that they are not too many."""
        size, _count = self._weight()
        if size > self._size:
            self._access.count_bytes(size - self._size)
            self._size = size
        if size > self._access.limits.repository:
            self.discard()
            raise SourceError(
                _("{where} is larger than {size}; it was not read. Name a folder of it.").format(
                    where=shown(self.where), size=in_words(self._access.limits.repository)
                )
            )

    def _weight(self) -> tuple[int, int]:
        """The bytes in packs, and how many packs there are."""
        size = packs = 0
        with suppress(OSError), os.scandir(self.folder / "objects" / "pack") as entries:
            for entry in entries:
                if entry.name.endswith(".pack") or entry.name.startswith("tmp_pack"):
                    with suppress(OSError):
                        size += entry.stat().st_size
                    packs += 1
        return size, packs

    def _environment(self) -> dict[str, str]:
        """The user's own, but no setting, question or program comes between: all that git hears is said here."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        patience = max(1, math.ceil(self._access.limits.read))
        ssh = os.environ.get("GIT_SSH_COMMAND") or "ssh"
        trusted = {
            name: os.environ.get(name) or os.environ.get(same, "")
            for name, same in (("GIT_SSL_CAINFO", "SSL_CERT_FILE"), ("GIT_SSL_CAPATH", "SSL_CERT_DIR"))
        }
        ours = {
            "LC_ALL": "C",
            "GIT_DIR": ".",
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_ASKPASS": "",
            "SSH_ASKPASS_REQUIRE": "never",
            "GIT_SSH_COMMAND": f"{ssh} -o BatchMode=yes -o ControlMaster=no"
            f" -o ConnectTimeout={max(1, math.ceil(self._access.limits.connect))}"
            f" -o ServerAliveInterval={patience} -o ServerAliveCountMax=2",
            "GIT_SSH_VARIANT": "ssh",
            "GIT_HTTP_LOW_SPEED_LIMIT": "1",
            "GIT_HTTP_LOW_SPEED_TIME": str(patience),
            "GIT_ALLOW_PROTOCOL": self._address.scheme,
            "GIT_NO_REPLACE_OBJECTS": "1",
        }
        secrets = self._access.secrets.for_git(self._address.url, self._access.stop)
        return {**kept, **{name: path for name, path in trusted.items() if path}, **ours, **secrets}

    def broken(self) -> BrokenError:
        """What is said if fetching anew does not help."""
        return BrokenError(
            _("What git has of {where} is damaged. Try again later.").format(where=shown(self.where))
        )

    def _called_off(self) -> SourceError:
        return passing(_("The visit to {where} was called off.").format(where=shown(self.where)))

    def _explained(self, told: str) -> Exception:
        """What git says about a server, as a sentence of ours."""
        where = shown(self.where)
        ref = clean_line(self._address.ref, 100)
        for pattern, kind, sentence in _SENTENCES:
            if re.search(pattern, told, re.IGNORECASE):
                if "remote ref" in pattern and not ref:
                    return SourceError(
                        _("The repository {where} is empty as yet. Try again when it has a commit.").format(
                            where=where
                        )
                    )
                error = kind(_(sentence).format(where=where, ref=ref, host=_host(self._address.url)))
                error.passing = kind is _PassingError
                error.withdrawn = "(410)" in sentence
                return error
        said = [line for line in told.splitlines() if line.startswith(("fatal:", "error:", "remote:"))]
        reason = clean_line(
            shown(said[-1].partition(":")[2] if said else _("it did not say why")), 200
        ).rstrip(".")
        return BrokenError(
            _("{where} could not be fetched ({reason}). Try again later.").format(where=where, reason=reason)
        )


class _Listener(threading.Thread):
    """Hears what git says while it works, and keeps the end of it."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        super().__init__(daemon=True)
        self._process = process
        self._heard = b""
        self.ended = threading.Event()
        self.start()

    def run(self) -> None:
        assert self._process.stderr is not None
        with suppress(OSError, ValueError):
            while some := os.read(self._process.stderr.fileno(), 65_536):
                self._heard = (self._heard + some)[-_TOLD:]
        self.ended.set()

    def join(self, timeout: float | None = _GRACE) -> None:
        super().join(timeout)
        if self._process.stderr is not None and not self.is_alive():
            self._process.stderr.close()

    @property
    def told(self) -> str:
        return self._heard.decode("utf-8", "replace").replace("\r", "\n")


class _PassingError(SourceError):
    """What may go better later."""

    passing = True


class _RefusedError(SourceError):
    """The server does not give what has no name."""


_SENTENCES: tuple[tuple[str, type[SourceError], str], ...] = (
    (
        r"No space left on device|Disk quota exceeded",
        SourceError,
        N_("There is no room on this disk for {where}. Make some and try again."),
    ),
    (
        r"Out of memory",
        SourceError,
        N_("{where} sends more than can be taken in; it was not read. Tell its publisher."),
    ),
    (
        r"couldn't find remote ref",
        SourceError,
        N_(
            "There is no branch or tag {ref} in {where}. Check its name; a folder stands behind a colon: "
            "#branch:folder."
        ),
    ),
    (
        r"not our ref|unadvertised object|does not allow request",
        _RefusedError,
        N_("{where} does not give {ref}. Name a branch or a tag."),
    ),
    (
        r"Permission denied \(|Too many authentication failures",
        SourceError,
        N_("{where} does not know our key. Add it to the ssh agent, or ask the publisher to let you in."),
    ),
    (
        r"Host key verification failed|HOST IDENTIFICATION HAS CHANGED",
        SourceError,
        N_(
            "The key of {host} is not known here. Connect once with ssh {host}, compare its key, and try "
            "again."
        ),
    ),
    (
        r"Authentication failed|could not read (Username|Password)|terminal prompts disabled|returned error: 40[13]",
        SourceError,
        (
            N_(
                "{where} is not open to us: it is private, or it is not there. Check the address; if you "
                "have a login, name it in the settings table [secrets]."
            )
        ),
    ),
    (
        r"returned error: 410",
        SourceError,
        N_("What was at {where} has been withdrawn for good (410). Remove it, or find its new address."),
    ),
    (
        r"returned error: 30\d|unable to update url base from redirection",
        SourceError,
        N_(
            "{where} sends us on to another address; that is not followed. Add .git, or look for the new one."
        ),
    ),
    (
        r"dubious ownership",
        SourceError,
        N_("{where} belongs to another user of this computer; it was not read. Make a clone of your own."),
    ),
    (
        r"returned error: 404|repository .*not found|could not be found|does not appear to be a git|does not exist",
        SourceError,
        N_("There is no Git repository at {where}. Check the address."),
    ),
    (
        r"Could not resolve (host|hostname|proxy)|Name or service not known",
        _PassingError,
        N_("The name in {where} is not known. Check the address and your connection."),
    ),
    (
        r"certificate",
        SourceError,
        N_("The certificate of {where} is not valid; nothing was read. Tell its publisher."),
    ),
    (
        r"Operation too slow|timed out|Timeout",
        _PassingError,
        N_("{where} fell silent. Try again later."),
    ),
    (
        r"Connection refused|Failed to connect|Couldn't connect|No route to host|Network is unreachable",
        _PassingError,
        N_("Nobody answers at {where}. Check the address and your connection."),
    ),
    (
        r"returned error: (429|5\d\d)",
        _PassingError,
        N_("The server of {where} is busy or has trouble of its own. Try again later."),
    ),
    (
        r"early EOF|unexpected disconnect|RPC failed|hung up|Connection reset|Empty reply|broken pipe|transfer closed",
        _PassingError,
        N_("The answer from {where} broke off. Try again later."),
    ),
    (
        r"unknown option|usage: git",
        SourceError,
        N_("The git on this computer is too old to read {where}. Install git 2.36 or later."),
    ),
    (
        r"protocol error|invalid server response|bad line length|not valid: is this a git repo",
        SourceError,
        N_("What {where} answers is not Git. Check the address."),
    ),
    (
        r"could not read from remote repository",
        SourceError,
        N_("{where} is not open to us, or it is not there. Check the address, or ask its publisher."),
    ),
)
"""What git says (in English, as we ask it to), and what we say."""


def passing(sentence: str) -> SourceError:
    return _PassingError(sentence)


def _host(url: str) -> str:
    host = urlsplit(url).hostname if "://" in url else url.partition(":")[0].partition("@")[2]
    return clean_line(host or "")


def _text(told: bytes) -> str:
    return told.decode("utf-8", "surrogateescape")


def _files(entries: Iterable[tuple[str, str, str]]) -> Iterator[File]:
    """The articles among entries of trees (mode, blob, path): no links, nothing hidden."""
    for mode, blob, path in entries:
        if mode in _ORDINARY and is_article(path) and not is_hidden(path):
            yield File(item_name(path), path, blob)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End git and whatever it has started."""
    with suppress(OSError):
        if sys.platform == "win32":
            process.kill()
        else:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
                with suppress(subprocess.TimeoutExpired):
                    process.wait(_GRACE)
            if process.returncode is None or process.returncode < 0:
                os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    if process.stdout is not None:
        process.stdout.close()
