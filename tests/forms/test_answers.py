"""Answers of a whole form: read, settled, checked, and the way they take a record."""

from __future__ import annotations

import json
from copy import deepcopy
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qms.calendar import span
from qms.forms import answers, build, display, flow, settling
from qms.forms.definition import Definition, Field, Option, Seats, Type
from qms.formulas import FormulaFailed
from tests.forms.samples import ANSWERS, FULL

ZONE = ZoneInfo("Asia/Shanghai")
FORM = build(FULL)
TODAY: dict[str, Any] = {
    "today": date(2026, 11, 28),
    "now": datetime(2026, 11, 28, 1, tzinfo=UTC),
    "author": "li",
    "department": "credit",
}
FILE = {"name": "a.pdf", "digest": "d1", "size": 3, "type": "application/pdf"}
SIGNED = {"person": "li", "name": "李", "at": "2026-11-28T01:00:00Z", "meaning": "agree"}


class Register:
    """What exists: everything but what is called gone."""

    def exists(self, field: Field, value: str) -> bool:
        """Whether something exists."""
        return bool(field.id) and value != "gone"

    def offers(self, register: str, value: str) -> bool:
        """Whether a register offers a choice."""
        return register == "RG-1" and value != "gone"


def form(*fields: dict[str, Any], **more: Any) -> Definition:
    """A form of these fields."""
    labelled = [{"label": item["id"], **item} for item in fields]
    return build({"kind": "form", "fields": labelled, **more})


def stands_against(
    definition: Definition, values: dict[str, Any], *steps: str
) -> list[tuple[str | None, str]]:
    """Field and message of each fault."""
    found = answers.faults(definition, steps or ("",), values, Register(), TODAY)
    assert all("label" in problem.facts for problem in found)
    return [(problem.field, problem.sentence().partition(": ")[2]) for problem in found]


def test_what_a_browser_sends_is_read() -> None:
    """Only the fields of the step, empty answers and empty rows left out, each fault by its name."""
    raw: dict[str, str | list[str]] = {
        "client": "C-000001",
        "amount": "12,500",
        "term": "x",
        "security": ["pledge", "mortgage"],
        "other_limit": "",
        "paper": ["d1", "d1", ""],
        "risk": "low",
        "nobody": "asked",
    }
    values, problems = answers.read(
        FORM,
        raw,
        ["client", "amount", "term", "security", "other_limit", "paper"],
        zone=ZONE,
        files={"d1": FILE},
    )
    assert values == {
        "client": "C-000001",
        "amount": "12500.00",
        "security": ["mortgage", "pledge"],
        "paper": [FILE],
    }
    assert [(problem.field, problem.facts["label"]) for problem in problems] == [("term", "期限")]


def test_tables_are_read_by_cell() -> None:
    """In the order of their numbers; what is computed and what is no column is not taken."""
    raw: dict[str, str] = {
        "issues.10.grade": "B",
        "issues.2.grade": "A",
        "issues.2.share": "9",
        "issues.2.gone": "x",
        "issues.3.fact": " ",
        "issues.4.points": "many",
        "issues.x.fact": "x",
        "issues.1234567.fact": "x",
        "other.1.fact": "x",
        "monthly": "7",
    }
    values, problems = answers.read(FORM, raw, zone=ZONE)
    assert values == {"issues": [{"grade": "A"}, {"grade": "B"}]}
    assert [problem.field for problem in problems] == ["issues.4.points"]


def test_what_is_too_much_is_refused() -> None:
    """Rows, files and signs are limited (SEC-13)."""
    values, problems = answers.read(FORM, {f"issues.{row}.fact": "x" for row in range(201)}, zone=ZONE)
    assert (values, [problem.field for problem in problems]) == ({}, ["issues"])
    many = {f"d{place}": FILE for place in range(21)}
    values, problems = answers.read(FORM, {"paper": list(many)}, zone=ZONE, files=many)
    assert (values, [problem.field for problem in problems]) == ({}, ["paper"])
    values, problems = answers.read(FORM, {"paper": "d2"}, zone=ZONE, files={"d1": FILE})
    assert (values, [problem.field for problem in problems]) == ({}, ["paper"])
    assert answers.read(FORM, {"paper": ""}, zone=ZONE) == ({}, [])
    values, problems = answers.read(FORM, {"x": "a" * 600_000, "y": ["b" * 600_000]}, zone=ZONE)
    assert (values, [problem.facts for problem in problems]) == ({}, [{"most": 1_000_000}])


