"""The rules of accounts that need no database."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qms.accounts import attempts
from qms.accounts.attempts import CROWD, SPREE, Tally, blocked_until, counted, wait_after
from qms.accounts.names import is_code, is_login, normalised
from qms.accounts.passwords import POLICIES, faults, is_common, is_too_old, policy, random_password
from qms.accounts.permissions import (
    ADMINISTRATORS,
    PERMISSIONS,
    ROLES,
    Reach,
    combined,
    covered,
    joined,
)
from qms.accounts.tree import Tree
from qms.kernel.labels import LANGUAGES, say

NOW = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
TREE = Tree({"centre": None, "credit": "centre", "outlet": "credit", "risk": "centre"})


@pytest.mark.parametrize("typed", ["zhang", " Zhang ", "ＺＨＡＮＧ", "zhang\u3000", "ZHANG\t"])
def test_look_alike_logins_are_one_login(typed: str) -> None:
    """P11-300a-c: case, width and spaces around make no second identity."""
    assert normalised(typed) == "zhang"


@given(st.text())
def test_normalising_twice_changes_nothing(text: str) -> None:
    """A stored login is its own normal form, whatever was typed."""
    once = normalised(text)
    assert normalised(once) == once
    assert unicodedata.normalize("NFKC", once) == once


@pytest.mark.parametrize(
    ("login", "expected"),
    [
        ("zhang.san", True),
        ("张三", True),
        ("", False),
        ("a b", False),
        ("a\u200bb", False),
        ("x" * 121, False),
    ],
)
def test_logins_are_visible_characters(login: str, expected: bool) -> None:  # noqa: FBT001 - expected value
    assert is_login(login) is expected


@pytest.mark.parametrize(
    ("code", "expected"),
    [("general-affairs", True), ("a1", True), ("A", False), ("a--b", False), ("-a", False), ("a\n", False)],
)
def test_codes_are_lower_case_words(code: str, expected: bool) -> None:  # noqa: FBT001 - expected value
    assert is_code(code) is expected


def test_tree_goes_up_and_down() -> None:
    assert TREE.line("outlet") == ("outlet", "credit", "centre")
    assert TREE.subtree("credit") == {"credit", "outlet"}
    assert TREE.subtree("unknown") == {"unknown"}
    assert TREE.subtrees(["risk", "credit"]) == {"risk", "credit", "outlet"}
    assert TREE.lines(["outlet", "risk"]) == {"outlet", "credit", "centre", "risk"}


def test_tree_refuses_circles_and_survives_a_damaged_one() -> None:
    assert TREE.would_circle("credit", "outlet")
    assert TREE.would_circle("credit", "credit")
    assert not TREE.would_circle("credit", "risk")
    assert not TREE.would_circle("credit", None)
    assert Tree({"a": "b", "b": "a"}).line("a") == ("a", "b")


def test_grants_for_a_department_give_no_indivisible_right() -> None:
    """A grant for one department never opens the trail, and one's own tasks need no department."""
    here = frozenset({"credit", "outlet"})
    assert covered("trail:read", here) == frozenset()
    assert covered("tasks:own", here) is None
    assert covered("documents:read", here) == here
    assert covered("trail:read", None) is None


def test_grants_add_up() -> None:
    one, other = frozenset({"credit"}), frozenset({"risk"})
    assert joined(one, other) == frozenset({"credit", "risk"})
    assert joined(None, other) is None
    assert joined(one, None) is None
    permissions = combined([(("documents:read", "trail:read"), one), (("documents:read",), other)])
    assert permissions == {"documents:read": one | other}
    assert combined([(("trail:read",), None)]) == {"trail:read": None}


def test_administrators_get_no_content() -> None:
    """MLP-04: three roles, none with a right on documents or evidence, no right in two of them."""
    assert len(ADMINISTRATORS) == 3
    held = [set(ROLES[code].permissions) - {"tasks:own"} for code in ADMINISTRATORS]
    assert not any(
        right.startswith(("documents:", "evidence:", "search:find")) for one in held for right in one
    )
    assert not held[0] & held[1] | held[0] & held[2] | held[1] & held[2]
    assert not any(ROLES[code].oversees for code in ADMINISTRATORS)


def test_every_permission_has_a_way_in_and_three_names() -> None:
    given_by_roles = {right for role in ROLES.values() for right in role.permissions}
    assert given_by_roles == set(PERMISSIONS)
    names = [entry.name for entry in PERMISSIONS.values()] + [role.name for role in ROLES.values()]
    for name in names:
        assert len({say(name, language) for language in LANGUAGES}) >= 2, name
    assert {entry.reach for entry in PERMISSIONS.values()} == set(Reach)


