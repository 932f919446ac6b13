"""What forms, registers and procedures say of themselves before they enter into force, and are held to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qms.documents.source import read_source
from qms.forms.sections import PartSection, UseSection, ValueSection, sections
from tests.records import factories as sheets

if TYPE_CHECKING:
    from qms.kernel.work import Works
    from tests.documents.factories import Organisation

FORM = read_source(sheets.form(), "FM-07-01.yaml").head
STEPS = FORM["steps"]


def told(made: Organisation, section: Any, old: Any, new: Any) -> list[str]:
    """The sentences of a preview in a house with one form in force."""
    with made.looking("author") as work:
        work.language = "en"
        return list(section.preview(work, old, new))


def test_each_key_has_its_section() -> None:
    """Forms, registers, fields, steps, limits, columns."""
    assert [each.key for each in sections()] == ["forms", "registers", "fields", "steps", "clocks", "columns"]


def test_what_a_procedure_names_and_is_not_there_is_told(works: Works) -> None:
    """Nothing is refused: the form may come later."""
    made = sheets.house(works)
    assert told(made, UseSection("forms"), None, [sheets.NUMBER, "FM-99-99"]) == [
        "Not in the library yet, or hidden from you: FM-99-99."
    ]


def test_a_first_form_says_how_its_records_go(works: Works) -> None:
    """Its steps in order, with their limits."""
    made = sheets.house(works)
    steps = [{**STEPS[0]}, {**STEPS[1], "within": "T+2"}]
    assert told(made, PartSection("steps"), None, steps) == [
        "Each record goes through: Filing, Review (within 2 working days)."
    ]
    assert told(made, PartSection("fields"), None, FORM["fields"]) == []


def test_a_changed_form_says_what_changes(works: Works) -> None:
    """Fields and steps by their labels: new, gone, different."""
    made = sheets.house(works)
    fields = [{**each} for each in FORM["fields"]]
    fields[0] = {**fields[0], "required": False}
    new = [*fields[:1], {"id": "term", "label": {"en": "Term"}, "type": "date"}, *fields[2:]]
    assert told(made, PartSection("fields"), FORM["fields"], new) == [
        "Asked anew: Term.",
        "No longer asked; what was recorded stays: Amount.",
        "Asked differently: Purpose.",
    ]
    assert told(made, PartSection("steps"), STEPS, [STEPS[0], {**STEPS[1], "within": "T+3"}]) == [
        "Steps that fall away; records begun before still go through them: Approval.",
        "Steps that change; records begun before keep the old ones: Review (within 3 working days).",
    ]


def test_columns_name_what_their_forms_ask(works: Works) -> None:
    """A formula over what no form has is a fault; while a form is missing nothing can be said."""
    made = sheets.house(works)
    columns = [
        {"id": "a", "label": "a", "type": "number", "value": "amount + 1"},
        {"id": "b", "label": "b", "type": "yes-no", "value": "clocks.review.on_time"},
        {"id": "c", "label": "c", "type": "number", "value": "sum(row.x for row in nothing)"},
        {"id": "d", "label": "d", "type": "number", "value": "1 +"},
        {"id": "e", "label": "e", "type": "text"},
    ]
    with made.looking("author") as work:
        found = ValueSection().check(work, columns, {"from": [sheets.NUMBER]})
        assert [(each.field, each.facts["name"]) for each in found] == [("columns.3.value", "nothing")]
        assert ValueSection().check(work, columns, {"from": [sheets.NUMBER, "FM-99-99"]}) == ()
        assert ValueSection().check(work, columns, {}) == ()
