"""Locks, second factors, roles, unused accounts and lost administrators, from a terminal."""

from __future__ import annotations

import io
import sys
from contextlib import redirect_stderr, redirect_stdout
from datetime import date
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest

from qms import accounts, runtime, tasks, trail
from qms.accounts import SigningRefused
from qms.cli.main import main
from qms.runtime import KEEPER, alarms
from tests.cli.terminal import PASSWORD, Answer, Terminal

if TYPE_CHECKING:
    from collections.abc import Callable

    from qms.kernel.work import Work

    At = Callable[[str], Terminal]

SYSTEM, SECURITY, AUDIT = accounts.ADMINISTRATORS


class Device(io.StringIO):
    """What is typed: the password first, then the code of the secret that was shown on the terminal."""

    def __init__(self, shown: io.StringIO) -> None:
        super().__init__()
        self.shown = shown
        self.asked = 0

    def readline(self, _: int | None = -1, /) -> str:  # type: ignore[override]  # two bases disagree
        """One line."""
        self.asked += 1
        if self.asked == 1:
            return f"{PASSWORD}\n"
        found = next(line for line in self.shown.getvalue().splitlines() if line.startswith("otpauth:"))
        return f"{pyotp.TOTP(parse_qs(urlsplit(found).query)['secret'][0]).now()}\n"


def _enrol(terminal: Terminal, login: str) -> list[str]:
    """Set up a second factor as a person does; gives the recovery codes."""
    out, err = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        patch.setattr(sys, "stdin", Device(err))
        with pytest.raises(SystemExit) as left:
            main(["--home", str(terminal.home), "--as", login, "--json", "people", "second-factor"])
    assert left.value.code in {0, None}
    return [row["code"] for row in Answer(0, out.getvalue(), "").value]


def test_a_second_factor_is_set_up_and_asked(terminal: Terminal) -> None:
    """SEC-10: the command prints the secret and asks for its first code; then every command asks for one."""
    codes = _enrol(terminal, "author")
    assert len(codes) == 10
    assert terminal.json("document", "list", login="author").refused == "SecondFactorWrong"
    wrong = terminal.json("document", "list", login="author", typed=(PASSWORD, "000000"))
    assert (wrong.code, wrong.refused) == (5, "SecondFactorWrong")
    assert terminal("document", "list", login="author", typed=(PASSWORD, codes[0])).code == 0
    used = terminal.json("document", "list", login="author", typed=(PASSWORD, codes[0]))
    assert used.refused == "SecondFactorWrong"
    again = terminal.json("people", "second-factor", login="author", typed=(PASSWORD, codes[1]))
    assert again.refused == "SecondFactorOn"
    changed = terminal(
        "people", "password", login="author", typed=(PASSWORD, "nine calm rivers 55", "000000")
    )
    assert changed.code == 5
    made = runtime.build(terminal.home)
    with made.works.reading(KEEPER) as work:
        refused = trail.browse(work.session, action="person:factor:refuse")
    made.close()
    assert len(refused) == 4


def test_a_lost_second_factor_is_removed(at: At) -> None:
    """P11-300a-c: by the security administrator, with a reason, and by nobody else."""
    terminal = at("founded")
    _enrol(terminal, "author")
    act = ("people", "remove-second-factor", "author", "--reason", "lost")
    assert terminal.json(*act, login=SYSTEM).refused == "NotAllowed"
    assert terminal(*act, login=SECURITY).code == 0
    assert terminal("document", "list", login="author").code == 0
    assert terminal.json(*act, login=SECURITY).refused == "NoSecondFactor"


def test_where_it_is_demanded_commands_ask_for_it(at: At) -> None:
    """MLP-03: without one nothing can be done but setting it up."""
    terminal = at("founded")
    settings = terminal.home / "qms.toml"
    settings.write_text(settings.read_text("utf-8") + 'second_factor = "everybody"\n', "utf-8")
    assert terminal.json("document", "list", login="author").refused == "SecondFactorDemanded"
    codes = _enrol(terminal, "author")
    assert terminal("document", "list", login="author", typed=(PASSWORD, codes[0])).code == 0


def test_signing_is_unlocked(at: At) -> None:
    """P11-300d: the security administrator unlocks with a reason; others, and what is open, are refused."""
    terminal = at("founded")
    made = runtime.build(terminal.home)
    actor, _ = made.person("author")
    error = SigningRefused(person_id=actor.person_id or 0, ref="revision:x@zh-Hans@A/0", meaning="author")
    for _ in range(5):
        with made.works.writing(actor) as work:
            assert alarms.journal(work, error)
    act = ("people", "unlock", "author", "--reason", "it was the author")
    assert terminal.json(*act, login=SYSTEM).refused == "NotAllowed"
    assert terminal(*act, login=SECURITY).code == 0
    assert terminal.json(*act, login=SECURITY).refused == "NothingToUnlock"
    assert terminal.json("people", "unlock", "nobody", "--reason", "x", login=SECURITY).code == 4
    with made.works.reading(KEEPER) as work:
        who = accounts.person_by_login(work.session, SECURITY)
        assert who is not None
        assert tasks.inbox(work.session, who.id, work.today) == []
    made.close()


