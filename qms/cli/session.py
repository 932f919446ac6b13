"""What every command shares: the workspace, who acts, and how the answer is given."""

from __future__ import annotations

import sys
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, ClassVar, Final

import click

from qms import accounts, runtime
from qms.kernel.errors import Forbidden
from qms.kernel.labels import N_, say
from qms.kernel.ports import Actor, Rights
from qms.kernel.refs import Ref
from qms.runtime import KEEPER, Runtime, alarms

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from qms.cli.output import Output
    from qms.kernel.work import Work

_PLACE: Final = "terminal"
_COUNTED: Final = (
    accounts.SignInRefused,
    accounts.SigningRefused,
    accounts.SecondFactorWrong,
    accounts.TooManyAttempts,
    accounts.TooManyCodes,
)


class Session:
    """One run of the command line over one workspace."""

    last: ClassVar[Output | None] = None

    def __init__(self, home: Path, login: str | None, output: Output) -> None:
        self.home = home
        self.login = login
        self.output = output
        self._runtime: Runtime | None = None
        self._password: str | None = None
        self._who: tuple[Actor, Rights] | None = None
        self.continuing = True
        Session.last = output

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
            self._password = self.secret(N_("Password"))
        return self._password

    def secret(self, asked: str, *, twice: bool = False, **facts: str) -> str:
        """Something nobody else may read: asked without echo, or the next line of standard input."""
        if sys.stdin.isatty():
            text = say(asked, self.output.language, **facts)
            return str(click.prompt(text, hide_input=True, confirmation_prompt=twice, err=True))
        return sys.stdin.readline().rstrip("\n")

    def named(self) -> str:
        """The login given with `--as`."""
        if not self.login:
            raise click.UsageError(say("Say who acts: qms --as LOGIN ...", self.output.language))
        return self.login

    def who(self) -> tuple[Actor, Rights]:
        """The acting person, proven by the password once a run (P11-200)."""
        if self._who is None:
            if self.continuing:
                self._refuse_older()
            login, password = self.named(), self.password()
            ticket = self.prove(login, password)
            if ticket.must_change:
                raise accounts.PasswordMustChange
            with self.runtime.works.reading(KEEPER) as look:
                if accounts.must_enrol(look.session, look.settings, ticket.person_id):
                    raise accounts.SecondFactorDemanded
            self._who = self.runtime.person(login)
        return self._who

    def _refuse_older(self) -> None:
        """Nobody acts on a trail that does not continue what was signed of it (TRL-10)."""
        if refusal := self.runtime.assure():
            raise refusal

    def prove(self, login: str, password: str, *, keep: bool = False) -> accounts.Ticket:
        """Prove a person by password, and by a code where their second factor is on (SEC-10).

        The session ends at once unless it is to be kept for an act that follows.
        """
        with self.journalled(KEEPER, "sign-in"):
            with self.runtime.works.reading(KEEPER) as look:
                checked = accounts.check_password(look.session, login, password, address=_PLACE, now=look.now)
            try:
                return self._signed_in(login, password, checked, None, keep=keep)
            except accounts.SecondFactorAsked:
                code = self.secret(N_("One-time code"))
                return self._signed_in(login, password, checked, code, keep=keep)

    def _signed_in(
        self, login: str, password: str, checked: accounts.Checked, code: str | None, *, keep: bool
    ) -> accounts.Ticket:
        with self.runtime.works.writing(KEEPER) as work:
            ticket = accounts.sign_in(work, login, password, address=_PLACE, checked=checked, code=code)
            alarms.entered(work, ticket)
            if not keep:
                accounts.sign_out(work, ticket.token)
        return ticket

    def key(self, ref: Ref, meaning: accounts.Meaning, attempt: str) -> accounts.OpenKey:
        """The acting person's key, opened outside any writing Work; a failure is journalled (TRL-16)."""
        actor, _ = self.who()
        with self.journalled(actor, attempt), self.runtime.works.reading(actor) as look:
            return accounts.open_key(
                look.session, actor.person_id or 0, self.password(), ref=ref, meaning=meaning, now=look.now
            )

    @contextmanager
    def journalled(self, actor: Actor, attempt: str) -> Iterator[None]:
        """What is denied inside is journalled in a Work of its own; a wrong password is counted (law 10)."""
        try:
            yield
        except _COUNTED as refusal:
            with self.runtime.works.writing(actor) as work:
                alarms.journal(work, refusal)
            raise
        except Forbidden as refusal:
            self.runtime.record_refusal(
                actor, attempt=f"cli:{attempt}", ref=Ref("command", attempt), refusal=refusal
            )
            raise

    @contextmanager
    def reading(self, attempt: str = "") -> Iterator[Work]:
        """A look in the person's name; as the first step of an act it is journalled when denied."""
        actor, rights = self.who()
        noted = self.journalled(actor, attempt) if attempt else nullcontext()
        with noted, self.runtime.works.reading(actor, rights, self.output.language) as work:
            yield work

    @contextmanager
    def writing(self, attempt: str) -> Iterator[Work]:
        """An act in the person's name; what is denied is journalled after the rollback (law 10)."""
        actor, rights = self.who()
        with (
            self.journalled(actor, attempt),
            self.runtime.works.writing(actor, rights, self.output.language) as work,
        ):
            yield work

    @contextmanager
    def keeping(self) -> Iterator[Work]:
        """A look of the machine's keeper, for checks that show no content of documents."""
        with self.runtime.works.reading(KEEPER, runtime.every_permission(), self.output.language) as work:
            yield work
