"""Every command has its help and its line in the README; so has every setting, with its default."""

from __future__ import annotations

import re
from dataclasses import fields
from typing import TYPE_CHECKING

import click
import pytest

from qms.cli.main import cli
from qms.kernel.settings import RESERVED, Settings
from tests.house.reading import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

READMES = ("README.md", "README.zh.md")
LISTED = re.compile(r"^\| `qms ([a-z -]+?)(?: [A-Z]+)*` \|", re.MULTILINE)
SET = re.compile(r"^\| `([a-z_]+)` \| (.*?) \|", re.MULTILINE)

TYPED = re.compile(r"(?:^|`|bin/)qms (?:--(?:home|as) \S+ )*([a-z][a-z-]*(?: [a-z][a-z-]+)?)", re.MULTILINE)


def _commands(group: click.Group = cli, path: tuple[str, ...] = ()) -> Iterator[tuple[str, click.Command]]:
    for name, command in group.commands.items():
        words = (*path, name)
        if isinstance(command, click.Group):
            yield from _commands(command, words)
        else:
            yield " ".join(words), command


COMMANDS = dict(_commands())


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_option_has_help(name: str) -> None:
    """A person learns from `--help` alone what a command does, and what each option is for."""
    command = COMMANDS[name]
    assert command.help, name
    assert re.search(r"[.:]$", command.help.splitlines()[0]), name
    silent = [each.name for each in command.params if isinstance(each, click.Option) and not each.help]
    assert silent == []


def test_every_group_has_help() -> None:
    """What `qms --help` lists says what it is about."""
    groups = {name: each for name, each in cli.commands.items() if isinstance(each, click.Group)}
    assert groups
    assert [name for name, each in groups.items() if not each.help] == []
    assert all(option.help for option in cli.params if isinstance(option, click.Option))


@pytest.mark.parametrize("readme", READMES)
def test_the_readme_lists_every_command_and_no_other(readme: str) -> None:
    listed = LISTED.findall((ROOT / readme).read_text("utf-8"))
    assert sorted(listed) == sorted(COMMANDS)


@pytest.mark.parametrize("readme", READMES)
def test_the_readme_lists_every_setting_with_its_default(readme: str) -> None:
    told = dict(SET.findall((ROOT / readme).read_text("utf-8")))
    known = {each.name: each.default for each in fields(Settings) if each.name != "home"}
    shown = {name: f"`{_written(default)}`" if str(default) else "–" for name, default in known.items()}
    assert {name: value.replace("\\|", "|") for name, value in told.items()} == shown


def _written(default: object) -> str:
    """As it stands in the file of settings."""
    return str(default).lower() if isinstance(default, bool) else str(default)


@pytest.mark.parametrize("readme", READMES)
def test_the_readme_names_the_variables_that_are_no_settings(readme: str) -> None:
    text = (ROOT / readme).read_text("utf-8")
    assert [name for name in sorted(RESERVED) if f"`{name}`" not in text] == []


@pytest.mark.parametrize("readme", READMES)
def test_what_the_readme_points_at_is_there(readme: str) -> None:
    """Links to files and the make targets it names."""
    text = (ROOT / readme).read_text("utf-8")
    links = re.findall(r"\]\((?!https?:)([^)#]+)", text)
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    assert set(re.findall(r"`make ([a-z-]+)`", text)) <= targets


@pytest.mark.parametrize("page", ["SECURITY.md", "docs/operate.md", "docs/writing.md", "docs/evidence.md"])
def test_what_other_pages_point_at_is_there(page: str) -> None:
    """Links, the tests that keep a promise, and the commands a page tells to type."""
    text = (ROOT / page).read_text("utf-8")
    links = re.findall(r"(?<!!)\[[^]]*\]\((?!https?:)([^)#]+)", text)
    assert [link for link in links if not (ROOT / page).parent.joinpath(link).exists()] == []
    assert [test for test in re.findall(r"`(tests/[^`]+)`", text) if not (ROOT / test).is_file()] == []
    typed = TYPED.findall(text)
    assert [words for words in typed if not {words, words.split()[0]} & COMMANDS.keys()] == []
