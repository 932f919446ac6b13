"""The blank sheet: everything that is declared, in the reader's language, as safe and whole HTML."""

from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from qms.calendar import span
from qms.documents.source import read_source
from qms.forms import Blank, Field, Type, build, spoken

ROOT = Path(__file__).parents[2]
FORMS = sorted(ROOT.glob("forms/*.yaml"))
SHARP = "<script>alert('\"&')</script>"
HEAD: dict[str, Any] = {
    "kind": "form",
    "record-number": "FM-{seq:6}",
    "register": "RG-12-01",
    "fields": [
        {"id": "date", "label": "日期", "type": "date", "required": True},
        {"section": {"zh-Hans": "申请", "en": "Request"}},
        {"id": "kind", "label": {"zh-Hans": "性质", "en": "Kind"}, "type": "choice", "options": ["甲", "乙"]},
        {"id": "sum", "label": "金额", "type": "money", "currency": "CNY", "code": "4.41.001"},
        {"id": "at", "label": "时间", "type": "instant"},
        {"id": "why", "label": "理由", "type": "long-text", "help": "逐条"},
        {"id": "ok", "label": "通过", "type": "yes-no"},
        {"id": "from", "label": "产品", "type": "choice", "options": {"register": "RG-01-01"}},
        {"id": "term", "label": "期限", "type": "number", "unit": {"zh-Hans": "月", "en": "months"}},
        {
            "id": "rows",
            "label": "明细",
            "type": "table",
            "rows": 4,
            "columns": [
                {"id": "grade", "label": "等级", "type": "choice", "options": ["A", "B"]},
                {"id": "cost", "label": "费用", "type": "number", "unit": "元"},
            ],
        },
        {"id": "sharp", "label": SHARP, "type": "text", "help": SHARP},
        {"id": "who", "label": "人", "type": "person"},
    ],
    "steps": [
        {"id": "a", "label": "申请", "by": {"roles": ["author"]}},
        {
            "id": "b",
            "label": {"zh-Hans": "审查", "en": "Review"},
            "by": {"posts": ["risk", "legal"]},
            "opinion": "required",
            "within": "T+2",
        },
        {"id": "c", "label": "会签", "by": {"posts": ["x", "y"], "quorum": "any"}, "within": {"by": "kind"}},
        {
            "id": "d",
            "label": "表决",
            "by": {"roles": ["x"], "quorum": 3},
            "within": {"by": "gone", "甲": "T+1"},
        },
    ],
}


def parsed(head: dict[str, Any], language: str = "zh-Hans") -> ET.Element:
    """The markup, which is well-formed."""
    return ET.fromstring(Blank().markup(head, language))  # noqa: S314 - our own markup


def words(element: ET.Element) -> str:
    """All text inside an element."""
    return "".join(element.itertext())


def columns(count: int, first: str = "c1") -> dict[str, Any]:
    """A register of so many columns."""
    ids = [first, *(f"c{place}" for place in range(2, count + 1))]
    items = [{"id": one, "label": one, "type": "text"} for one in ids]
    return {"kind": "register", "columns": items, "from": ["FM-12-01", "FM-12-02"]}


@pytest.mark.parametrize("language", ["zh-Hans", "zh-Hant", "en"])
@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.name)
def test_each_form_of_the_library_prints(path: Path, language: str) -> None:
    """No fault, well-formed, every label and step on the sheet and in the words."""
    source = read_source(path.read_bytes(), path.name)
    assert Blank().check(source.head, source.file) == []
    sheet = words(parsed(dict(source.head), language))
    text = Blank().text(source.head, language)
    for item in [
        *source.head.get("fields", ()),
        *source.head.get("columns", ()),
        *source.head.get("steps", ()),
    ]:
        label = item.get("label") or item["section"]
        said = spoken(label, language)
        assert said in sheet
        assert said in text


def test_the_sheet_is_made_of_tables_that_can_be_read_aloud() -> None:
    """Row heads for questions, column heads and captions for tables, one row a signer."""
    sheet = parsed(HEAD)
    assert sheet.get("class") == "blank blank-portrait"
    assert [words(title) for title in sheet.iter("h2")] == ["申请", "签署"]
    assert all(head.get("scope") in {"row", "col"} for head in sheet.iter("th"))
    rows = next(table for table in sheet.iter("table") if table.find("caption") is not None)
    assert [words(caption) for caption in rows.iter("caption")] == ["明细"]
    assert [words(head) for head in rows.iter("th")] == ["等级A / B", "费用元"]
    assert len(rows.findall("tbody/tr")) == 4
    signed = next(table for table in sheet.iter("table") if table.get("class") == "blank-table blank-sign")
    assert [head.get("rowspan") for head in signed.findall("tbody/tr/th")] == [None, "2", None, "3"]
    assert len(signed.findall("tbody/tr")) == 7


