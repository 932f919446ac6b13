"""`qms NOUN VERB`: the whole system from a terminal."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from qms import __version__
from qms.cli import (
    actions,
    audits,
    backups,
    clocks,
    complaints,
    demo,
    doctor,
    documents,
    evidence,
    export,
    guarding,
    library,
    management_review,
    objectives,
    parties,
    people,
    records,
    registers,
    risks,
    schedules,
    scores,
    search,
    serving,
    standards,
    sync,
    trail,
    workspace,
)
from qms.cli.exits import exit_code
from qms.cli.output import Output
from qms.cli.session import Session
from qms.kernel.errors import QmsError
from qms.kernel.labels import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Sequence


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="qms")
@click.option(
    "--home",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    envvar="QMS_HOME",
    show_default="the present folder",
    help="The folder of the workspace.",
)
@click.option("--as", "login", metavar="LOGIN", envvar="QMS_LOGIN", help="The person who acts.")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON, for programs.")
@click.option(
    "--language",
    type=click.Choice(LANGUAGES),
    default="en",
    envvar="QMS_CLI_LANGUAGE",
    show_default=True,
    help="The language of the answers.",
)
@click.pass_context
def cli(context: click.Context, home: Path, login: str | None, as_json: bool, language: str) -> None:
    """Controlled documents that run the system: write, approve, issue, find, prove.

    Exit codes: 0 done, 1 fault, 2 wrong use, 4 missing, 5 forbidden, 6 conflict, 7 invalid input,
    8 damaged data, 9 closed to changes, 10 no room.
    """
    context.obj = Session(home.resolve(), login, Output(as_json=as_json, language=language))
    context.call_on_close(context.obj.close)


for _part in (
    workspace,
    serving,
    sync,
    documents,
    library,
    search,
    actions,
    audits,
    clocks,
    parties,
    schedules,
    objectives,
    management_review,
    scores,
    complaints,
    risks,
    evidence,
    export,
    trail,
    people,
    guarding,
    records,
    registers,
    standards,
    doctor,
    backups,
    demo,
):
    for _command in _part.COMMANDS:
        cli.add_command(_command)


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run a command; a refusal is a sentence on standard error and its exit code."""
    try:
        result = cli.main(arguments, prog_name="qms", standalone_mode=False)
    except click.ClickException as fault:
        fault.show()
        sys.exit(fault.exit_code)
    except click.Abort:
        sys.exit(130)
    except QmsError as refusal:
        (Session.last or Output(as_json=False, language="en")).refused(refusal)
        sys.exit(exit_code(refusal))
    except OSError as fault:
        click.echo(str(fault), err=True)
        sys.exit(1)
    sys.exit(result if isinstance(result, int) else 0)
