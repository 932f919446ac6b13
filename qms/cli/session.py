"""What every command shares: the workspace, who acts, and how the answer is given."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, ClassVar

import click

from qms import accounts, runtime
from qms.kernel.ports import Actor, Rights
from qms.kernel.refs import Ref
from qms.runtime import KEEPER, Runtime

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from qms.cli.output import Output
    from qms.kernel.work import Work


class Session:
    """One run of the command line over one workspace."""

    last_language: ClassVar[str] = "en"

    def __init__(self, home: Path, login: str | None, output: Output) -> None:
        self.home = home
        self.login = login
        self.output = output
        self._runtime: Runtime | None = None
        self._password: str | None = None
        self._who: tuple[Actor, Rights] | None = None
        Session.last_language = output.language

    @property
    def runtime(self) -> Runtime:
        """The workspace, opened at the first use."""
        if self._runtime is None:
            self._runtime = runtime.build(self.home)
        return self._runtime

    def adopt(self, made: Runtime) -> None:
        """Use a workspace that was opened elsewhere."""
        self._runtime = made

    def close(self) -> None:
        """Give the workspace back."""
        if self._runtime is not None:
            self._runtime.close()

    def password(self) -> str:
        """The password of the acting person: asked on a terminal, read from standard input otherwise."""
        if self._password is None:
            if sys.stdin.isatty():
                self._password = click.prompt("Password", hide_input=True, err=True)
            else:
                self._password = sys.stdin.readline().rstrip("\n")
        return self._password

    def who(self) -> tuple[Actor, Rights]:
        """The acting person, proven by the password once a run (P11-200)."""
        if self._who is None:
            if not self.login:
                raise click.UsageError("Say who acts: qms --as LOGIN ...")
            password = self.password()
            with self.runtime.works.reading(KEEPER) as work:
                checked = accounts.check_password(
                    work.session, self.login, password, address="terminal", now=work.now
                )
            try:
                with self.runtime.works.writing(KEEPER) as work:
                    ticket = accounts.sign_in(work, self.login, password, address="terminal", checked=checked)
                    accounts.sign_out(work, ticket.token)
            except accounts.SignInRefused as refusal:
                with self.runtime.works.writing(KEEPER) as work:
                    accounts.journal_refusal(work, refusal)
                raise
            if ticket.must_change:
                raise accounts.PasswordMustChange
            self._who = self.runtime.person(self.login)
        return self._who

    @contextmanager
    def reading(self) -> Iterator[Work]:
        """A look in the person's name."""
        actor, rights = self.who()
        with self.runtime.works.reading(actor, rights, self.output.language) as work:
            yield work

    @contextmanager
    def writing(self, attempt: str) -> Iterator[Work]:
        """An act in the person's name; what is denied is journalled after the rollback (law 10)."""
        actor, rights = self.who()
        try:
            with self.runtime.works.writing(actor, rights, self.output.language) as work:
                yield work
        except (accounts.SigningRefused, accounts.NotAllowed) as refusal:
            self.runtime.record_refusal(
                actor, attempt=f"cli:{attempt}", ref=Ref("command", attempt), refusal=refusal
            )
            raise

    @contextmanager
    def keeping(self) -> Iterator[Work]:
        """A look of the machine's keeper, for checks that show no content of documents."""
        with self.runtime.works.reading(KEEPER, runtime.every_permission(), self.output.language) as work:
            yield work