def test_a_signature_is_given_and_not_typed() -> None:
    """A tick takes the signature of who signs; without one nothing is there."""
    assert answers.read(FORM, {"signed": "on"}, zone=ZONE, signed=SIGNED) == ({"signed": SIGNED}, [])
    assert answers.read(FORM, {"signed": "on"}, zone=ZONE) == ({}, [])
    assert answers.read(FORM, {"signed": ""}, zone=ZONE, signed=SIGNED) == ({}, [])


def test_formulas_see_typed_answers() -> None:
    """Numbers, days, instants, names of files and signers; every field has a name."""
    values = {**ANSWERS, "paper": [FILE], "signed": SIGNED, "monthly": "1041.67"}
    seen = answers.typed(FORM, values)
    assert set(seen) == {entry.id for entry in FORM.fields}
    assert seen["amount"] == Decimal(12500)
    assert seen["monthly"] == Decimal("1041.67")
    assert seen["accepted_on"] == date(2026, 11, 28)
    assert seen["issues"][1] == {
        "grade": "B",
        "fact": None,
        "points": Decimal(20),
        "share": None,
        "due": None,
    }
    assert (seen["paper"], seen["signed"], seen["other_limit"]) == (["a.pdf"], "li", None)
    plain = form(
        {"id": "at", "type": "instant"},
        {"id": "photo", "type": "photo"},
        {"id": "day", "type": "computed", "formula": "today + 1"},
        {"id": "later", "type": "computed", "formula": "now"},
        {"id": "word", "type": "computed", "formula": "author + 'x'"},
        {"id": "same", "type": "computed", "formula": "author == 'li'"},
        {"id": "known", "type": "computed", "formula": "word if same else day"},
        {
            "id": "t",
            "type": "table",
            "columns": [{"id": "c", "label": "c", "type": "computed", "formula": "today"}],
        },
    )
    kept = settling.computed(plain, {"at": "2026-11-28T01:00:00Z", "photo": [FILE], "t": [{}]}, TODAY)
    assert kept == {
        "at": "2026-11-28T01:00:00Z",
        "photo": [FILE],
        "day": "2026-11-29",
        "later": "2026-11-28T01:00:00Z",
        "word": "lix",
        "same": True,
        "known": "lix",
        "t": [{"c": "2026-11-28"}],
    }
    seen = answers.typed(plain, kept)
    assert seen["at"] == seen["later"] == datetime(2026, 11, 28, 1, tzinfo=UTC)
    assert (seen["day"], seen["word"], seen["same"], seen["known"]) == (
        date(2026, 11, 29),
        "lix",
        True,
        "lix",
    )
    assert seen["t"] == [{"c": date(2026, 11, 28)}]


def test_what_is_hidden_is_cleared_and_counts_for_nothing() -> None:
    """A chain of conditions is worked out in one go, in the order of dependence."""
    chain = form(
        {"id": "c", "type": "number", "show-when": "b > 1"},
        {"id": "b", "type": "number", "show-when": "a > 1"},
        {"id": "a", "type": "number"},
        {"id": "total", "type": "computed", "formula": "count(a, b, c)"},
    )
    values = {"a": "2", "b": "2", "c": "2", "total": "77"}
    assert settling.shown(chain, values) == {"a", "b", "c", "total"}
    assert settling.computed(chain, values) == {**values, "total": "3"}
    assert settling.shown(chain, {**values, "a": "1"}) == {"a", "total"}
    assert settling.computed(chain, {**values, "a": "1"}) == {"a": "1", "total": "1"}
    assert list(settling.computed(chain, values)) == ["c", "b", "a", "total"]


