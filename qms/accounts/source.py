"""An organisation as a YAML file: departments, posts, circles, people, substitutions, each with its line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from marshmallow import RAISE, Schema, ValidationError, fields

from qms.accounts.errors import OrganisationWrong
from qms.kernel import plain_yaml
from qms.kernel.errors import Problem
from qms.kernel.labels import LANGUAGES, N_, Phrase
from qms.kernel.ports import Secrecy

Path = tuple[str | int, ...]

_MESSAGES: Final[dict[str, Any]] = {
    "required": N_("This key is needed."),
    "null": N_("Write something here or leave the key out."),
    "invalid": N_("A text is needed here."),
    "type": N_("Write a map of keys and values here."),
    "unknown": N_("There is no such key here; remove it or correct it."),
}
_LIST_MESSAGES: Final[dict[str, Any]] = {**_MESSAGES, "invalid": N_("A list is needed here.")}


@dataclass(frozen=True, slots=True)
class Organisation:
    """A read file: its lists as plain maps, and the line on which each value stands."""

    file: str
    departments: tuple[Mapping[str, Any], ...] = ()
    posts: tuple[Mapping[str, Any], ...] = ()
    circles: tuple[Mapping[str, Any], ...] = ()
    people: tuple[Mapping[str, Any], ...] = ()
    substitutions: tuple[Mapping[str, Any], ...] = ()
    plain: plain_yaml.Plain = field(default_factory=plain_yaml.Plain, repr=False)

    def problem(self, path: Path, message: str, **facts: object) -> Problem:
        """A fault at a place of the file; positions in lists count from 1, as people count."""
        where = ".".join(str(step + 1) if isinstance(step, int) else step for step in path)
        return Problem(message, self.file, self.plain.line(where), where, facts)


def read_organisation(text: str, file: str) -> Organisation:
    """Read and check the shape of a file; every fault is named by file, line and field."""
    plain = plain_yaml.read(text, numbers=False)
    found, loaded = plain.found(file), {}
    blank = Organisation(file, plain=plain)
    if plain.value is not None:  # a key that stands twice is told with the faults of shape
        try:
            loaded = _File().load(plain.value)
        except ValidationError as fault:
            told = _flat(fault.messages, ())
            found += [blank.problem(path, phrase.text, **phrase.facts) for path, phrase in told]
    if found:
        raise OrganisationWrong(sorted(found, key=lambda each: (each.line or 0, each.field or "")))
    return Organisation(file, plain=plain, **{key: tuple(rows) for key, rows in loaded.items()})


def _flat(messages: Any, path: Path) -> Iterator[tuple[Path, Phrase]]:
    if isinstance(messages, dict):
        for key, inner in messages.items():
            yield from _flat(inner, path if key == "_schema" else (*path, key))
        return
    for message in messages:
        yield path, message if isinstance(message, Phrase) else Phrase(message)


class _Strict(Schema):
    error_messages = _MESSAGES

    class Meta:
        unknown = RAISE


class _Text(fields.String):
    default_error_messages = _MESSAGES

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> str:
        text = super()._deserialize(value, attr, data, **more).strip()
        if not text:
            raise self.make_error("null")
        return text


class _Day(fields.Field[date]):
    default_error_messages = _MESSAGES

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> date:  # noqa: ARG002
        try:
            return date.fromisoformat(str(value))
        except ValueError as fault:
            raise ValidationError([Phrase(N_("Write a day as 2026-01-31."))]) from fault


class _Truth(fields.Field[bool]):
    default_error_messages = _MESSAGES

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> bool:  # noqa: ARG002
        if not isinstance(value, bool):
            raise ValidationError([Phrase(N_("Choose one of {choices}."), choices="true, false")])
        return value


class _Names(fields.Field[Any]):
    """One text, or a text for each language."""

    default_error_messages = _MESSAGES

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> dict[str, str]:
        if not isinstance(value, dict):
            return {LANGUAGES[0]: str(_Text().deserialize(value, attr, data))}
        if not value or not set(value) <= set(LANGUAGES):
            raise ValidationError([Phrase(N_("Choose one of {choices}."), choices=", ".join(LANGUAGES))])
        return {language: str(_Text().deserialize(text, attr, data)) for language, text in value.items()}


def _one_of(choices: Iterable[str]) -> _Text:
    names = list(choices)

    def check(value: str) -> None:
        if value not in names:
            raise ValidationError([Phrase(N_("Choose one of {choices}."), choices=", ".join(names))])

    return _Text(validate=check)


class _Grant(fields.Field[Any]):
    """The code of a role, or a map with role and department."""

    default_error_messages = _MESSAGES

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> dict[str, str]:
        if isinstance(value, dict):
            return dict(_GrantMap().load(value))
        return {"role": str(_Text().deserialize(value, attr, data))}


class _List(fields.List[Any]):
    default_error_messages = _LIST_MESSAGES


class _Map(fields.Nested):
    default_error_messages = _MESSAGES


class _GrantMap(_Strict):
    role = _Text(required=True)
    department = _Text()


class _Department(_Strict):
    code = _Text(required=True)
    names = _Names(required=True)
    parent = _Text()


class _Post(_Strict):
    code = _Text(required=True)
    names = _Names(required=True)
    department = _Text()
    head = _Truth()


class _Circle(_Strict):
    code = _Text(required=True)
    names = _Names(required=True)


class _Person(_Strict):
    login = _Text(required=True)
    name = _Text()
    email = _Text()
    language = _one_of(LANGUAGES)
    verified = _Text()
    from_on = _Day(data_key="from")
    departments = _List(_Text())
    posts = _List(_Text())
    grants = _List(_Grant())
    clearance = _one_of(grade.name.lower() for grade in Secrecy)
    circles = _List(_Text())


class _Substitution(_Strict):
    person = _Text(required=True)
    substitute = _Text(required=True)
    from_on = _Day(data_key="from", required=True)
    until_on = _Day(data_key="until", required=True)


class _File(_Strict):
    departments = _List(_Map(_Department))
    posts = _List(_Map(_Post))
    circles = _List(_Map(_Circle))
    people = _List(_Map(_Person))
    substitutions = _List(_Map(_Substitution))
