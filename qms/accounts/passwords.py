"""What a password must be like, as data with two profiles; pure except for the random one."""

from __future__ import annotations

import re
import secrets
import string
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from qms.kernel.errors import Problem
from qms.kernel.labels import N_
from qms.kernel.settings import LEAST_PASSWORD

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from qms.kernel.settings import Settings

LONGEST: Final = 1024
_SHORTEST_WORD: Final = 4
_CLASSES: Final = (
    str.islower,
    str.isupper,
    str.isdigit,
    # A Chinese character is neither small nor capital: it counts among the other signs.
    lambda char: not (char.islower() or char.isupper() or char.isdigit()),
)
_ROWS: Final = (
    "abcdefghijklmnopqrstuvwxyz",
    "1234567890",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "1qaz2wsx3edc",
)
_LEET: Final = str.maketrans("013457@$!", "oleastasi")
_READABLE: Final = "abcdefghjkmnpqrstuvwxyz23456789"


@dataclass(frozen=True, slots=True)
class Policy:
    """Rules for passwords and accounts; `classes` of four kinds of characters, `history` not used again.

    After `longest_days` a new password is asked for; after `sleep_days` without a sign-in the account
    sleeps. None leaves either out.
    """

    minimum: int
    classes: int = 0
    history: int = 1
    longest_days: int | None = None
    sleep_days: int | None = None


# asvs: length and a blocklist, no composition, no periodic change (ASVS 6.2).
# mlps: complexity, history, periodic change and sleeping accounts (GB/T 22239, MLP-01, MLP-04);
# the first release called it dengbao.
_MLPS: Final = Policy(minimum=10, classes=3, history=5, longest_days=90, sleep_days=90)
POLICIES: Final = {"asvs": Policy(minimum=15), "mlps": _MLPS, "dengbao": _MLPS}


def policy(profile: str, minimum: int = 0, longest_days: int = 0, sleep_days: int = 0) -> Policy:
    """The profile's policy with the organisation's own figures, the length never below eight."""
    base = POLICIES[profile]
    return replace(
        base,
        minimum=max(LEAST_PASSWORD, minimum or base.minimum),
        longest_days=longest_days or base.longest_days,
        sleep_days=sleep_days or base.sleep_days,
    )


def policy_in(settings: Settings) -> Policy:
    """The rules for passwords and accounts that hold in a workspace."""
    return policy(
        settings.password_profile,
        settings.password_minimum,
        settings.password_days,
        settings.account_days,
    )


@lru_cache(maxsize=1)
def common() -> frozenset[str]:
    """Our own small list of words people use as passwords."""
    text = (Path(__file__).parent / "common_passwords.txt").read_text("utf-8")
    return frozenset(line for line in text.split() if line)


def is_common(password: str) -> bool:
    """Whether guessers try it early: listed, repeated, a run of keys, or such a word with decoration."""
    plain = password.casefold()
    joined = "".join(char for char in plain if char.isalnum())
    for form in {plain, plain.translate(_LEET), joined or plain}:
        bare = form.strip(string.digits + string.punctuation + " ")
        if form in common() or bare in common() or (not bare and _is_run(form)):
            return True
        if _is_run(form) or any(_is_common_unit(unit) for unit in _units(form)):
            return True
    return False


def _units(text: str) -> Iterable[str]:
    # "abcabcabc" is made of "abc": all lengths that divide the whole and repeat.
    for size in range(1, len(text) // 2 + 1):
        if len(text) % size == 0 and text == text[:size] * (len(text) // size):
            yield text[:size]


def _is_common_unit(unit: str) -> bool:
    return len(unit) <= _SHORTEST_WORD or unit in common() or _is_run(unit)


def _is_run(text: str) -> bool:
    if len(text) < _SHORTEST_WORD:
        return False
    doubled = [row * (len(text) // len(row) + 2) for row in _ROWS]
    return any(text in row or text[::-1] in row for row in doubled)


def faults(password: str, rules: Policy, known: Iterable[str] = ()) -> list[Problem]:
    """Every reason why the password cannot be taken; `known` are the person's login and the like.

    The password counts exactly as typed: nothing is trimmed, folded or cut off (SEC-08).
    """
    found: list[Problem] = []
    if len(password) < rules.minimum:
        found.append(Problem(N_("It needs at least {minimum} characters."), facts={"minimum": rules.minimum}))
    if len(password) > LONGEST:
        found.append(Problem(N_("It may have at most {longest} characters."), facts={"longest": LONGEST}))
    if sum(any(kind(char) for char in password) for kind in _CLASSES) < rules.classes:
        found.append(
            Problem(
                N_("It needs {classes} of: small letters, capital letters, digits, other signs."),
                facts={"classes": rules.classes},
            )
        )
    if is_common(password):
        found.append(Problem(N_("It is among the passwords that are guessed first.")))
    folded = password.casefold()
    if any(len(word) >= _SHORTEST_WORD and word.casefold() in folded for word in known):
        found.append(Problem(N_("It must not contain your login, your name or the organisation's name.")))
    return found


def is_too_old(rules: Policy, changed_at: datetime, now: datetime) -> bool:
    """Whether the profile asks for a new password by now (MLP-01)."""
    return rules.longest_days is not None and now - changed_at >= timedelta(days=rules.longest_days)


def days_asleep(sleep_days: int, seen: datetime, now: datetime) -> int | None:
    """For how many days an account has slept by now; None while it is awake (MLP-04)."""
    unused = (now - seen).days
    return unused - sleep_days if unused >= sleep_days else None


def random_password() -> str:
    """A readable random password of 99 bits that keeps every profile: `k4wmp-8rt2h-...`."""
    while True:
        chars = [secrets.choice(_READABLE) for _ in range(20)]
        text = "-".join("".join(chars[at : at + 5]) for at in range(0, 20, 5))
        if re.search(r"\d", text) and re.search(r"[a-z]", text):
            return text
