"""The workflow of continuous integration: it can be read, and tries the oldest Python that we promise."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[1]
WORKFLOW = yaml.load((ROOT / ".github/workflows/ci.yml").read_text("utf-8"), yaml.BaseLoader)
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


def test_every_job_tries_the_oldest_python_and_the_newest_that_was_seen() -> None:
    oldest = PROJECT["requires-python"].removeprefix(">=")
    named = [re.search(r":: (3\.\d+)$", each) for each in PROJECT["classifiers"]]
    newest = max((match[1] for match in named if match), key=lambda version: int(version.split(".")[1]))
    for job in WORKFLOW["jobs"].values():
        assert job["strategy"]["matrix"]["python"] == [oldest, newest]


def test_linux_macos_and_windows_are_tried() -> None:
    jobs = WORKFLOW["jobs"].values()
    systems = [system for job in jobs for system in job["strategy"]["matrix"].get("system", [job["runs-on"]])]
    assert sorted(systems) == ["macos-latest", "ubuntu-latest", "windows-latest"]


def test_the_workflow_names_only_files_that_there_are() -> None:
    lines = [step["run"] for job in WORKFLOW["jobs"].values() for step in job["steps"] if "run" in step]
    named = re.findall(r"(?:tests/\S+|\.ci/\S+|constraints\.txt)", " ".join(lines))
    assert len(named) > 5
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_elsewhere_nothing_is_run_that_windows_has_not() -> None:
    elsewhere = " ".join(step.get("run", "") for step in WORKFLOW["jobs"]["elsewhere"]["steps"])
    files = [ROOT / name for name in re.findall(r"tests/\S+\.py", elsewhere)]
    conftests = {file.parent / "conftest.py" for file in files if file.parent.name != "tests"}
    assert len(files) > 5
    missing = re.compile(
        r"time\.tzset|os\.(?:geteuid|mkfifo|openpty)|^import (?:fcntl|grp|pty|pwd|resource|termios)", re.M
    )
    assert [file.name for file in (*files, *conftests) if missing.search(file.read_text("utf-8"))] == []


def test_nothing_is_given_to_the_workflow_but_to_read() -> None:
    assert WORKFLOW["permissions"] == {"contents": "read"}
