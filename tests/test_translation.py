from __future__ import annotations

import pytest

from cryptonews_tui.translation import wanted


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({"LANG": "uk_UA.UTF-8"}, "uk"),
        ({"LANG": "en_GB.UTF-8", "LC_ALL": "uk_UA.UTF-8"}, "uk"),
        ({"LANG": "uk_UA.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANG": "en_GB.UTF-8", "LC_MESSAGES": "uk_UA"}, "uk"),
        ({"LANG": "uk_UA.UTF-8", "LANGUAGE": "en"}, "en"),
        ({"LANG": "pl_PL.UTF-8", "LANGUAGE": "uk:pl"}, "uk"),
        ({"LANG": "xx"}, "en"),
        ({}, "en"),
    ],
)
def test_the_environment_says_the_language_as_gettext_reads_it(
    environment: dict[str, str], language: str
) -> None:
    assert wanted(environment) == language