def test_a_group_hides_its_fields() -> None:
    """The condition of a group holds for each of its fields."""
    assert {"valid_until", "signed"} <= settling.shown(FORM, ANSWERS)
    assert not {"valid_until", "signed"} & settling.shown(FORM, {**ANSWERS, "mode": "committee"})


def test_computed_numbers_are_as_exact_as_stated() -> None:
    """Two places and no idle zeros where nothing is said; halves away from zero."""
    exact = form(
        {"id": "a", "type": "number"},
        {"id": "third", "type": "computed", "formula": "a / 3"},
        {"id": "half", "type": "computed", "formula": "a / 8", "places": 2},
        {"id": "whole", "type": "computed", "formula": "a * 100"},
        {"id": "none", "type": "computed", "formula": "a / 0"},
        {"id": "names", "type": "computed", "formula": "a == 1"},
    )
    settled = settling.settle(exact, {"a": "1"})
    assert settled.values == {"a": "1", "third": "0.33", "half": "0.13", "whole": "100", "names": True}
    assert "divides by zero" in settled.failed["none"].sentence("en")
    assert settling.computed(exact, {}) == {"names": False}
    assert settling.stored(exact.field("third"), 3) == "3"
    assert settling.stored(exact.field("third"), ("a", "b")) == ["a", "b"]


def test_what_must_be_answered() -> None:
    """Always, or when its condition holds; never what is hidden or computed."""
    assert settling.required(FORM, ANSWERS) == {"client", "product", "amount", "risk", "risk_reason"}
    other = {"product": "other", "risk": "low"}
    assert settling.required(FORM, other) == {"client", "product", "amount", "risk", "other_limit"}


def test_a_new_record_begins_with_its_defaults() -> None:
    """Fixed ones as they would be typed, others from what the system knows."""
    assert settling.defaults(FORM, TODAY, zone=ZONE) == {
        "unit": "credit",
        "manager": "li",
        "accepted_on": "2026-11-28",
        "security": ["credit"],
    }
    fixed = form(
        {"id": "ok", "type": "yes-no", "default": True},
        {"id": "no", "type": "yes-no", "default": False},
        {"id": "n", "type": "money", "default": 5},
        {"id": "who", "type": "person", "default": {"formula": "author"}},
    )
    assert settling.defaults(fixed, {}, zone=ZONE) == {"ok": True, "no": False, "n": "5.00"}


def test_right_answers_have_no_faults() -> None:
    """Each step looks at its own fields only."""
    assert stands_against(FORM, ANSWERS, "submit", "review", "committee", "approve", "inform") == []
    assert stands_against(FORM, {"risk": "low"}, "review") == []


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"client": None}, "client", "must be filled in"),
        ({"client": "gone"}, "client", "no such party"),
        ({"unit": "gone"}, "unit", "no such department"),
        ({"manager": "gone"}, "manager", "nobody of this name"),
        ({"need": "gone"}, "need", "no such record"),
        ({"amount": "-1.00"}, "amount", "At least 0"),
        ({"amount": "5000000.01"}, "amount", "At most 5000000"),
        ({"amount": "0.00"}, "amount", "More than zero."),
        ({"product": "gone"}, "product", "none of the choices"),
        ({"product": "other"}, "other_limit", "must be filled in"),
        ({"security": ["mortgage", "house"]}, "security", "“house” is none"),
        ({"postcode": "1234"}, "postcode", "[0-9]{6}"),
        ({"term": "0"}, "monthly", "divides by zero"),
        ({"risk_reason": None}, "risk_reason", "must be filled in"),
        ({"issues": [{"grade": "A"}]}, "issues.0.fact", "must be filled in"),
        ({"issues": [{"fact": "x"}]}, "issues.0.grade", "must be filled in"),
        ({"issues": [{"grade": "B"}, {"grade": "C"}]}, "issues.1.grade", "none of the choices"),
        ({"issues": [{"grade": "B", "due": "2026-01-01"}]}, "issues.0.due", "受理日"),
    ],
)
def test_faults_of_answers(change: dict[str, Any], field: str, words: str) -> None:
    """One for each rule, under the name the answer was sent by."""
    values = {name: value for name, value in {**ANSWERS, **change}.items() if value is not None}
    found = stands_against(FORM, values, "submit", "review")
    assert {field} == {name for name, _ in found}
    assert words in found[0][1]


