"""`qms init` and `qms upgrade`: making a workspace and bringing it to the program's schema."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from qms import runtime
from qms.cli.starter import take_over
from qms.kernel.labels import N_, say
from qms.runtime import KEEPER

if TYPE_CHECKING:
    from collections.abc import Mapping

    from qms import accounts
    from qms.cli.session import Session


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--name", default="", help="The name of the organisation, as printed on documents.")
@click.option("--public-url", default="", help="The address at which the pages are reached; printed on PDFs.")
@click.option("--database-url", default="", help="An empty PostgreSQL database; the embedded one without it.")
@click.option("--empty", is_flag=True, help="Without the starter library, its departments and posts.")
@click.pass_obj
def init(  # noqa: PLR0917 - click passes one argument an option, by name
    session: Session, folder: Path, name: str, public_url: str, database_url: str, empty: bool
) -> None:
    """Make a real, empty workspace: three administrators, the starter library as drafts, nothing issued."""
    home = folder.resolve()
    if runtime.is_workspace(home):
        raise runtime.AlreadyAWorkspace(folder=home)
    given = {"organisation": name, "public_url": public_url, "database_url": database_url}
    _write_settings(home, {key: value for key, value in given.items() if value})

    def told(made: runtime.Runtime, founded: accounts.Founded) -> None:
        session.adopt(made)
        _tell_passwords(session, home, founded)
        if not empty:
            count = take_over(made)
            session.output.say("{count} documents of the starter library are drafts.", count=count)

    names = {"zh-Hans": name} if name else {"zh-Hans": "本组织", "en": "Organisation"}
    made, _ = runtime.make(home, names, told=told)
    made.search.follow(made.works, KEEPER)


def _write_settings(home: Path, given: Mapping[str, str]) -> None:
    """A `qms.toml` with what was given, in a folder that has none yet, or the very same."""
    home.mkdir(parents=True, exist_ok=True)
    path = home / "qms.toml"
    lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}\n" for key, value in given.items()]
    if given and path.exists() and path.read_text("utf-8") != "".join(lines):
        text = say("There is a file {file} already; set {keys} there.", file=path, keys=", ".join(given))
        raise click.UsageError(text)
    if given:
        path.touch(mode=0o600)
        path.write_text("".join(lines), "utf-8")


def _tell_passwords(session: Session, home: Path, founded: accounts.Founded) -> None:
    """Told before anything else can go wrong, for nobody can ask for them again."""
    rows = [
        {"role": role, "login": login, "password": founded.passwords[role]}
        for role, login in founded.logins.items()
    ]
    if session.output.as_json:
        session.output.value({"folder": home, "administrators": rows})
        return
    session.output.say("The workspace is in {folder}.", folder=home)
    session.output.say("First passwords, shown this once; each must be changed at the first sign-in:")
    session.output.rows({"role": N_("Role"), "login": N_("Sign-in name"), "password": N_("Password")}, rows)


@click.command()
@click.option(
    "--backup", type=click.Path(path_type=Path, dir_okay=False), help="Where the backup goes first."
)
@click.pass_obj
def upgrade(session: Session, backup: Path | None) -> None:
    """Bring the database to this program's schema: backup first, forward only."""
    found, wanted = runtime.schema(session.home)
    if found == wanted:
        session.output.result({"schema": wanted}, N_("The schema is {schema} already; nothing to do."))
        return
    target = (backup or _free(session.home, f"before-{wanted}")).resolve()
    runtime.backup(session.home, target, behind=True)
    runtime.upgrade(session.home, target.name)
    session.output.result(
        {"from": found, "to": wanted, "backup": target},
        N_("Upgraded from {old} to {to}; the backup is {backup}."),
        old=found or "-",
    )


def _free(folder: Path, name: str) -> Path:
    """A name no backup has yet: one that an interrupted upgrade left stays what it is."""
    counted = (folder / f"{name}-{count}.qms-backup.zip" for count in itertools.count(1))
    return next(path for path in counted if not path.exists())


COMMANDS: Final = (init, upgrade)