def test_a_substitute_is_named(at: At) -> None:
    """R27: for oneself, or for another by who manages people; the days are real and the people known."""
    terminal = at("founded")
    days = ("--from", "2999-01-01", "--until", "2999-01-09")
    own = terminal.json("people", "substitute", "manager", *days, login="author")
    assert own.code == 0
    other = ("people", "substitute", "author", "--of", "manager", *days)
    assert terminal.json(*other, login="author").refused == "NotAllowed"
    assert terminal(*other, login=SYSTEM).code == 0
    assert terminal.json("people", "substitute", "nobody", *days, login="author").code == 4
    wrong = ("people", "substitute", "manager", "--from", "2999-01-09", "--until", "2999-01-01")
    assert terminal.json(*wrong, login="author").code in {6, 7}
    made = runtime.build(terminal.home)
    with made.works.reading(KEEPER) as work:
        who = accounts.person_by_login(work.session, "manager")
        assert who is not None
        standing = accounts.acting_for(work.session, who.id, date(2999, 1, 9))
        assert len(standing) == 1
        assert accounts.acting_for(work.session, who.id, date(2999, 1, 10)) == []
    made.close()


def test_a_role_is_shown_and_changed(at: At) -> None:
    """MLP-04: rights are added and taken away; what only administrators may is refused."""
    terminal = at("founded")
    act = ("people", "role", "reader")
    shown = {row["right"] for row in terminal.json(*act, login=SECURITY).value}
    assert "documents:read" in shown
    changed = terminal.json(
        *act, "--allow", "trail:read", "--withdraw", "documents:acknowledge", login=SECURITY
    )
    assert {row["right"] for row in changed.value} == (shown | {"trail:read"}) - {"documents:acknowledge"}
    assert "allows:" in terminal(*act, login=SECURITY).out
    assert terminal.json(*act, "--allow", "grants:manage", login=SECURITY).code == 7
    assert terminal.json(*act, "--allow", "trail:verify", login=SYSTEM).refused == "NotAllowed"
    assert terminal.json("people", "role", "nothing", login=SECURITY).refused == "NoSuchRole"
    assert terminal.json("people", "role", AUDIT, "--allow", "trail:read", login=SECURITY).code == 6


def test_unused_accounts_are_listed(at: At) -> None:
    """MLP-04: for whoever manages people."""
    terminal = at("founded")
    assert terminal.json("people", "unused", login=SYSTEM).value == []
    rows = terminal.json("people", "unused", "--days", "0", login=SYSTEM).value
    assert {row["login"] for row in rows} >= {"author", "manager"}
    assert {row["asleep"] for row in rows} == {False}
    assert terminal.json("people", "unused", login="reader").refused == "NotAllowed"


def _recover(terminal: Terminal, *more: str, typed: tuple[str, ...] = (PASSWORD, PASSWORD)) -> Answer:
    return terminal.json("people", "recover", SYSTEM, "--reason", "fell ill", *more, typed=typed)


def test_two_administrators_recover_a_third(terminal: Terminal) -> None:
    """MLP-04: each types their own password; the reason and both names stay; their sessions end."""
    both = ("--witness", SECURITY, "--witness", AUDIT)
    assert _recover(terminal, *both, typed=(PASSWORD, "wrong")).refused == "SignInRefused"
    answer = _recover(terminal, *both)
    assert answer.code == 0
    early = terminal.json("people", "list", login=SYSTEM, typed=(answer.value["password"],))
    assert early.refused == "PasswordMustChange"
    made = runtime.build(terminal.home)
    with made.works.reading(KEEPER) as work:
        (entry,) = trail.browse(work.session, action="person:recover")
        left = [
            each
            for login in (SECURITY, AUDIT)
            for each in accounts.sessions(work.session, _id(work, login), work.now)
        ]
        assert len(left) == 2  # those of the day they chose their passwords
    made.close()
    assert (entry.actor_name, entry.why) == ("workspace keeper", "fell ill")
    assert entry.personal["witnesses"] == "安全管理员, 审计管理员"


def test_the_keeper_needs_a_second_person(at: At) -> None:
    """MLP-04: one witness and a named keeper, never the keeper alone nor the lost one as witness."""
    terminal = at("founded")
    one = ("--witness", "author")
    assert _recover(terminal, *one).refused == "WitnessesWrong"
    assert _recover(terminal, "--witness", SYSTEM, "--keeper", "Keeper").refused == "WitnessesWrong"
    assert _recover(terminal, *one, "--witness", "reader").refused == "WitnessesWrong"
    assert terminal("people", "recover", SYSTEM, "--reason", "x", "--keeper", "Keeper").code == 2
    assert _recover(terminal, *one, "--keeper", "Keeper").code == 0


def test_a_lost_device_of_an_administrator_goes_too(at: At) -> None:
    """SEC-10: only where that is said; the administrator then signs in by the new password alone."""
    terminal = at("founded")
    codes = _enrol(terminal, SYSTEM)
    both = ("--witness", SECURITY, "--witness", AUDIT)
    first = _recover(terminal, *both).value["password"]
    assert terminal.json("people", "list", login=SYSTEM, typed=(first,)).refused == "SecondFactorWrong"
    assert (
        terminal.json("people", "list", login=SYSTEM, typed=(first, codes[0])).refused == "PasswordMustChange"
    )
    first = _recover(terminal, *both, "--second-factor").value["password"]
    assert terminal.json("people", "list", login=SYSTEM, typed=(first,)).refused == "PasswordMustChange"


def test_only_administrators_are_recovered(at: At) -> None:
    """The wrong state is refused: everybody else has an administrator."""
    terminal = at("founded")
    answer = terminal.json(
        "people", "recover", "author", "--reason", "x", "--witness", SECURITY, "--witness", AUDIT,
        typed=(PASSWORD, PASSWORD),
    )  # fmt: skip
    assert answer.refused == "NoAdministrator"


def _id(work: Work, login: str) -> int:
    found = accounts.person_by_login(work.session, login)
    assert found is not None
    return found.id
