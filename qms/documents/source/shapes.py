"""The kinds of values a declaration may hold: marshmallow fields that refuse in sentences."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Iterator
from typing import Any, Final

from marshmallow import RAISE, Schema, ValidationError, fields, validate

from qms.calendar import SpanUnreadable, span
from qms.kernel.errors import Problem
from qms.kernel.labels import LANGUAGES, N_, Phrase

_CODE: Final = r"[A-Za-z0-9][A-Za-z0-9._-]*"
_ID: Final = r"[a-z][a-z0-9_-]*"
_NUMBER: Final = r"[^\s/\\@:§]{1,60}"
_Messages = dict[str, str | list[Any] | dict[Any, Any]]
ONE_OF: Final = N_("Choose one of {choices}.")
_NO_MAP: Final = N_("Write a map of keys and values here.")
_EMPTY: Final = N_("Write something here or leave the key out.")
MESSAGES: Final[_Messages] = {
    "required": N_("This key is needed."),
    "null": _EMPTY,
    "validator_failed": _EMPTY,
    "type": _NO_MAP,
}
_TEXT_MESSAGES: Final[_Messages] = {
    **MESSAGES,
    "invalid": N_("A text is needed here; put the value in quotes."),
}
_UNKNOWN: Final = "unknown"
_SCHEMA_MESSAGES: Final[dict[str, str]] = {"type": _NO_MAP, _UNKNOWN: _UNKNOWN}


class Text(fields.String):
    """A text; a value that YAML takes for a number or a truth needs quotes."""

    default_error_messages = _TEXT_MESSAGES

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> Any:
        text = super()._deserialize(value, attr, data, **more)
        if not text.strip():
            raise self.make_error("null")
        return text


class Truth(fields.Field[bool]):
    """true or false."""

    default_error_messages = MESSAGES

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> bool:  # noqa: ARG002
        if not isinstance(value, bool):
            raise ValidationError([Phrase(ONE_OF, choices="true, false")])
        return value


class Words(fields.Field[Any]):
    """A text for people: one text, or a map with a text for each language."""

    default_error_messages = MESSAGES

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> Any:
        if not isinstance(value, dict):
            return Text().deserialize(value, attr, data)
        faults: dict[str, Any] = {}
        for language, text in value.items():
            if language not in LANGUAGES:
                faults[language] = [Phrase(ONE_OF, choices=", ".join(LANGUAGES))]
            else:
                faults |= fault_at(Text(), language, text)
        if not value:
            raise self.make_error("null")
        if faults:
            raise ValidationError(faults)
        return value


class List(fields.Field[Any]):
    """A list of one sort of values, none of them twice."""

    default_error_messages = MESSAGES

    def __init__(self, inner: fields.Field[Any], *, filled: bool = False, **more: Any) -> None:
        super().__init__(**more)
        self.inner = inner
        self.filled = filled

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> Any:  # noqa: ARG002
        if not isinstance(value, list):
            raise ValidationError(N_("A list is needed here: [one, two]."))
        if self.filled and not value:
            raise self.make_error("null")
        faults: dict[Any, Any] = {}
        for place, entry in enumerate(value):
            faults |= fault_at(self.inner, place, entry)
            if place not in faults and entry in value[:place]:
                faults[place] = [N_("This stands in the list twice.")]
        if faults:
            raise ValidationError(faults)
        return value


class Map(fields.Field[Any]):
    """A map of free keys to one sort of values."""

    default_error_messages = MESSAGES

    def __init__(self, inner: fields.Field[Any], **more: Any) -> None:
        super().__init__(**more)
        self.inner = inner

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> Any:  # noqa: ARG002
        if not isinstance(value, dict):
            raise self.make_error("type")
        faults: dict[str, Any] = {}
        for key, entry in value.items():
            faults |= fault_at(self.inner, key, entry)
        if faults:
            raise ValidationError(faults)
        return value


class Maps(fields.Field[Any]):
    """A list of maps."""

    default_error_messages = MESSAGES

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> Any:  # noqa: ARG002
        if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
            raise ValidationError(N_("A list of maps is needed here, each line beginning with a hyphen."))
        return value


class Declarations(Maps):
    """A list of maps; each has an id of its own, a map with `section` and no id opens a group."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> Any:
        super()._deserialize(value, attr, data, **more)
        faults: dict[Any, Any] = {}
        seen: set[str] = set()
        for place, entry in enumerate(value):
            if "section" in entry and "id" not in entry:
                continue
            fault = fault_at(ident(required=True), "id", entry.get("id"))
            if fault:
                faults[place] = fault
            elif entry["id"] in seen:
                faults[place] = {"id": [N_("This id stands here twice.")]}
            else:
                seen.add(entry["id"])
        if faults:
            raise ValidationError(faults)
        return value


