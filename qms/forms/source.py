"""What the head of a form, register, scorecard or objective sheet may declare, checked by field."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from marshmallow import ValidationError, fields, validates_schema

from qms.documents import source
from qms.forms.definition import CHOICES, Type
from qms.kernel.errors import Problem
from qms.kernel.labels import N_, Phrase

_shapes = source.shapes
_ROWS: Final = 60
_CODE: Final = r"[0-9]\.[0-9]{2}\.[0-9]{3}"
_CURRENCY: Final = r"[A-Z]{3}"
_MARK: Final = re.compile(r"\{([^{}]*)\}")
_SEQUENCE: Final = re.compile(r"seq:[1-9]", re.ASCII)


def problems(head: Mapping[str, Any]) -> list[Problem]:
    """The faults of a declared content by field; the head itself has its right shape."""
    found: list[Problem] = []
    ids: dict[str, Mapping[str, Any]] = {}
    for key in ("fields", "columns"):
        for place, item in enumerate(head.get(key, ()), 1):
            schema = _SECTION if set(item) == {"section"} else _COLUMN if key == "columns" else _FIELD
            found += _shapes.problems_of(schema, item, key, str(place))
            ids[item.get("id", "")] = item
    for place, item in enumerate(head.get("steps", ()), 1):
        faults = _shapes.problems_of(_STEP, item, "steps", str(place))
        found += faults or list(_limit_problems(item, ids, f"steps.{place}.within"))
    return [*found, *_whole_problems(head)]


def _whole_problems(head: Mapping[str, Any]) -> Iterator[Problem]:
    wanted = {"form": ("fields",), "register": ("columns",)}.get(head["kind"], ("fields", "columns"))
    if not any(head.get(key) for key in wanted):
        text = N_("Nothing can be filled in here; declare {keys}.")
        yield Problem(text, field=wanted[0], facts={"keys": ", ".join(wanted)})
    for key in ("fields", "columns"):
        if key in head and key not in wanted:
            text = N_("A document of the kind {kind} declares {keys} instead.")
            yield Problem(text, field=key, facts={"kind": head["kind"], "keys": ", ".join(wanted)})
    template = head.get("record-number")
    if template is not None and not _is_record_number(template):
        text = N_("A record number has {example} in it: year may be left out, seq says how many digits.")
        yield Problem(text, field="record-number", facts={"example": "{year}-{seq:6}"})


def _is_record_number(template: str) -> bool:
    marks = _MARK.findall(template)
    left = _MARK.sub("", template)
    sequences = [mark for mark in marks if _SEQUENCE.fullmatch(mark)]
    known = all(mark in {"year", "month"} or mark in sequences for mark in marks)
    return known and len(sequences) == 1 and not set("{} /\\@:") & set(left)


def _limit_problems(
    step: Mapping[str, Any], ids: Mapping[str, Mapping[str, Any]], path: str
) -> Iterator[Problem]:
    within = step.get("within")
    if not isinstance(within, dict):
        return
    name = within["by"]
    options = ids.get(name, {}).get("options")
    if options is None:
        text = N_("There is no choice field {name} in this document.")
        yield Problem(text, field=f"{path}.by", facts={"name": name})
    if not isinstance(options, list):
        return
    values = {option["value"] if isinstance(option, dict) else option for option in options}
    for value in within:
        if value not in {"by", "default"} and value not in values:
            text = N_("The field {name} has no option {value}.")
            yield Problem(text, field=f"{path}.{value}", facts={"name": name, "value": value})


class _Rows(fields.Field[int]):
    default_error_messages = _shapes.MESSAGES

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> int:  # noqa: ARG002
        if not isinstance(value, int) or isinstance(value, bool) or not 0 < value <= _ROWS:
            raise ValidationError([Phrase(N_("Write a whole number from 1 to {most}."), most=_ROWS)])
        return value


class _ChoiceMap(_shapes.Strict):
    value = _shapes.ident(required=True)
    label = _shapes.Words(required=True)


class _FromRegister(_shapes.Strict):
    register = _shapes.document_number(required=True)


class _OneOption(fields.Field[Any]):
    default_error_messages = _shapes.MESSAGES

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> Any:
        inner = _shapes.Inner(_ChoiceMap) if isinstance(value, dict) else _shapes.Text()
        return inner.deserialize(value, attr, data)


class _Options(_shapes.List):
    """A list of choices, or the register that holds them."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> Any:
        if isinstance(value, dict):
            return _shapes.Inner(_FromRegister).deserialize(value, attr, data)
        super()._deserialize(value, attr, data, **more)
        values = [option["value"] if isinstance(option, dict) else option for option in value]
        if len(set(values)) < len(values):
            raise ValidationError([N_("Two options have the same value.")])
        return value