def test_a_formula_that_fails_is_a_fault() -> None:
    """Wherever it stands: in a condition, a demand, a check or a cell."""
    cells = [
        {"id": "x", "label": "x", "type": "number"},
        {"id": "c", "label": "c", "type": "computed", "formula": "1 / x"},
    ]
    failing = form(
        {"id": "a", "type": "number", "check": [{"that": "1 / a > 0", "say": "x"}]},
        {"id": "b", "type": "text", "required-when": "1 / a > 0"},
        {"id": "c", "type": "text", "show-when": "1 / a > 0"},
        {"id": "t", "type": "table", "columns": cells},
    )
    found = stands_against(failing, {"a": "0", "t": [{"x": "0"}, {"x": "4"}]})
    assert [name for name, _ in found] == ["a", "b", "c", "t.0.c"]
    assert all("divides by zero" in sentence for _, sentence in found)


def test_a_check_waits_for_what_it_names() -> None:
    """Unless it asks itself what is missing."""
    waiting = form(
        {"id": "a", "type": "date"},
        {"id": "b", "type": "date", "check": [{"that": "b >= a", "say": "early"}]},
        {"id": "c", "type": "date", "check": [{"that": "not is_missing(a) and c >= a", "say": "late"}]},
        {"id": "d", "type": "choice", "options": {"register": "RG-1"}},
    )
    assert stands_against(waiting, {"b": "2026-01-01", "c": "2026-01-01", "d": "x"}) == [("c", "late")]
    assert stands_against(waiting, {"a": "2026-02-01", "b": "2026-01-01"}) == [("b", "early")]
    assert [name for name, _ in stands_against(waiting, {"d": "gone"})] == ["d"]
    words = form(
        {"id": "w", "type": "computed", "formula": "author"}, {"id": "n", "type": "number", "most": 1}
    )
    assert stands_against(words, {"n": "1"}) == []


def test_answers_have_one_form() -> None:
    """What is stored, hashed and signed does not depend on the order of keys."""
    turned = dict(reversed(ANSWERS.items()))
    assert answers.canonical(ANSWERS) == answers.canonical(turned)
    assert json.loads(answers.canonical(ANSWERS)) == ANSWERS
    assert answers.digest(ANSWERS) == answers.digest(turned) != answers.digest({})
    assert answers.personal_fields(FORM) == {"postcode"}


@given(
    st.dictionaries(st.sampled_from([entry.id for entry in FORM.fields]), st.text(max_size=12), max_size=8)
)
def test_what_is_kept_is_read_again(raw: dict[str, str]) -> None:
    """Whatever is sent: what was kept settles to itself, and its canonical form is the same again."""
    values, _ = answers.read(FORM, raw, zone=ZONE, signed=SIGNED)
    once = settling.computed(FORM, values, TODAY)
    assert settling.computed(FORM, once, TODAY) == once
    assert answers.canonical(once) == answers.canonical(json.loads(answers.canonical(once)))


def test_the_next_step_is_the_first_that_is_not_left_out() -> None:
    """What was left out before a step that is done stays so."""

    def following(values: dict[str, Any], *done: str) -> str | None:
        step = flow.next_step(FORM, values, done, TODAY)
        return step.id if step else None

    assert following(ANSWERS) == "submit"
    assert following(ANSWERS, "submit") == "review"
    assert following(ANSWERS, "submit", "review") == "approve"
    committee = {**ANSWERS, "mode": "committee"}
    assert following(committee, "submit", "review") == "committee"
    assert following(committee, "submit", "review", "approve") == "inform"
    assert following(ANSWERS, "inform") is None
    assert flow.ends(FORM.step("review"), "disagree")
    assert not flow.ends(FORM.step("review"), "agree")
    assert not flow.ends(FORM.step("submit"), None)


