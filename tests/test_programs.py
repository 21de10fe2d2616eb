"""A test that needs a program which is not there must be heard of."""

from __future__ import annotations

from pathlib import Path

import pytest

NEEDS_A_MISSING_PROGRAM = """
    from tests.programs import needs

    @needs("no-such-program", "no-such-package")
    def test_one(): ...

    @needs("no-such-program", "no-such-package")
    def test_two(): ...

    @needs("sh", "dash")
    def test_three(): ...
"""


@pytest.fixture
def run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A test run of its own, with nothing but our plugin."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent.parent))
    pytester.makepyfile(NEEDS_A_MISSING_PROGRAM)
    return pytester


def test_a_missing_program_is_named_with_the_command_that_brings_it(
    run: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CI", raising=False)
    result = run.runpytest_subprocess("-p", "tests.programs", timeout=30)
    result.assert_outcomes(passed=1, skipped=2)
    result.stdout.fnmatch_lines(["not run: 2 tests need no-such-program — apt-get install no-such-package"])


def test_a_module_that_fails_to_import_is_still_heard_of(run: pytest.Pytester) -> None:
    run.makepyfile(test_broken="import no_such_module")
    result = run.runpytest_subprocess("-p", "tests.programs", timeout=30)
    result.assert_outcomes(errors=1)
    assert "INTERNALERROR" not in result.stdout.str() + result.stderr.str()


def test_a_missing_program_fails_where_ci_is_set(
    run: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", "true")
    result = run.runpytest_subprocess("-p", "tests.programs", timeout=30)
    result.assert_outcomes(passed=1, errors=2)
    result.stdout.fnmatch_lines(["*no-such-program is not installed: apt-get install no-such-package"])
