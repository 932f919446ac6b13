"""`qms init` and `qms upgrade`: making a workspace and bringing it to the program's schema."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from qms import documents, runtime
from qms.cli.backups import write_backup
from qms.runtime import KEEPER, every_permission

if TYPE_CHECKING:
    from qms.cli.session import Session

LIBRARY: Final = Path(__file__).parents[2]


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--name", default="", help="The name of the organisation, as printed on documents.")
@click.option("--empty", is_flag=True, help="Without the starter library.")
@click.pass_obj
def init(session: Session, folder: Path, name: str, empty: bool) -> None:
    """Make a real, empty workspace: three administrators, the starter library as drafts, nothing issued."""
    home = folder.resolve()
    if name:
        _write_settings(home, name)
    made, founded = runtime.make(
        home, {"zh-Hans": name} if name else {"zh-Hans": "本组织", "en": "Organisation"}
    )
    session.adopt(made)
    drafts = 0 if empty else _library(made)
    session.output.say(
        "The workspace is in {folder}. {count} documents of the starter library are drafts.",
        folder=home,
        count=drafts,
    )
    session.output.say("First passwords, shown this once; each must be changed at the first sign-in:")
    session.output.rows(
        {"role": "Role", "login": "Sign-in name", "password": "Password"},
        [
            {"role": role, "login": login, "password": founded.passwords[role]}
            for role, login in founded.logins.items()
        ],
    )


def _write_settings(home: Path, name: str) -> None:
    home.mkdir(parents=True, exist_ok=True)
    path = home / "qms.toml"
    if not path.exists():
        quoted = name.replace("\\", "\\\\").replace('"', '\\"')
        path.write_text(f'organisation = "{quoted}"\n', "utf-8")


def _library(made: runtime.Runtime) -> int:
    """Copy the starter library into the workspace and take every file over as a draft (law 14)."""
    settings = made.settings
    shutil.copytree(LIBRARY / "procedures", settings.at(settings.procedures), dirs_exist_ok=True)
    shutil.copytree(LIBRARY / "forms", settings.at(settings.forms), dirs_exist_ok=True)
    count = 0
    for path in documents.sync.files_of(settings):
        ready = documents.sync.prepare_file(made.works.vault, settings, path)
        with made.works.writing(KEEPER, every_permission()) as work:
            count += documents.sync.sync_file(work, path, ready) is not None
    return count


@click.command()
@click.option(
    "--backup", type=click.Path(path_type=Path, dir_okay=False), help="Where the backup goes first."
)
@click.pass_obj
def upgrade(session: Session, backup: Path | None) -> None:
    """Bring the database to this program's schema: backup first, forward only."""
    found, wanted = runtime.schema(session.home)
    if found == wanted:
        session.output.result({"schema": wanted}, "The schema is {schema} already; nothing to do.")
        return
    target = backup or session.home / f"before-{wanted}.qms-backup.zip"
    write_backup(session.home, target)
    runtime.upgrade(session.home)
    session.output.result(
        {"from": found, "to": wanted, "backup": target},
        "Upgraded from {old} to {to}; the backup is {backup}.",
        old=found or "-",
    )


COMMANDS: Final = (init, upgrade)
