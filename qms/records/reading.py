"""A record as one plain page that opens anywhere, without a script or anything from outside (REC-06)."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any, Final

from qms import accounts, forms
from qms.kernel.labels import N_, in_language, say
from qms.records import rows
from qms.records.calling import Names
from qms.records.describe import STATES
from qms.records.states import State

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

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
    language, definition = work.language, rows.definition_of(record.revision)
    names = Names(work, language, with_parties=False)
    body = [
        *_pairs(_known(names, language, facts)),
        *_contents(work, definition, facts, names),
        *_acts(work, definition, facts),
        *_list(say(N_("Amendments"), language), _amendments(definition, language, facts)),
        *_list(
            say(N_("Signatures"), language),
            (f"{each['at']} {each['name']} · {each['digest']}" for each in facts["signatures"]),
        ),
        *_list(say(N_("Files"), language), _files(definition, language, facts)),
    ]
    return _PAGE.format(
        language=language,
        number=escape(str(record.number)),
        form=escape(in_language(record.revision.title, language)),
        body="\n".join(body),
    ).encode()


def said(work: Work, record: Record, facts: dict[str, Any]) -> list[tuple[str, str]]:
    """What a record says of itself and the answers that count, each beside its label."""
    language = work.language
    names = Names(work, language)
    told = [(say(N_("Record number"), language), rows.name(record)), *_known(names, language, facts)]
    for content in facts["versions"][-1:]:
        told += _answers(work, rows.definition_of(record.revision), names, content)
    return told


def _label(definition: Definition, name: str, language: str) -> str:
    """What a field, or a cell such as `proofs.0.paper`, is called."""
    table, _, rest = name.partition(".")
    for field in definition.fields:
        if field.id == table:
            cells = [each.label for each in field.columns if each.id == rest.partition(".")[2]]
            return " · ".join(forms.spoken(each, language) for each in (field.label, *cells))
    return name


def _amendments(definition: Definition, language: str, facts: dict[str, Any]) -> Iterator[str]:
    for each in facts["amendments"]:
        named = ", ".join(_label(definition, name, language) for name in each["fields"])
        yield f"{each['at']} {each['name']}: {named}: {each['reason']}"


def _files(definition: Definition, language: str, facts: dict[str, Any]) -> Iterator[str]:
    for each in facts["files"]:
        named, place = each["name"] or "·", each["path"] or say(N_("left out"), language)
        yield f"{_label(definition, each['field'], language)}: {named} · {place} · {each['stored_digest']}"


def _known(names: Names, language: str, facts: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """What is known of the record beside its answers."""
    told = (
        (N_("Form"), f"{facts['form']['number']} {facts['form']['revision']}"),
        (N_("State"), say(STATES[State(facts["state"])], language)),
        (N_("Department"), names.department(facts["department"])),
        (N_("Filed by"), facts["author"]),
        (N_("Filed at"), facts["filed_at"]),
        (N_("Closed on"), facts["closed_on"]),
        (N_("Erased at"), facts["erased_at"]),
    )
    yield from ((say(name, language), str(value)) for name, value in told if value)


def _answers(
    work: Work, definition: Definition, names: Names, content: dict[str, Any]
) -> Iterator[tuple[str, str]]:
    """The answers of one frozen content by their labels; what is left out is said to be."""
    language, zone = work.language, work.settings.zone_info
    sealed = content.get("sealed", {})
    values = {**content["open"], **sealed.get("values", {})}
    names.look_up(definition.fields, values)
    for field in definition.fields:
        label = forms.spoken(field.label, language)
        if field.id in sealed.get("left_out", ()):
            yield label, say(N_("left out"), language)
        elif field.id in values:
            value = values[field.id]
            yield label, forms.answers.display(field, value, language, zone=zone, called=names.called)


def _pairs(told: Iterable[tuple[str, str]]) -> Iterator[str]:
    yield "<dl>"
    for label, value in told:
        yield f"<dt>{escape(label)}</dt><dd>{escape(value).replace(chr(10), '<br>')}</dd>"
    yield "</dl>"


def _contents(work: Work, definition: Definition, facts: dict[str, Any], names: Names) -> Iterator[str]:
    """Every frozen content, the one that counts first."""
    language = work.language
    for each in reversed(facts["versions"]):
        name = say(N_("Content {version}, {at}, {person}"), language, version=each["version"], at=each["at"],
                   person=each["by"])  # fmt: skip
        yield f"<h2>{escape(name)}</h2><p><code>{escape(each['digest'])}</code></p>"
        yield from _pairs(_answers(work, definition, names, each))
        if each.get("sealed", {}).get("erased"):
            yield f"<p>{escape(say(N_('The sealed answers were erased.'), language))}</p>"


def _acts(work: Work, definition: Definition, facts: dict[str, Any]) -> Iterator[str]:
    language = work.language
    posts = {each.code: in_language(each.names, language) for each in accounts.posts(work.session)}
    labels = {each.id: forms.spoken(each.label, language) for each in definition.steps}
    decided = {
        (each.id, one.value): forms.spoken(one.label, language)
        for each in definition.steps
        for one in each.decisions
    }
    for step in facts["steps"]:
        if step["acts"] or step["reason"]:
            yield f"<h2>{escape(labels.get(step['step'], step['step']))}</h2>"
        for act in step["acts"]:
            decision = decided.get((step["step"], act["decision"]), act["decision"])
            post = posts.get(act["post"], act["post"])
            told = (act["at"], act["name"], act["for"], post, decision, act["opinion"])
            yield f"<p>{escape(' · '.join(each for each in told if each))}</p>"
        if step["reason"]:
            yield f"<p>{escape(step['reason'])}</p>"


def _list(title: str, lines: Iterator[str]) -> Iterator[str]:
    told = [f"<li>{escape(each)}</li>" for each in lines]
    if told:
        yield f"<h2>{escape(title)}</h2><ul>{''.join(told)}</ul>"
