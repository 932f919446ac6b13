"""A record as one plain page that opens anywhere, without a script or anything from outside (REC-06)."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any, Final

from qms import forms
from qms.kernel.labels import N_, in_language, say
from qms.records import rows
from qms.records.describe import STATES
from qms.records.states import State

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qms.forms import Definition
    from qms.kernel.work import Work
    from qms.records.models import Record

_PAGE: Final = """<!DOCTYPE html>
<html lang="{language}"><head><meta charset="utf-8"><title>{number}</title></head>
<body><h1>{number} {form}</h1>
{body}
</body></html>
"""


def page(work: Work, record: Record, facts: dict[str, Any]) -> bytes:
    """The extract of a record for people: answers, acts, amendments, earlier contents, files."""
    language = work.language
    body = [
        *_head(language, facts),
        *_contents(work, rows.definition_of(record.revision), facts),
        *_acts(language, rows.definition_of(record.revision), facts),
        *_list(
            say(N_("Amendments"), language),
            (
                f"{each['at']} {each['name']}: {', '.join(each['fields'])}: {each['reason']}"
                for each in facts["amendments"]
            ),
        ),
        *_list(
            say(N_("Signatures"), language),
            (f"{each['at']} {each['name']} · {each['digest']}" for each in facts["signatures"]),
        ),
        *_list(
            say(N_("Files"), language),
            (
                f"{each['field']}: {each['name'] or '·'} · {each['path'] or say(N_('left out'), language)}"
                f" · {each['stored_digest']}"
                for each in facts["files"]
            ),
        ),
    ]
    return _PAGE.format(
        language=language,
        number=escape(str(record.number)),
        form=escape(in_language(record.revision.title, language)),
        body="\n".join(body),
    ).encode()


def _head(language: str, facts: dict[str, Any]) -> Iterator[str]:
    told = (
        (N_("Form"), f"{facts['form']['number']} {facts['form']['revision']}"),
        (N_("State"), say(STATES[State(facts["state"])], language)),
        (N_("Department"), facts["department"]),
        (N_("Filed by"), facts["author"]),
        (N_("Filed at"), facts["filed_at"]),
        (N_("Closed on"), facts["closed_on"]),
        (N_("Erased at"), facts["erased_at"]),
    )
    yield "<dl>"
    for name, value in told:
        if value:
            yield f"<dt>{escape(say(name, language))}</dt><dd>{escape(str(value))}</dd>"
    yield "</dl>"


def _contents(work: Work, definition: Definition, facts: dict[str, Any]) -> Iterator[str]:
    """Every frozen content, the one that counts first."""
    language = work.language
    for each in reversed(facts["versions"]):
        name = say(N_("Content {version}, {at}, {person}"), language, version=each["version"], at=each["at"],
                   person=each["by"])  # fmt: skip
        yield f"<h2>{escape(name)}</h2><p><code>{escape(each['digest'])}</code></p><dl>"
        sealed = each.get("sealed", {})
        values = {**each["open"], **sealed.get("values", {})}
        for field in definition.fields:
            if field.id in sealed.get("left_out", ()):
                shown = say(N_("left out"), language)
            elif field.id in values:
                shown = forms.answers.display(field, values[field.id], language, zone=work.settings.zone_info)
            else:
                continue
            label = forms.spoken(field.label, language)
            yield f"<dt>{escape(label)}</dt><dd>{escape(shown).replace(chr(10), '<br>')}</dd>"
        yield "</dl>"
        if sealed.get("erased"):
            yield f"<p>{escape(say(N_('The sealed answers were erased.'), language))}</p>"


def _acts(language: str, definition: Definition, facts: dict[str, Any]) -> Iterator[str]:
    labels = {each.id: forms.spoken(each.label, language) for each in definition.steps}
    for step in facts["steps"]:
        if step["acts"] or step["reason"]:
            yield f"<h2>{escape(labels.get(step['step'], step['step']))}</h2>"
        for act in step["acts"]:
            told = (act["at"], act["name"], act["for"], act["post"], act["decision"], act["opinion"])
            yield f"<p>{escape(' · '.join(each for each in told if each))}</p>"
        if step["reason"]:
            yield f"<p>{escape(step['reason'])}</p>"


def _list(title: str, lines: Iterator[str]) -> Iterator[str]:
    told = [f"<li>{escape(each)}</li>" for each in lines]
    if told:
        yield f"<h2>{escape(title)}</h2><ul>{''.join(told)}</ul>"
