"""`qms library`: whether the sources of the library agree with each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click

from qms import accounts, documents
from qms import library as libraries
from qms.cli.exits import EXIT
from qms.cli.starter import LIBRARY, STRUCTURE
from qms.kernel.errors import Invalid
from qms.kernel.labels import N_

if TYPE_CHECKING:
    from qms.cli.session import Session


_ROOT: Final = "centre"
"""The department every workspace is founded with."""


@click.group()
def library() -> None:
    """The library as a whole: procedures, forms and registers that belong together."""


@library.command()
@click.option("--shipped", is_flag=True, help="Check the library of the project instead; needs no workspace.")
@click.pass_obj
def check(session: Session, shipped: bool) -> int:
    """Find what does not agree: forms without procedure, missing documents, codes and terms used twice."""
    found = libraries.check(*(_shipped() if shipped else own(session)))
    language = session.output.language
    session.output.rows(
        {"file": N_("File"), "line": N_("Line"), "problem": N_("Fault")},
        [
            {"file": each.file, "line": each.line, "field": each.field, "problem": each.sentence(language)}
            for each in found
        ],
    )
    if not found and not session.output.as_json:
        click.echo(session.output.word(N_("The library agrees with itself.")))
    return EXIT[Invalid] if found else 0


def own(session: Session) -> tuple[list[libraries.Paper], libraries.Structure]:
    """What is in force or ahead of it, and the structure it is held against."""
    with session.keeping() as work:
        return libraries.own(work), libraries.structure(work.session)


def _shipped() -> tuple[list[libraries.Paper], libraries.Structure]:
    named = accounts.read_organisation(STRUCTURE.read_text("utf-8"), STRUCTURE.name)
    structure = libraries.Structure(
        frozenset(each["code"] for each in named.departments) | {_ROOT},
        frozenset(each["code"] for each in named.posts),
        frozenset(accounts.ROLES),
    )
    files = [*sorted(LIBRARY.glob("procedures/*.md")), *sorted(LIBRARY.glob("forms/*.yaml"))]
    return libraries.of_files(documents.sync.in_order(files)), structure


COMMANDS: Final = (library,)
