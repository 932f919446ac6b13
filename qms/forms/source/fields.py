"""The shape of sections, fields and columns in a head."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from marshmallow import ValidationError, fields, validates_schema

from qms.documents import source
from qms.forms.definition import CHOICES, NUMBERS, Type
from qms.forms.patterns import fault_of
from qms.kernel.labels import N_, Phrase
from qms.kernel.ports import Secrecy

shapes = source.shapes
ROWS: Final = 60
"""The most empty rows a table may have on paper."""
PLACES: Final = 10
LONGEST: Final = 20_000
TOTALS: Final = ("sum", "mean", "least", "most", "count")
PARTIES: Final = ("client", "member", "partner", "supplier", "outside")
GRADES: Final = tuple(grade.name.lower() for grade in Secrecy)
_CODE: Final = r"[0-9]\.[0-9]{2}\.[0-9]{3}"
_CURRENCY: Final = r"[A-Z]{3}"
_FIGURE: Final = re.compile(r"-?(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{1,10})?", re.ASCII)
_FORMULA: Final = 1000
_NO_DEFAULT: Final = frozenset({Type.TABLE, Type.FILE, Type.PHOTO, Type.SIGNATURE, Type.COMPUTED})


class Whole(fields.Field[int]):
    """A whole number between two others."""

    default_error_messages = shapes.MESSAGES

    def __init__(self, least: int, most: int, **more: Any) -> None:
        super().__init__(**more)
        self.least, self.most = least, most

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> int:  # noqa: ARG002
        if not isinstance(value, int) or isinstance(value, bool) or not self.least <= value <= self.most:
            text = N_("Write a whole number from {least} to {most}.")
            raise ValidationError([Phrase(text, least=self.least, most=self.most)])
        return value


class Figure(fields.Field[Decimal]):
    """A number as heads have it: whole, or a text with a decimal point."""

    default_error_messages = shapes.MESSAGES

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> Any:  # noqa: ARG002
        written = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
        if not isinstance(written, str) or _FIGURE.fullmatch(written) is None:
            raise ValidationError([N_("Write a number here, such as 500 or 0.25.")])
        return Decimal(written)


def formula(**more: Any) -> shapes.Text:
    """The text of a formula; what it means is checked where the names are known."""

    def check(value: str) -> None:
        if len(value) > _FORMULA:
            raise ValidationError([Phrase(N_("A formula has at most {most} signs."), most=_FORMULA)])

    return shapes.Text(validate=check, **more)


class _ChoiceMap(shapes.Strict):
    value = shapes.ident(required=True)
    label = shapes.Words(required=True)


class _FromRegister(shapes.Strict):
    register = shapes.document_number(required=True)


class _OneOption(fields.Field[Any]):
    default_error_messages = shapes.MESSAGES

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> Any:
        inner = shapes.Inner(_ChoiceMap) if isinstance(value, dict) else shapes.Text()
        return inner.deserialize(value, attr, data)


class _Options(shapes.List):
    """A list of choices, or the register that holds them."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> Any:
        if isinstance(value, dict):
            return shapes.Inner(_FromRegister).deserialize(value, attr, data)
        super()._deserialize(value, attr, data, **more)
        values = [option["value"] if isinstance(option, dict) else option for option in value]
        if len(set(values)) < len(values):
            raise ValidationError([N_("Two options have the same value.")])
        return value