class _Within(fields.Field[Any]):
    """One span, or a span for each value of a choice field."""

    default_error_messages = _shapes.MESSAGES

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> Any:
        if not isinstance(value, dict):
            return _shapes.span_text().deserialize(value, attr, data)
        faults: dict[str, Any] = {}
        for key, entry in value.items():
            faults |= _shapes.fault_at(_shapes.ident() if key == "by" else _shapes.span_text(), key, entry)
        if "by" not in value:
            faults["by"] = [_shapes.MESSAGES["required"]]
        if faults:
            raise ValidationError(faults)
        return value


class _Section(_shapes.Strict):
    section = _shapes.Words(required=True)


class _Column(_shapes.Strict):
    id = _shapes.ident(required=True)
    label = _shapes.Words(required=True)
    type = _shapes.choice([entry for entry in Type if entry is not Type.TABLE], required=True)
    required = _shapes.Truth()
    options = _Options(_OneOption(), filled=True)
    unit = _shapes.Words()
    currency = _shapes.shaped(_CURRENCY, N_("A currency has three capital letters, such as CNY."))
    formula = _shapes.Text()
    code = _shapes.shaped(_CODE, N_("An information code has three levels, such as 4.41.001 (in quotes)."))
    help = _shapes.Words()

    @validates_schema(skip_on_field_errors=True)
    def fits_its_type(self, data: Mapping[str, Any], **_: Any) -> None:
        """Options belong to choices, a formula to what is computed, a currency to money."""
        faults: dict[str, Any] = {}
        for key, types, needed in _BELONGINGS:
            if key in data and data["type"] not in types:
                names = ", ".join(sorted(types))
                faults[key] = [Phrase(N_("This belongs to a field of the type {types}."), types=names)]
            if needed and key not in data and data["type"] in types:
                faults[key] = [_shapes.MESSAGES["required"]]
        if faults:
            raise ValidationError(faults)


_BELONGINGS: Final = (
    ("options", CHOICES, True),
    ("formula", frozenset({Type.COMPUTED}), True),
    ("currency", frozenset({Type.MONEY}), False),
    ("unit", frozenset({Type.NUMBER, Type.COMPUTED}), False),
    ("columns", frozenset({Type.TABLE}), True),
    ("rows", frozenset({Type.TABLE}), False),
)


class _Columns(_shapes.Declarations):
    """The columns of a table: fields that are no tables themselves."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> Any:
        super()._deserialize(value, attr, data, **more)
        faults: dict[Any, Any] = {}
        for place, entry in enumerate(value):
            faults |= _shapes.fault_at(_shapes.Inner(_Column), place, entry)
        if faults:
            raise ValidationError(faults)
        if not value:
            raise self.make_error("null")
        return value


class _Field(_Column):
    type = _shapes.choice(Type, required=True)
    rows = _Rows()
    columns = _Columns()


class _By(_shapes.Strict):
    posts = _shapes.List(_shapes.code(), filled=True)
    roles = _shapes.List(_shapes.code(), filled=True)
    quorum = _shapes.Quorum()

    @validates_schema(skip_on_field_errors=True)
    def names_somebody(self, data: Mapping[str, Any], **_: Any) -> None:
        """A step is somebody's."""
        if not data.get("posts") and not data.get("roles"):
            raise ValidationError([N_("A step names at least one post or role.")])


class _Step(_shapes.Strict):
    id = _shapes.ident(required=True)
    label = _shapes.Words(required=True)
    by = _shapes.Inner(_By, required=True)
    opinion = _shapes.choice(("required", "optional"))
    within = _Within()


_SECTION: Final = _Section()
_FIELD: Final = _Field()
_COLUMN: Final = _Column()
_STEP: Final = _Step()