@pytest.mark.parametrize(
    "password",
    [
        "password",
        "Passw0rd!",
        "123456789012345",
        "aaaaaaaaaaaaaaa",
        "abcabcabcabcabcabc",
        "qwertyuiopqwertyuiop",
        "passwordpassword",
        "P@ssw0rd2026!!!!",
        "zyxwvutsrqponml",
        "2026-2026-2026",
        "woaini1314",
        "!!!!!!!!!!!!!!!!",
    ],
)
def test_guessed_passwords_are_refused(password: str) -> None:
    """SEC-08: what guessers try first is refused however it is decorated."""
    assert is_common(password)


@pytest.mark.parametrize(
    "password", ["the cow ate my umbrella", "量入为出方能长久经营之道也", "k4wmp-8rt2h-zz", "3.1"]
)
def test_own_sentences_are_no_common_passwords(password: str) -> None:
    assert not is_common(password)


def test_asvs_asks_for_length_alone() -> None:
    """SEC-08: 15 characters, no classes; 64 Chinese characters and trailing spaces count as typed."""
    rules = policy("asvs")
    assert faults("the cow ate my umbrella", rules) == []
    assert faults("守正出奇" * 5 + "与时俱进的经营理念" * 5, rules) == []
    assert [fault.facts for fault in faults("x1 y2 z3", rules)] == [{"minimum": 15}]
    assert faults("pear tree 14 ok", rules) == []
    assert faults("pear tree 14 o", rules) != []
    assert faults("pear tree 14 o ", rules) == []
    assert len(faults("ok " + "é1" * 600, rules)) == 1
    assert [fault.message for fault in faults("passwordpassword", rules)] == [
        "It is among the passwords that are guessed first."
    ]


def test_an_organisation_may_set_its_minimum_but_not_below_eight() -> None:
    assert policy("asvs", 8).minimum == 8
    assert policy("asvs", 3).minimum == 8
    assert policy("dengbao", 20).minimum == 20
    assert policy("dengbao").minimum == POLICIES["dengbao"].minimum


def test_dengbao_asks_for_kinds_of_characters_and_change() -> None:
    """MLP-01: complexity and periodic change in the profile that asks for them, only there."""
    rules = policy("dengbao")
    assert [fault.facts for fault in faults("thecowatemyhat", rules)] == [{"classes": 3}]
    assert faults("The cow ate 1 hat", rules) == []
    assert is_too_old(rules, NOW - timedelta(days=90), NOW)
    assert not is_too_old(rules, NOW - timedelta(days=89), NOW)
    assert not is_too_old(policy("asvs"), NOW - timedelta(days=9000), NOW)


def test_a_password_does_not_hold_the_login() -> None:
    assert len(faults("my Zhang.San is long enough", policy("asvs"), ["zhang.san", "li"])) == 1
    assert faults("lime trees are long enough", policy("asvs"), ["li"]) == []


def test_random_passwords_keep_every_profile_and_differ() -> None:
    made = {random_password() for _ in range(200)}
    assert len(made) == 200
    assert not any(faults(each, policy(profile)) for each in made for profile in POLICIES)
    assert not {"l", "o", "i", "0", "1"} & set("".join(made))


def test_a_random_password_has_letters_and_digits(monkeypatch: pytest.MonkeyPatch) -> None:
    """A draw without a digit is thrown away."""
    drawn = iter("a" * 20 + "a" * 19 + "7")
    monkeypatch.setattr("qms.accounts.passwords.secrets.choice", lambda _: next(drawn))
    assert random_password().endswith("7")


def test_waiting_starts_at_the_fifth_failure_and_is_bounded() -> None:
    """MLP-02: five failures make one wait; never longer than a quarter of an hour."""
    assert [wait_after(count).total_seconds() for count in (0, 4, 5, 6, 7, 50)] == [0, 0, 30, 60, 120, 900]


def test_failures_are_forgotten_after_a_day() -> None:
    assert counted(Tally(), NOW) == 1
    assert counted(Tally(4, NOW - timedelta(hours=1)), NOW) == 5
    assert counted(Tally(4, NOW - timedelta(hours=24)), NOW) == 1


def test_strangers_cannot_lock_out_the_owner() -> None:
    """SEC-09: under a distributed attack an address used before may still try, a new one may not."""
    assert blocked_until(Tally(), 0, NOW) is None
    assert blocked_until(Tally(), CROWD, NOW) == NOW + timedelta(minutes=15)
    assert blocked_until(Tally(0, None, NOW - timedelta(days=3)), CROWD * 20, NOW) is None
    assert blocked_until(Tally(), 0, NOW, SPREE - 1) is None
    assert blocked_until(Tally(), 0, NOW, SPREE) == NOW + timedelta(minutes=1)
    assert blocked_until(Tally(0, None, NOW - timedelta(days=3)), 0, NOW, SPREE) is None
    assert blocked_until(Tally(5, NOW), 5, NOW) == NOW + timedelta(seconds=30)
    assert blocked_until(Tally(5, NOW - timedelta(seconds=30)), 5, NOW) is None
    assert attempts.FREE == 5