class _Pattern(shapes.Text):
    """A pattern that can be matched in a short time whatever is written."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> Any:
        text = super()._deserialize(value, attr, data, **more)
        fault = fault_of(text)
        if fault:
            raise ValidationError([fault])
        return text


class _FormulaMap(shapes.Strict):
    formula = formula(required=True)


class _Default(fields.Field[Any]):
    """A value as people would type it, or a formula over the names the system knows."""

    default_error_messages = shapes.MESSAGES

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> Any:
        if isinstance(value, dict):
            return shapes.Inner(_FormulaMap).deserialize(value, attr, data)
        if isinstance(value, int):
            return value
        return shapes.Text().deserialize(value, attr, data)


class _Check(shapes.Strict):
    that = formula(required=True)
    say = shapes.Words(required=True)


class Common(shapes.Strict):
    """What fields, columns of tables and columns of registers have in common."""

    id = shapes.ident(required=True)
    label = shapes.Words(required=True)
    type = shapes.choice([entry for entry in Type if entry is not Type.TABLE], required=True)
    required = shapes.Truth()
    options = _Options(_OneOption(), filled=True)
    unit = shapes.Words()
    currency = shapes.shaped(_CURRENCY, N_("A currency has three capital letters, such as CNY."))
    formula = formula()
    code = shapes.shaped(_CODE, N_("An information code has three levels, such as 4.41.001 (in quotes)."))
    help = shapes.Words()
    least = Figure()
    most = Figure()
    places = Whole(0, PLACES)
    longest = Whole(1, LONGEST)
    pattern = _Pattern()
    form = shapes.List(shapes.document_number(), filled=True)
    kinds = shapes.List(shapes.choice(PARTIES), filled=True)

    @validates_schema(skip_on_field_errors=True)
    def fits_its_type(self, data: Mapping[str, Any], **_: Any) -> None:
        """Options belong to choices, a formula to what is computed, a currency to money."""
        faults: dict[str, Any] = {}
        for key, types, needed in _BELONGINGS:
            if key in data and data["type"] not in types:
                names = ", ".join(sorted(types))
                faults[key] = [Phrase(N_("This belongs to a field of the type {types}."), types=names)]
            if key not in data and data["type"] in needed:
                faults[key] = [shapes.MESSAGES["required"]]
        if "least" in data and "most" in data and not faults and data["least"] > data["most"]:
            faults["most"] = [N_("The most is less than the least.")]
        if faults:
            raise ValidationError(faults)


_NONE: Final[frozenset[Type]] = frozenset()
_BELONGINGS: Final = (
    ("options", CHOICES | {Type.COMPUTED}, CHOICES),
    ("formula", frozenset({Type.COMPUTED}), frozenset({Type.COMPUTED})),
    ("currency", frozenset({Type.MONEY}), _NONE),
    ("unit", frozenset({Type.NUMBER, Type.COMPUTED}), _NONE),
    ("least", NUMBERS, _NONE),
    ("most", NUMBERS, _NONE),
    ("places", NUMBERS, _NONE),
    ("longest", frozenset({Type.TEXT, Type.LONG_TEXT}), _NONE),
    ("pattern", frozenset({Type.TEXT}), _NONE),
    ("form", frozenset({Type.RECORD}), _NONE),
    ("kinds", frozenset({Type.PARTY}), _NONE),
    ("columns", frozenset({Type.TABLE}), frozenset({Type.TABLE})),
    ("rows", frozenset({Type.TABLE}), _NONE),
    ("default", frozenset(Type) - _NO_DEFAULT, _NONE),
)


class _TableColumn(Common):
    required_when = formula(data_key="required-when")
    check = shapes.List(shapes.Inner(_Check), filled=True)


class _Columns(shapes.Declarations):
    """The columns of a table: fields that are no tables themselves."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> Any:
        super()._deserialize(value, attr, data, **more)
        faults: dict[Any, Any] = {}
        for place, entry in enumerate(value):
            faults |= shapes.fault_at(shapes.Inner(_TableColumn), place, entry)
        if faults:
            raise ValidationError(faults)
        if not value:
            raise self.make_error("null")
        return value


class _Field(_TableColumn):
    type = shapes.choice(Type, required=True)
    rows = Whole(1, ROWS)
    columns = _Columns()
    show_when = formula(data_key="show-when")
    default = _Default()
    personal = shapes.Truth()


class _RegisterColumn(Common):
    value = formula()
    secrecy = shapes.choice(GRADES)
    total = shapes.choice(TOTALS)


class _Section(shapes.Strict):
    section = shapes.Words(required=True)
    step = shapes.ident()
    show_when = formula(data_key="show-when")


SECTION: Final = _Section()
FIELD: Final = _Field()
COLUMN: Final = _RegisterColumn()
