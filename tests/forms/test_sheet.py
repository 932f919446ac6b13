"""The filled form: answers in ink, what is withheld, who signed, and what was amended beside it."""

from typing import Any
from xml.etree import ElementTree as ET
from zoneinfo import ZoneInfo

import pytest

from qms.forms import Blank, build
from qms.forms.display import compare, display
from qms.forms.sheet import Amendment, Filling, Passage, filled
from qms.forms.wording import in_words
from tests.forms.samples import ANSWERS, FULL

ZONE = ZoneInfo("Asia/Shanghai")
FORM = build(FULL)
FILE = {"name": "a<b>.pdf", "digest": "d1", "size": 3, "type": "application/pdf"}
SIGNED = {
    "person": "li",
    "name": "李",
    "at": "2026-11-28T01:00:00Z",
    "meaning": {"zh-Hans": "同意", "en": "Agreed"},
}
VALUES: dict[str, Any] = {**ANSWERS, "monthly": "1041.67", "paper": [FILE], "signed": SIGNED}


def words(markup: str) -> str:
    """All text of markup, which is well-formed."""
    return " ".join(ET.fromstring(markup).itertext())  # noqa: S314 - our own markup


def sheet(values: dict[str, Any], filling: Filling, language: str = "en") -> str:
    """The filled form."""
    return filled(FORM, values, language, filling, zone=ZONE)


def test_answers_stand_in_ink() -> None:
    """Choices ticked, units beside figures, files by digest, signatures with time and zone."""
    said = words(sheet(VALUES, Filling()))
    for part in (
        "✓ Micro-loan □ Supply chain",
        "12,500.00   CNY",
        "a<b>.pdf",
        "SHA-256 d1",
        "Agreed · 2026-11-28 09:00 UTC+08:00",
        "负债高",
    ):
        assert " ".join(part.split()) in " ".join(said.split())
    assert "其他期限" not in said
    assert "<b>" not in sheet(VALUES, Filling())


COMPUTED = {
    "fields": [
        {"id": "amount", "label": "A", "type": "number"},
        {
            "id": "size",
            "label": {"en": "Size"},
            "type": "computed",
            "formula": "'large' if amount > 5 else 'small'",
            "options": [
                {"value": "large", "label": {"zh-Hans": "大额", "en": "Large"}},
                {"value": "small", "label": {"zh-Hans": "小额", "en": "Small"}},
            ],
        },
    ]
}


def test_what_is_computed_among_options_is_told_by_its_label() -> None:
    """On paper the options stand with their boxes, the one that came out ticked; in words it is its label."""
    form = build(COMPUTED)
    told = filled(form, {"amount": "9", "size": "large"}, "zh-Hans", Filling(), zone=ZONE)
    assert "✓ 大额 □ 小额" in " ".join(words(told).split())
    empty = filled(form, {"amount": "9"}, "zh-Hans", Filling(), zone=ZONE)
    assert "□ 大额 □ 小额" in " ".join(words(empty).split())
    assert display(form.field("size"), "small", "en", zone=ZONE) == "Small"
    blank = Blank().markup({"kind": "form", "number": "FM-01-01", **COMPUTED}, "en")
    assert "□ Large □ Small" in " ".join(words(blank).split())
    assert in_words(form, "size == 'large'", "en") == "Size is Large"


def test_a_form_without_answers_is_dashes() -> None:
    """What was not answered is a dash; a table keeps one empty row."""
    plain = build(
        {
            "fields": [
                {"section": "空"},
                {"section": "组"},
                {"id": "a", "label": "a", "type": "text"},
                {"id": "ok", "label": "ok", "type": "yes-no"},
                {
                    "id": "t",
                    "label": "t",
                    "type": "table",
                    "columns": [{"id": "x", "label": "x", "type": "text"}],
                },
            ]
        }
    )
    said = words(filled(plain, {}, "en", Filling(), zone=ZONE))
    assert "空" not in said
    assert "—" in said
    assert "✓ No" in words(filled(plain, {"ok": False}, "en", Filling(), zone=ZONE))


