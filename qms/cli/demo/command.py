"""`qms demo run`: set up the demonstration and run the main job on it."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Final

import click

from qms.cli.demo.story import DAYS, Story
from qms.kernel.labels import N_, say
from qms.runtime import build

if TYPE_CHECKING:
    from qms.cli.session import Session


@click.group()
def demo() -> None:
    """The demonstration workspace."""


@demo.command("run")
@click.option("--once", is_flag=True, help="Do nothing where the demonstration has been made already.")
@click.option("--fresh", is_flag=True, help="Forget an earlier demonstration first.")
@click.option(
    "--days",
    default=DAYS,
    show_default=True,
    help="How many days back the clock starts; 14 leave out the year.",
)
@click.pass_obj
def run(session: Session, once: bool, fresh: bool, days: int) -> int:
    """Run the main job: issue the library, live through a year, find, pull the evidence, verify it."""
    done = session.home / "DEMO.txt"
    if once and done.is_file():
        session.output.result(
            {"folder": session.home, "file": done},
            N_("The demonstration is in {folder}; its story is told in {file}."),
        )
        return 0
    if session.home.exists() and (fresh or once):
        _refuse_real(session)
        shutil.rmtree(session.home)
    story = Story(session.home, session.output, days)
    session.adopt(story.runtime)
    return 0 if story.tell().ok else 1


def _refuse_real(session: Session) -> None:
    """Only a folder that holds a demonstration, whole or half-made, is ever cleared."""
    if not (session.home / ".demonstration").is_file():
        made = build(session.home)
        made.close()
        text = say(
            "{folder} holds no demonstration; it is left as it is.",
            session.output.language,
            folder=session.home,
        )
        raise click.UsageError(text)


COMMANDS: Final = (demo,)
