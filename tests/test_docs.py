"""The documentation tells what the program does, because the program writes its tables."""

from __future__ import annotations

import re

import pytest
from docs.__main__ import PAGES, ROOT, TABLES, filled


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_tables_of_a_page_are_those_of_the_program(page):
    assert filled(page.read_text("utf-8")) == page.read_text("utf-8"), "run: make docs"


def test_every_table_stands_somewhere():
    text = "".join(page.read_text("utf-8") for page in PAGES)

    assert all(f"<!-- {name} -->" in text for name in TABLES)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_to_a_file_leads_to_one(page):
    targets = re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)|src=\"([^\"]+)\"", page.read_text("utf-8"))
    local = [a or b for a, b in targets if not (a or b).startswith(("http:", "https:"))]

    assert [target for target in local if not (page.parent / target).exists()] == []
    assert local or page != ROOT / "README.md"