def test_what_may_not_be_shown_is_said_to_be_withheld() -> None:
    """In cells, tables and amendments alike (R17)."""
    changes = compare(FORM, VALUES, {**VALUES, "postcode": "310001", "need": "FM-1"})
    amendment = Amendment(1, "王", "2026-11-29T01:00:00Z", "笔误", changes)
    said = sheet(VALUES, Filling(withheld={"postcode", "issues"}, amendments=[amendment]))
    assert "310000" not in said
    assert "310001" not in said
    assert "缺件" not in said
    assert said.count("Personal contents withheld") == 4
    assert "王 · 2026-11-29 09:00 UTC+08:00 · 笔误" in words(said)


def test_every_act_is_in_the_table_of_signatures() -> None:
    """Decision, opinion, name, post, meaning, substitute, return."""
    acts = [
        Passage(
            "review", "李", "2026-11-28T01:00:00Z", "Reviewed", post="Reviewer", opinion="缺件", returned=True
        ),
        Passage("review", "李", "2026-11-28T02:00:00Z", "Reviewed", decision="agree", instead_of="王"),
    ]
    said = words(sheet(VALUES, Filling(passages=acts)))
    for part in ("Returned", "缺件", "Reviewer", "同意", "for 王", "2026-11-28 10:00 UTC+08:00"):
        assert part in said


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ("product == 'other'", "品种 is Other"),
        ("product != 'x'", "品种 is not “x”"),
        ("product in ['micro', 'chain']", "品种 is one of Micro-loan, Supply chain"),
        ("amount > 1000 and not (term < 3)", "Amount > 1,000 and not: 期限 < 3"),
        ("term == 1 or is_missing(need)", "期限 is 1 or 需求单 is not filled in"),
        ("contains(security, 'pledge')", "担保 is pledge"),
        ("not not paper", "not: 资料: no"),
        ("round(term)", "round(term)"),
        ("not (term == 1 and paper)", "not: 期限 is 1 and 资料: yes"),
        ("term == True or term == false", "期限 is Yes or 期限 is No"),
        ("term > amount", "期限 > Amount"),
        ("paper", "资料: yes"),
        ("not paper", "资料: no"),
        ("not is_missing(need)", "需求单 is filled in"),
        ("not contains(security, 'pledge')", "担保 is not pledge"),
        ("not (product == 'other')", "品种 is not Other"),
        ("not (term + 1 > 2)", "not (term + 1 > 2)"),
        ("any(row.grade == 'A' for row in issues)", "in at least one row of 问题: 等级 is A"),
        ("all(row.grade in ['A', 'B'] for row in issues)", "in every row of 问题: 等级 is one of A, B"),
        ("any(row.grade == 'A' for row in product)", "any(row.grade == 'A' for row in product)"),
        ("any(row for row in issues if row.grade)", "any(row for row in issues if row.grade)"),
        ("any(row.other == 'A' for row in issues)", "any(row.other == 'A' for row in issues)"),
        ("days(accepted_on, accepted_on) > 2", "days from 受理日 to 受理日 > 2"),
        ("hours(accepted_on, today) > 2", "hours(accepted_on, today) > 2"),
        ("decision == 'agree' and term > 1", "the decision is 同意 and 期限 > 1"),
        ("count(row for row in issues) > 1", "count(row for row in issues) > 1"),
        ("term + 1 > 2", "term + 1 > 2"),
        ("term > 1 + 2", "term > 1 + 2"),
        ("product in [term + 1]", "product in [term + 1]"),
        ("state == 'open'", "state == 'open'"),
    ],
)
def test_conditions_in_words(condition: str, said: str) -> None:
    """With the labels of the form; what is not simple stays a formula."""
    assert in_words(FORM, condition, "en") == said


def test_conditions_in_chinese() -> None:
    """With Chinese separators."""
    assert "小额、供应链" in in_words(FORM, "product in ['micro', 'chain']", "zh-Hans")


def test_the_blank_sheet_shows_steps_conditions_and_decisions() -> None:
    """What is filled in by whom, and when at all."""
    head = {**FULL, "part-of": "RG-1"}
    for language in ("en", "zh-Hans"):
        said = words(Blank().markup(head, language))
        assert "同意" in said
    said = words(Blank().markup(head, "en"))
    for part in (
        "step: Review",
        "only where 审批方式 is single",
        "* where 风险程度 is high",
        "only where 审批方式 is committee",
        "authority by Amount",
        "accepts the hand-over",
        "全流程: time limit by 品种.",
        "Kept sealed as personal data: 邮编.",
        "A part of the register RG-1.",
    ):
        assert part in said
    assert "全流程 · time limit by 品种" in Blank().text(head, "en")
