"""What makes inputs: Hypothesis draws them, atheris follows the paths that they take, and stretching makes them long.

Each engine is a process of its own, `python -m fuzz.engines ENGINE TARGET FOLDER INPUTS SECONDS`, that keeps what
raised something new under `FOLDER/found` and says at its end how many inputs it tried.
"""

from __future__ import annotations

import atexit
import gzip
import hashlib
import random
import resource
import sys
import time
from importlib.util import find_spec
from pathlib import Path
from traceback import walk_tb

from fuzz.checks import SECONDS, in_time
from fuzz.targets import Target, load

MEMORY = 2 * 1024**3
"""Bytes that a process may have; who wants more has grown without bound."""
_CHUNK = 1_000
_SHORT = 4_096
_LONG = 100_000
"""Bytes of a stretched input: what takes the square of its length shows there."""
_UNHURRIED = 4
"""How many times longer an input may take while paths are counted."""
_OURS = ("cryptonews_tui", "fuzz")


def engines() -> tuple[str, ...]:
    """Those that are installed."""
    return ("hypothesis", *(["atheris"] if find_spec("atheris") else []), "stretching")


def fault_of(target: Target, data: bytes, seconds: float = SECONDS) -> str | None:
    """What an input raises and where, which tells one fault from another; None if all is well."""
    try:
        with in_time(seconds):
            target.run(data)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        return _name(error)
    return None


def _name(error: BaseException) -> str:
    kind = type(error).__name__
    if kind in ("TooSlowError", "RecursionError", "MemoryError"):  # these end somewhere on their way
        return kind
    places = [
        f"{Path(frame.f_code.co_filename).name}:{line}"
        for frame, line in walk_tb(error.__traceback__)
        if any(f"/{name}/" in frame.f_code.co_filename for name in _OURS)
    ]
    return f"{kind} at {places[-1] if places else '?'}"


class Findings:
    """Inputs tried, and one for each thing that was raised."""

    def __init__(self, target: Target, folder: Path, seconds: float, unhurried: int = 1) -> None:
        self.target = target
        self.tried = 0
        self._folder = folder
        self._end = time.monotonic() + seconds
        self._seconds = SECONDS * unhurried
        self._known: set[str] = set()
        atexit.register(self._tell)

    def try_(self, data: bytes) -> None:
        self.tried += 1
        fault = fault_of(self.target, data, self._seconds)
        if fault is not None and fault not in self._known:
            self._known.add(fault)
            keep(self._folder / "found", data)
        if self.tried % 100 == 0 or fault is not None:
            self._tell()

    @property
    def late(self) -> bool:
        return time.monotonic() > self._end

    def _tell(self) -> None:
        (self._folder / "tried").write_text(str(self.tried))


def keep(folder: Path, data: bytes) -> Path:
    """A file with these bytes, called by what it holds; long ones repeat themselves, and are packed."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / hashlib.blake2b(data, digest_size=6).hexdigest()
    if len(data) > _SHORT:
        path = path.with_suffix(".gz")
    path.write_bytes(gzip.compress(data, mtime=0) if path.suffix else data)
    return path


def kept(path: Path) -> bytes:
    """What `keep` was given."""
    return gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()


def try_with_hypothesis(findings: Findings, inputs: int) -> None:
    """Inputs put together from what the target's are made of; nothing is remembered from one to the next."""
    from hypothesis import HealthCheck, Phase, given, seed, settings
    from hypothesis import strategies as st

    target = findings.target
    texts = st.sampled_from([*target.words, *target.seeds]) | st.binary(max_size=4)
    joined = st.lists(texts, max_size=20).map(b"".join)
    spoilt = st.builds(
        _spoilt,
        st.sampled_from([*target.seeds]),
        st.lists(st.tuples(st.integers(0, 2_000), texts), max_size=5),
    )
    drawn = st.one_of(joined, spoilt, *([target.inputs, target.inputs] if target.inputs is not None else ()))
    number = time.time_ns()
    while findings.tried < inputs and not findings.late:

        @seed(number)
        @settings(
            max_examples=min(_CHUNK, inputs - findings.tried),
            phases=[Phase.generate],
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(drawn)
        def try_one(data: bytes) -> None:
            if not findings.late:
                findings.try_(data[: target.most])

        try_one()
        number += 1


def _spoilt(seed: bytes, changes: list[tuple[int, bytes]]) -> bytes:
    for at, text in changes:
        at %= len(seed) + 1
        seed = seed[:at] + text + seed[at + len(text) * (at % 2) :]
    return seed


def try_stretched(findings: Findings, inputs: int) -> None:
    """A few words over and over, in the midst of a seed: whatever nests, opens or backtracks does so many times."""
    target, chance = findings.target, random.Random()
    pieces = [piece for piece in (*target.words, *target.seeds) if 0 < len(piece) < 2_000]
    while findings.tried < inputs and not findings.late:
        seed = chance.choice([*target.seeds, b""])
        at = chance.randrange(len(seed) + 1)
        start, end = chance.choice([(seed[:at], seed[at:]), (seed[:at], b""), (seed[:1], b"")])
        again = b"".join(chance.choices(pieces, k=chance.choice([1, 1, 1, 2, 2, 3, 4])))
        findings.try_(start + again * max(1, (_LONG - len(seed)) // len(again)) + end)


def try_with_atheris(name: str, folder: Path, inputs: int, seconds: float) -> None:
    """Inputs that took a new path are changed further. Ends the process."""
    import atheris  # type: ignore[import-untyped]

    with atheris.instrument_imports(include=["cryptonews_tui"]):
        target = load(name)
    findings = Findings(target, folder, seconds, _UNHURRIED)
    corpus = folder / "corpus"
    for data in target.seeds:
        keep(corpus, data)
    words = folder / "words"
    words.write_text("".join(f'"{_escaped(word)}"\n' for word in target.words if word))
    atheris.Setup(
        [
            sys.argv[0],
            *(
                f"-runs={inputs}",
                f"-max_total_time={round(seconds)}",
                f"-max_len={target.most}",
                f"-dict={words}",
            ),
            *(
                f"-artifact_prefix={folder}/found/",
                "-timeout=30",
                f"-rss_limit_mb={MEMORY // 1024**2}",
                "-verbosity=0",
            ),
            str(corpus),
        ],
        findings.try_,
    )
    atheris.Fuzz()


def _escaped(word: bytes) -> str:
    return "".join(chr(byte) if 32 < byte < 127 and byte not in b'"\\' else f"\\x{byte:02x}" for byte in word)


def main(arguments: list[str]) -> None:
    engine, name, folder, inputs, seconds = arguments
    resource.setrlimit(resource.RLIMIT_AS, (2 * MEMORY, 2 * MEMORY))
    place = Path(folder)
    (place / "found").mkdir(parents=True, exist_ok=True)
    if engine == "atheris":
        try_with_atheris(name, place, int(inputs), float(seconds))
    else:
        try_ = try_stretched if engine == "stretching" else try_with_hypothesis
        try_(Findings(load(name), place, float(seconds)), int(inputs))


if __name__ == "__main__":
    main(sys.argv[1:])
