"""Completion in real shells: commands, options and values from the library; and nothing foreign is run."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from unittest.mock import ANY

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cryptonews_tui
from cryptonews_tui import shells
from cryptonews_tui.cli import COMMANDS
from tests.command_line import Run
from tests.programs import needs
from tests.pty_terminal import Terminal
from tests.strategies import write

HOSTILE = (
    "evil $(touch ran)",
    "evil `touch ran`",
    "evil ; touch ran",
    "evil x 'one' \"two\"",
    "evil y * !! ~ \\",
    "evil <x> & | {y}",
)


@pytest.fixture
def shop(run: Run, places: Path, tmp_path: Path, news: Path) -> Path:
    """A folder with the program under its own name, and a library with tags from a stranger."""
    for number, tag in enumerate((*HOSTILE, "evil\nnew\x1b]0;line\x07")):
        write(news, f"9{number}.en.md", title=f"Trap {number}", externalId=f"9{number}", tags=[tag])
    assert run("sync", news).code == 0
    assert run("sources", "add", news, "--name", "My news").code == 0
    assert run("views", "add", "Calm days", "sentiment:neutral").code == 0
    folder = tmp_path / "bin"
    folder.mkdir()
    source = Path(cryptonews_tui.__file__).parents[1]
    program = folder / "cryptonews"
    program.write_text(
        f'#!/bin/sh\nPYTHONPATH="{source}" exec "{sys.executable}" -m cryptonews_tui "$@"\n', encoding="utf-8"
    )
    program.chmod(0o755)
    for shell, script in shells.SCRIPTS.items():
        (folder / f"completion.{shell}").write_text(script, encoding="utf-8")
    return folder


def offered(run: Run, *words: str) -> dict[str, str]:
    ran = run("complete", "fish", *words)
    assert ran.code == 0
    assert ran.err == ""
    return dict(line.split("\t") for line in ran.lines)


# What is offered


def test_commands_and_options_are_offered_with_what_they_do(run: Run) -> None:
    assert offered(run, "") == {name: help for name, help, _, _ in COMMANDS}
    assert set(offered(run, "d")) == {"digest", "doctor"}
    assert set(offered(run, "--l", "")) >= {"list"}
    assert set(offered(run, "--")) >= {"--help", "--version", "--library", "--restricted"}
    assert set(offered(run, "list", "--")) >= {"--view", "--limit", "--sort", "--format"}
    assert set(offered(run, "sources", "")) >= {"list", "add", "remove"}
    assert set(offered(run, "sources", "add", "--")) >= {"--name", "--minutes"}
    assert offered(run, "man", "--") == {**offered(run, "paths", "--"), "--install": ANY}


@pytest.mark.usefixtures("shop")
def test_values_come_from_the_library_and_the_state(run: Run) -> None:
    assert set(offered(run, "list", "tag:b")) == {"tag:btc"}
    assert offered(run, "list", "tag:dig") == {'tag:"digital assets"': "1"}
    assert set(offered(run, "list", "tag:btc", "source:")) == {"source:nightledger"}
    assert offered(run, "list", "-tag:bt") == {"-tag:btc": "1"}
    assert set(offered(run, "list", "sentiment:")) == {
        f"sentiment:{value}" for value in ("positive", "negative", "neutral", "unrated")
    }
    assert "since:" in offered(run, "list", "si")
    assert "section:impact" in offered(run, "facets", "section:imp")
    assert set(offered(run, "show", "--lang", "")) == {"en", "uk"}
    assert offered(run, "show", "2") == {"2": "Ether falls"}
    assert offered(run, "list", "--view", "cal") == {"Calm days": "sentiment:neutral"}
    assert set(offered(run, "views", "remove", "")) == {"Calm days"}
    assert set(offered(run, "sources", "remove", "my")) == {"My news"}
    assert set(offered(run, "sync", "my")) == {"My news"}
    assert set(offered(run, "list", "--sort", "-p")) == {"-published"}
    assert set(offered(run, "list", "--format=j")) == {"--format=json", "--format=jsonl"}
    assert set(offered(run, "digest", "--section", "imp")) == {"impact"}
    assert set(offered(run, "views", "add", "Mine", "tag:b")) == {"tag:btc"}


def test_views_of_the_administrator_are_offered(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_DIRS", str(tmp_path))
    (tmp_path / "cryptonews-tui").mkdir()
    (tmp_path / "cryptonews-tui" / "settings.toml").write_text('[views]\nDesk = "tag:btc"\n')
    assert offered(run, "list", "--view", "des") == {"Desk": "tag:btc"}


@pytest.mark.usefixtures("shop")
def test_another_library_is_asked_when_the_line_names_one(run: Run, tmp_path: Path) -> None:
    assert offered(run, "list", "--library", str(tmp_path / "none.db"), "tag:b") == {}
    assert offered(run, f"--library={tmp_path}/none.db", "list", "tag:b") == {}
    assert not (tmp_path / "none.db").exists()


def test_places_are_left_to_the_shell(run: Run) -> None:
    for words in (
        ["~/ne"],
        ["sync", "/tm"],
        ["sources", "add", ""],
        ["export", ""],
        ["list", "--library", ""],
    ):
        assert offered(run, *words) == {}


@pytest.mark.usefixtures("shop")
def test_what_is_offered_is_cleaned(run: Run) -> None:
    lines = run("complete", "fish", "list", "tag:evil").lines
    assert len(lines) == len(HOSTILE) + 1
    assert not [line for line in lines if "\x1b" in line or line.count("\t") != 1]


@pytest.mark.parametrize(
    "arguments", [(), ("bash",), ("zsh",), ("tcsh", "x"), ("bash", ""), ("bash", "cryptonews")]
)
def test_a_strange_question_has_no_answer(run: Run, arguments: tuple[str, ...]) -> None:
    ran = run("complete", *arguments)
    assert (ran.code, ran.err) == (0, "")


# How bash writes words


@given(
    st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=20),
    st.sampled_from(["", "'", '"']),
)
def test_what_is_quoted_for_bash_is_read_as_it_was(value: str, quote: str) -> None:
    line = shells._split(f"cryptonews {quote}", "")
    written = line.quoted(value) + quote
    again = shells._split(f"cryptonews {quote}{written}", "")
    assert again.words[1:] == [value]
    assert again.quote == ""


@pytest.mark.parametrize(
    ("line", "words", "quote", "kept"),
    [
        ("cryptonews ", ["cryptonews", ""], "", 0),
        ("cryptonews list tag:b", ["cryptonews", "list", "tag:b"], "", 4),
        ("cryptonews list 'tag:b c", ["cryptonews", "list", "tag:b c"], "'", 0),
        ('cryptonews list tag:"b', ["cryptonews", "list", "tag:b"], '"', 4),
        ('cryptonews "a b" c\\ d', ["cryptonews", "a b", "c d"], "", 0),
        ("cryptonews --format=j", ["cryptonews", "--format=j"], "", 9),
        ("cryptonews a\\", ["cryptonews", "a"], "", 0),
        ("cryptonews ''x", ["cryptonews", "x"], "", 0),
    ],
)
def test_a_line_is_taken_apart_as_bash_does(line: str, words: list[str], quote: str, kept: int) -> None:
    found = shells._split(line, " \t\n\"'@><=;|&(:")
    assert (found.words, found.quote, found.kept) == (words, quote, kept)


# The scripts in their shells


def environment(shop: Path) -> dict[str, str]:
    names = ("HOME", "CRYPTONEWS_LIBRARY", "CRYPTONEWS_STATE", "CRYPTONEWS_CONFIG", "CRYPTONEWS_CACHE")
    return {
        "PATH": f"{shop}:/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "TERM": "xterm",
        "TZ": "UTC",
        **{name: os.environ[name] for name in names},
    }


def ask_bash(shop: Path, line: str) -> list[str]:
    script = f"""