def test_each_type_has_its_answer() -> None:
    """Boxes for choices, lines for dates, the unit beside the figure, the register a choice comes from."""
    cells = {
        words(head): words(cell)
        for row in parsed(HEAD).iter("tr")
        for head, cell in zip(row.findall("th"), row.findall("td"), strict=False)
    }
    assert cells["日期*"] == "____年__月__日"
    assert cells["时间"] == "____年__月__日 __:__"
    assert cells["性质"] == "□ 甲 □ 乙"
    assert cells["金额 4.41.001"] == "CNY"
    assert cells["通过"] == "□ 是 □ 否"
    assert cells["产品"] == "选自台账 RG-01-01"
    assert cells["期限"] == "月"
    assert cells["理由逐条"] == ""


def test_short_answers_share_a_row() -> None:
    """Two of them; a long one stands alone over the whole width."""
    spans = {
        words(row.findall("th")[0]): [cell.get("colspan") for cell in row.findall("td")]
        for row in parsed(HEAD).iter("tr")
        if (row.find("td") is not None and row.find("th") is not None)
    }
    assert spans["性质"] == [None, None]
    assert spans["时间"] == ["3"]
    assert spans["理由逐条"] == ["3"]
    assert spans["通过"] == ["3"]
    assert spans["人"] == ["3"]


def test_nothing_declared_becomes_markup() -> None:
    """SEC-08: texts of a form are texts."""
    markup = Blank().markup(HEAD, "zh-Hans")
    assert "<script" not in markup
    assert SHARP in words(parsed(HEAD))


def test_the_notes_say_what_the_sheet_is_for() -> None:
    """What must be filled in, and where the rows go."""
    assert words(parsed(HEAD)).endswith("* 为必填项。 填写后记入台账 RG-12-01。")
    assert words(parsed(columns(2))).endswith("数据来自 FM-12-01, FM-12-02。")
    bare = parsed({"kind": "form", "fields": [{"id": "a", "label": "甲", "type": "text"}]})
    assert bare.find("p") is None


def test_a_register_is_a_wide_sheet_of_numbered_rows() -> None:
    """One table with empty rows; its own sequence column is the row number."""
    [table] = parsed(columns(3)).findall("table")
    assert [words(head) for head in table.findall("thead/tr/th")] == ["序号", "c1", "c2", "c3"]
    assert [words(head) for head in table.findall("tbody/tr/th")] == [str(row) for row in range(1, 15)]
    [table] = parsed(columns(3, "seq")).findall("table")
    assert [words(head) for head in table.findall("thead/tr/th")] == ["seq", "c2", "c3"]
    assert parsed(columns(3)).get("class") == "blank blank-landscape"


def test_a_wide_register_is_cut_into_parts_that_match() -> None:
    """Each part begins with the row numbers and says which part it is."""
    tables = parsed(columns(21), "en").findall("table")
    assert [words(caption) for table in tables for caption in table.findall("caption")] == [
        "Part 1 of 3",
        "Part 2 of 3",
        "Part 3 of 3",
    ]
    heads = [[words(head) for head in table.findall("thead/tr/th")] for table in tables]
    assert [len(line) for line in heads] == [8, 8, 8]
    assert [line[0] for line in heads] == ["No.", "No.", "No."]
    assert [name for line in heads for name in line[1:]] == [f"c{place}" for place in range(1, 22)]


def test_the_words_are_one_thing_a_line() -> None:
    """For search and comparison; time limits and choices included."""
    lines = Blank().text(HEAD, "en").splitlines()
    assert lines[:4] == ["日期", "Request", "Kind · 甲, 乙", "金额 · 4.41.001 · CNY"]
    assert "产品 · from the register RG-01-01" in lines
    assert "期限 · months" in lines
    assert lines[lines.index("明细") + 1] == "等级 · A, B"
    assert lines[-4:] == [
        "申请",
        "Review · within 2 working days",
        "会签 · time limit by Kind",
        "表决 · time limit by gone",
    ]
    assert Blank().text(columns(2), "en") == "c1\nc2"


def test_a_definition_is_plain_values() -> None:
    """What upper slices will fill in by."""
    definition = build(HEAD)
    assert [section.title for section in definition.sections] == ["", HEAD["fields"][1]["section"]]
    assert definition.field("rows").columns[1] == Field("cost", "费用", Type.NUMBER, unit="元")
    assert definition.field("from").options_from == "RG-01-01"
    assert definition.steps[1].within is not None
    assert definition.steps[1].within.span == span("T+2")
    assert definition.steps[3].within is not None
    assert dict(definition.steps[3].within.spans) == {"甲": span("T+1")}
    assert build({"fields": [{"section": "x"}]}).sections[0].fields == ()
    assert build({}).sections == ()