class Anything(fields.Field[Any]):
    """Any value; what it means is checked elsewhere."""

    default_error_messages = MESSAGES


def fault_at(inner: fields.Field[Any], key: Any, value: Any) -> dict[Any, Any]:
    """What a field finds wrong with a value, under the key where it stands."""
    try:
        inner.deserialize(value)
    except ValidationError as fault:
        return {key: fault.messages}
    return {}


def shaped(pattern: str, sentence: str, **more: Any) -> Text:
    """A text of one shape."""
    return Text(validate=validate.Regexp(f"(?:{pattern})\\Z", error=sentence), **more)


def code(**more: Any) -> Text:
    """A code of a department, post, role or circle."""
    return shaped(_CODE, N_("A code has Latin letters, figures and hyphens only."), **more)


def ident(**more: Any) -> Text:
    """An id inside a document."""
    return shaped(_ID, N_("An id has small Latin letters, figures and hyphens, a letter first."), **more)


def document_number(**more: Any) -> Text:
    """The number of a document; the organisation's pattern is checked where settings are known."""
    return shaped(_NUMBER, N_("A number has neither spaces nor / \\ @ : § and at most 60 signs."), **more)


def choice(choices: Iterable[str], **more: Any) -> Text:
    """One of a closed list of texts."""
    names = list(choices)

    def check(value: str) -> None:
        if value not in names:
            raise ValidationError([Phrase(ONE_OF, choices=", ".join(names))])

    return Text(validate=check, **more)


def _readable_span(value: str) -> None:
    try:
        span(value)
    except SpanUnreadable as fault:
        raise ValidationError([Phrase(fault.message, **fault.facts)]) from fault


def span_text(**more: Any) -> Text:
    """A span of time as the calendar reads it."""
    return Text(validate=_readable_span, **more)


class Quorum(fields.Field[Any]):
    """How many of those asked have to sign."""

    default_error_messages = MESSAGES

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> Any:  # noqa: ARG002
        whole = isinstance(value, int) and not isinstance(value, bool) and value > 0
        if not whole and value not in ("all", "each", "any"):
            raise ValidationError([Phrase(ONE_OF, choices="all, each, any, 1, 2, 3 …")])
        return value


class Inner(fields.Nested):
    """A map with keys of its own."""

    default_error_messages = MESSAGES


class Strict(Schema):
    """A map that takes no key it does not know."""

    error_messages = _SCHEMA_MESSAGES

    class Meta:
        """Keys nobody knows are refused."""

        unknown = RAISE


def problems_of(schema: Schema, value: Any, *path: str) -> list[Problem]:
    """The faults of a value by dotted field below `path`; positions in lists count from 1."""
    keys = [entry.data_key or name for name, entry in schema.fields.items()]
    return list(_flat(schema.validate(value), path, keys))


def _flat(errors: Any, path: tuple[str, ...], keys: Collection[str]) -> Iterator[Problem]:
    if isinstance(errors, dict):
        for key, inner in errors.items():
            step = str(key + 1) if isinstance(key, int) else str(key)
            yield from _flat(inner, path if step == "_schema" else (*path, step), keys)
        return
    for fault in errors:
        phrase = _unknown(path[-1], keys) if fault == _UNKNOWN else fault
        if isinstance(phrase, Phrase):
            yield Problem(phrase.text, field=".".join(path), facts=phrase.facts)
        else:
            yield Problem(phrase, field=".".join(path))


def _unknown(key: str, keys: Collection[str]) -> Phrase:
    close = difflib.get_close_matches(key, keys, n=1, cutoff=0.75)
    if close:
        return Phrase(N_("There is no key {key}; perhaps {close} is meant."), key=key, close=close[0])
    return Phrase(N_("There is no key {key} here; remove it or correct it."), key=key)