source {shop}/completion.bash
COMP_LINE=$1 COMP_POINT=${{#1}}
_cryptonews cryptonews
printf '%s\\n' "${{COMPREPLY[@]}}"
"""
    done = subprocess.run(
        ["bash", "--norc", "-c", script, "bash", line],
        capture_output=True,
        text=True,
        env=environment(shop),
        cwd=shop,
        check=True,
    )
    assert done.stderr == ""
    return done.stdout.splitlines()


def test_bash_is_told_the_rest_of_the_word(shop: Path) -> None:
    assert ask_bash(shop, "cryptonews li") == ["list"]
    assert ask_bash(shop, "cryptonews list tag:b") == ["btc"]
    assert ask_bash(shop, "cryptonews list tag:dig") == [r"\"digital\ assets\""]
    assert ask_bash(shop, "cryptonews list 'tag:dig") == ['tag:"digital assets"']
    assert ask_bash(shop, 'cryptonews list "tag:dig') == [r"tag:\"digital assets\""]
    assert ask_bash(shop, "cryptonews list --format=j") == ["json", "jsonl"]


@needs("fish", "fish")
def test_fish_completes(shop: Path) -> None:
    def ask(line: str) -> list[str]:
        done = subprocess.run(
            ["fish", "--no-config", "-c", f"source {shop}/completion.fish; complete -C $argv[1]", line],
            capture_output=True,
            text=True,
            env=environment(shop),
            cwd=shop,
            check=True,
        )
        assert done.stderr == ""
        return done.stdout.splitlines()

    assert ask("cryptonews li") == ["list\tprint stories, newest first"]
    assert ask("cryptonews list tag:b") == ["tag:btc\t1"]
    assert ask("cryptonews list tag:dig") == ['tag:"digital assets"\t1']
    assert "completion.fish" in ask("cryptonews sync comp")
    assert len(ask("cryptonews list tag:")) >= len(HOSTILE)


STARTS = {
    "bash": (
        ["bash", "--norc", "--noprofile"],
        "PS1='ready> '; bind 'set bell-style none'; source completion.bash\r",
    ),
    "zsh": (["zsh", "-f"], "PS1='ready> '; autoload -U compinit; compinit -u; source ./completion.zsh\r"),
    "fish": (
        ["fish", "--no-config"],
        "function fish_prompt; printf 'ready> '; end; source completion.fish\r",
    ),
}


@needs("zsh", "zsh")
@needs("fish", "fish")
@pytest.mark.parametrize("shell", STARTS)
@pytest.mark.parametrize("number", range(len(HOSTILE)))
def test_tab_completes_a_strangers_tag_and_runs_nothing(shop: Path, shell: str, number: int) -> None:
    command, start = STARTS[shell]
    program = shutil.which(command[0])
    assert program is not None
    typed = HOSTILE[number][: len("evil ") + 1]
    with Terminal(
        ["sh", "-c", f"cd {shop} && exec {' '.join(command)}"], env=environment(shop), columns=150
    ) as terminal:
        terminal.quiet(0.3)
        terminal.send(start)
        terminal.wait_for("ready>")
        terminal.quiet(0.3)
        terminal.send(f"cryptonews list 'tag:\"{typed}")
        terminal.quiet(0.3)
        terminal.send("\t")
        terminal.wait_for("\"'")  # the quotes are closed
        terminal.quiet(0.2)
        terminal.send("\r")
        terminal.wait_for(f"Trap {number}")
        terminal.quiet(0.3)
        assert f"Trap {(number + 1) % len(HOSTILE)}" not in terminal.text
    assert not (shop / "ran").exists()


@pytest.mark.parametrize(
    ("shell", "place"),
    [
        ("bash", ".local/share/bash-completion/completions/cryptonews"),
        ("zsh", ".local/share/zsh/site-functions/_cryptonews"),
        ("fish", ".config/fish/completions/cryptonews.fish"),
    ],
)
def test_a_script_is_printed_or_put_where_its_shell_looks(
    run: Run, places: Path, monkeypatch: pytest.MonkeyPatch, shell: str, place: str
) -> None:
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    assert run("completions", shell).out == shells.SCRIPTS[shell]
    ran = run("completions", shell, "--install")
    assert (ran.code, ran.out) == (0, "")
    assert str(places / place) in ran.err
    assert (places / place).read_text("utf-8") == shells.SCRIPTS[shell]
    assert run("completions", shell, "--install").code == 0
    assert [path.name for path in (places / place).parent.iterdir()] == [Path(place).name]


@needs("zsh", "zsh")
@needs("fish", "fish")
@pytest.mark.parametrize("shell", STARTS)
@pytest.mark.parametrize(
    "steps",
    [
        [("cryptonews vie\t", "cryptonews views"), ("li\t", "cryptonews views list")],
        [("cryptonews views rem\t", "views remove"), ("Cal\t", "Calm")],
        [("cryptonews list tag:bt\t", "list tag:btc"), ("source:night\t", "tag:btc source:nightledger")],
    ],
)
def test_words_are_completed_as_they_are_typed(shop: Path, shell: str, steps: list[tuple[str, str]]) -> None:
    command, start = STARTS[shell]
    with Terminal(
        ["sh", "-c", f"cd {shop} && exec {' '.join(command)}"], env=environment(shop), columns=150
    ) as terminal:
        terminal.quiet(0.3)
        terminal.send(start)
        terminal.wait_for("ready>")
        for typed, shown in steps:
            terminal.quiet(0.3)
            terminal.send(typed)
            terminal.wait_for(shown)
