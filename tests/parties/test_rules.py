"""The rules of parties: numbers, same names, lists, what a file lacks (S36, R59)."""

from __future__ import annotations

import pytest

from qms.parties import choices, gaps, kinds
from qms.parties.errors import ListsInvalid
from qms.parties.gaps import Facts
from qms.parties.kinds import Kind

NAMES = "{zh-Hans: 甲, en: A}"


def test_each_kind_has_numbers_of_its_own() -> None:
    assert [kinds.number(each, 7)[0] for each in Kind] == ["C", "M", "P", "S", "O"]
    assert kinds.number(Kind.CLIENT, 7) == "C-000007"


def test_width_case_and_marks_make_no_difference() -> None:
    assert kinds.folded("９１-３２０a b") == kinds.folded("91320AB")


def test_the_shipped_lists_can_be_read() -> None:
    read = choices.read(choices.SHIPPED.read_text("utf-8"), "lists.yaml")
    assert list(read.stages) == ["contact", "need", "business", "membership"]
    assert "identifier:business-licence" in read.expected[Kind.CLIENT]


def test_stages_come_one_after_another() -> None:
    read = choices.read(choices.SHIPPED.read_text("utf-8"), "lists.yaml")
    assert read.comes_after("contact", None)
    assert read.comes_after("business", "need")
    assert read.comes_after("need", "taken-off-the-list")
    assert not read.comes_after("need", "need")
    assert not read.comes_after("contact", "need")
    assert not read.comes_after("unheard-of", None)


def test_no_lists_are_lists_too() -> None:
    assert choices.read("", "lists.yaml").tiers == {}


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("[1]", None),
        ("a: &x 1", None),
        ("colours: []", "colours"),
        ("tiers: vip", "tiers"),
        ("tiers: 3", "tiers"),
        ("tiers: [vip]", "tiers.1"),
        ("tiers: [{code: vip}]", "tiers.1"),
        (f"tiers: [{{code: V I P, names: {NAMES}}}]", "tiers.1"),
        (f"tiers: [{{code: 3, names: {NAMES}}}]", "tiers.1"),
        (f"tiers: [{{code: {'a' * 61}, names: {NAMES}}}]", "tiers.1"),
        (f"tiers: [{{code: a, names: {NAMES}}}, {{code: a, names: {NAMES}}}]", "tiers.2"),
        ("tiers: [{code: a, names: {}}]", "tiers.1"),
        ("tiers: [{code: a, names: {fr: un}}]", "tiers.1"),
        ("tiers: [{code: a, names: {en: ' '}}]", "tiers.1"),
        ("tiers: [{code: a, names: A}]", "tiers.1"),
        ("expected: [client]", "expected"),
        ("expected: {rival: [owner]}", "expected.rival"),
        ("expected: {client: owner}", "expected.client"),
        ("expected: {client: [colour]}", "expected.client"),
        ("expected: {client: ['identifier:licence']}", "expected.client"),
        ("expected: {client: ['form:']}", "expected.client"),
        ("{identifiers: [x], expected: {client: ['identifier:licence']}}", "identifiers.1"),
    ],
)
def test_faults_are_named_by_their_field(text: str, field: str | None) -> None:
    with pytest.raises(ListsInvalid) as refused:
        choices.read(text, "lists.yaml")
    assert refused.value.problems[0].field == field
    assert all(each.sentence("en") for each in refused.value.problems)


def test_what_is_missing_is_told_in_order() -> None:
    expected = ("owner", "tier", "identifier:licence", "identifier:gone", "form:FM-10-01", "contact")
    names = {"licence": {"en": "Licence"}}
    lacks = gaps.missing(expected, Facts({"tier"}, (), ()), names)
    assert [each.sentence("en") for each in lacks] == [
        "Somebody who answers for it",
        "Identifier: Licence",
        "Identifier: gone",
        "A record on FM-10-01",
        "Somebody to speak to",
    ]
    whole = Facts({"owner", "tier", "contact"}, {"licence", "gone"}, {"FM-10-01"})
    assert gaps.missing(expected, whole, names) == ()