def test_limits_and_seats_follow_the_answers() -> None:
    """R60 and S71: by value, by amount, or the default."""
    review, approve, inform = FORM.step("review"), FORM.step("approve"), FORM.step("inform")
    assert flow.limit_of(review, {"product": "chain"}) == span("T+3")
    assert flow.limit_of(review, {"product": "micro"}) == span("T+2")
    assert flow.limit_of(review, {}) == span("T+2")
    assert flow.limit_of(FORM.step("submit"), {}) is None
    assert flow.limit_of(approve, {}) == span("1 working day")
    assert flow.limit_of(FORM.clocks[0], {"product": "other"}) is None
    assert flow.seats_of(review, {}) == Seats(("reviewer",), (), "any")
    assert flow.seats_of(approve, {"amount": "500000.00"}) == Seats(("credit-head",))
    assert flow.seats_of(approve, {"amount": "500000.01"}) == Seats(("general-manager",), ("approver",), 2)
    assert flow.seats_of(approve, {}) == Seats()
    assert flow.seats_of(inform, {"risk": "low"}) == Seats(("a",))
    assert flow.seats_of(inform, {"risk": "high"}) == Seats(("b",))
    head = deepcopy(FULL)
    head["steps"][3]["authority"]["up-to"].pop()
    assert flow.seats_of(build(head).step("approve"), {"amount": "500000.01"}) == Seats()


def test_what_a_record_opens() -> None:
    """Where the condition holds, with first answers that are not missing."""
    [opened] = flow.openings_at(FORM, "review", ANSWERS, TODAY)
    assert opened.opening.target == "FM-13-02"
    assert opened.values == {"fact": "C-000001", "amount": "12500.00", "on": "2026-11-28"}
    assert flow.openings_at(FORM, "review", {**ANSWERS, "issues": []}, TODAY) == []
    assert [each.opening.what for each in flow.openings_at(FORM, "close", ANSWERS, TODAY)] == [
        "task",
        "action",
        "change-request",
    ]
    head = {
        "fields": [{"id": "a", "label": "a", "type": "number"}],
        "opens": [{"form": "F", "when": "1 / a > 0"}],
    }
    with pytest.raises(FormulaFailed):
        flow.openings_at(build(head), "close", {"a": "0"})


def test_answers_are_shown_to_people() -> None:
    """In their language and zone, with units and labels; people and parties as they are called."""

    def shown(name: str, language: str = "en") -> str:
        value = {**ANSWERS, "monthly": "1041.67", "paper": [FILE], "signed": SIGNED}.get(name)
        return display.display(FORM.field(name), value, language, zone=ZONE)

    assert shown("amount") == "12,500.00 CNY"
    assert shown("term", "zh-Hant") == "12 月"
    assert shown("monthly") == "1,041.67"
    assert shown("product") == "Micro-loan"
    assert shown("security", "zh-Hans") == "mortgage"
    assert shown("accepted_on") == "2026-11-28"
    assert shown("other_limit") == ""
    assert shown("paper") == "a.pdf"
    assert shown("signed") == "李 · 2026-11-28 09:00"
    assert shown("client") == "C-000001"
    assert shown("issues").splitlines() == [
        "等级: A · 事实: 缺件 · 分: 30 · 期限: 2026-12-01",
        "等级: B · 分: 20",
    ]
    called = display.display(
        FORM.field("client"), "C-000001", "en", zone=ZONE, called=lambda _, value: f"<{value}>"
    )
    assert called == "<C-000001>"
    many = Field("m", "M", Type.MULTIPLE_CHOICE, options=(Option("a", "甲"), Option("b", "乙")))
    assert display.display(many, ["a", "b"], "zh-Hans", zone=ZONE) == "甲、乙"
    assert display.display(many, ["a", "b"], "en", zone=ZONE) == "甲, 乙"
    yes = Field("y", "Y", Type.YES_NO)
    assert [display.display(yes, each, "zh-Hans", zone=ZONE) for each in (True, False)] == ["是", "否"]
    instant = Field("i", "I", Type.INSTANT)
    assert display.display(instant, "2026-11-28T17:30:00Z", "en", zone=ZONE) == "2026-11-29 01:30"
    word = Field("w", "W", Type.COMPUTED, formula="author")
    assert display.display(word, "li", "en", zone=ZONE) == "li"


