"""Tests that need a program beside Python: `@needs("nginx", "nginx-light")`.

Where the program is missing the run says so by name, with the command that brings it. Where CI is set in the
environment a missing program is a failure: there, nobody reads the summary.
"""

from __future__ import annotations

import os
import shutil
from collections import Counter

import pytest

_PROPERTY = "missing program"


def needs(program: str, package: str) -> pytest.MarkDecorator:
    """Run the test only where `program` is installed; Debian's `package` brings it."""
    return pytest.mark.needs(program, package)


def find(program: str) -> str | None:
    """The program's path. Servers live where only an administrator's PATH looks."""
    path = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/local/sbin", "/usr/sbin", "/sbin"])
    return shutil.which(program, path=path)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "needs(program, package): run only where the program is installed")


def pytest_runtest_setup(item: pytest.Item) -> None:
    for mark in item.iter_markers("needs"):
        program, package = mark.args
        if find(program) is None:
            item.user_properties.append((_PROPERTY, f"{program} — apt-get install {package}"))
            message = f"{program} is not installed: apt-get install {package}"
            if os.environ.get("CI"):
                pytest.fail(message, pytrace=False)
            pytest.skip(message)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    missing = Counter(
        value
        for outcome in ("skipped", "failed", "error")
        for report in terminalreporter.stats.get(outcome, [])
        for name, value in getattr(report, "user_properties", ())  # a module that fails to import has none
        if name == _PROPERTY
    )
    for what, count in sorted(missing.items()):
        tests, need = ("test", "needs") if count == 1 else ("tests", "need")
        terminalreporter.write_line(f"not run: {count} {tests} {need} {what}", yellow=True)