def test_what_an_amendment_changes() -> None:
    """Answers that differ, came or went, in the order of the form."""
    new = {**ANSWERS, "amount": "1.00", "need": "FM-02-01-2026-000001"}
    del new["term"]
    found = [(each.field.id, each.before, each.after) for each in display.compare(FORM, ANSWERS, new)]
    assert found == [
        ("amount", "12500.00", "1.00"),
        ("term", "12", None),
        ("need", None, "FM-02-01-2026-000001"),
    ]
    assert display.compare(FORM, ANSWERS, ANSWERS) == []


def test_a_definition_says_who_and_how() -> None:
    """The words of the head as plain values."""
    review = FORM.step("review")
    assert (review.accept, review.returnable, review.signature, review.opinion) == (True, False, True, True)
    assert (review.not_by, review.recuse, review.since) == (("submit",), ("manager", "unit"), "accepted_on")
    assert FORM.step("committee").opinion_optional
    assert FORM.step("inform").by_field == "manager"
    assert FORM.step("submit").by_author
    assert FORM.fields_of("review")[0].id == "risk"
    assert (FORM.kept.circle, FORM.kept.on, FORM.part_of) == ("aml", "accepted_on", None)
    clock = FORM.clocks[0]
    assert (str(clock.warn), str(clock.cut_off), clock.until) == ("2 working days", "16:00:00", "approve")
    assert [opening.what for opening in FORM.opens] == ["form", "task", "action", "change-request"]
    assert FORM.opens[1].to_author
    assert FORM.opens[2].to_field == "manager"
    assert FORM.opens[3].target == "CP-02"


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        ("text", "x", 5),
        ("number", "5.5", True),
        ("money", 5, ["5"]),
        ("date", "2026-11-28", "soon"),
        ("instant", "2026-11-28T01:00:00Z", 5),
        ("yes-no", False, "no"),
        ("multiple-choice", ["a"], "a"),
        ("file", [{"name": "a", "digest": "d"}], ["d"]),
        ("photo", [{"name": "a", "digest": "d"}], {"name": "a", "digest": "d"}),
        ("signature", {"person": "li", "name": "Li", "at": "2026-11-28T01:00:00Z"}, "li"),
        ("person", "li", {"login": "li"}),
    ],
)
def test_an_answer_of_another_shape_is_refused_in_a_sentence(kind: str, good: object, bad: object) -> None:
    """In a field and in a cell; what has its shape passes, nothing answered too."""
    more = {"options": ["a"]} if kind == "multiple-choice" else {}
    column = {"id": "c", "label": "列", "type": kind, **more}
    form = build(
        {"fields": [{**column, "id": "f"}, {"id": "t", "label": "表", "type": "table", "columns": [column]}]}
    )
    kept = answers.computed(form, {"f": good, "t": [{"c": good}, {"c": None}]})
    assert kept["f"] == good
    with pytest.raises(answers.AnswersUnfit) as caught:
        answers.computed(form, {"f": bad, "t": [{"c": good}, {"c": bad}]})
    assert [problem.field for problem in caught.value.problems] == ["f", "t.1.c"]
    assert "This is no answer to “列”." in caught.value.sentence()


@pytest.mark.parametrize("rows", ["x", ["x"], {"c": "x"}, [{"c": "x"}, 5]])
def test_a_table_that_is_none_is_refused(rows: object) -> None:
    """Rows are rows with columns by name, wherever they come from."""
    columns = [
        {"id": "c", "label": "C", "type": "text"},
        {"id": "n", "label": "N", "type": "computed", "formula": "1"},
    ]
    form = build({"fields": [{"id": "t", "label": "表", "type": "table", "columns": columns}]})
    with pytest.raises(answers.AnswersUnfit, match="nothing was kept") as caught:
        answers.settle(form, {"t": rows})
    assert [problem.field for problem in caught.value.problems] == ["t"]
    assert "“表” is a list of rows" in caught.value.sentence()
