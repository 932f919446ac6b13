"""The shape of steps, clocks, what a form opens and how its records are kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from marshmallow import ValidationError, fields, validates_schema

from qms.forms.source.fields import GRADES, Figure, formula, shapes
from qms.kernel.labels import N_, Phrase

_HOUR: Final = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]"
_OPENS: Final = ("form", "task", "action", "change-request")
_REQUIRED: Final = ("required",)
_NO: Final = ("yes", "no", True, False)


class Within(fields.Field[Any]):
    """One span, or a span for each value of a choice field."""

    default_error_messages = shapes.MESSAGES

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> Any:
        if not isinstance(value, dict):
            return shapes.span_text().deserialize(value, attr, data)
        faults: dict[str, Any] = {}
        for key, entry in value.items():
            faults |= shapes.fault_at(shapes.ident() if key == "by" else shapes.span_text(), key, entry)
        if "by" not in value:
            faults["by"] = [shapes.MESSAGES["required"]]
        if faults:
            raise ValidationError(faults)
        return value


class _YesNo(fields.Field[Any]):
    default_error_messages = shapes.MESSAGES

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> Any:  # noqa: ARG002
        if value not in _NO:
            raise ValidationError([Phrase(shapes.ONE_OF, choices="yes, no")])
        return value


class _Seats(shapes.Strict):
    posts = shapes.List(shapes.code(), filled=True)
    roles = shapes.List(shapes.code(), filled=True)
    quorum = shapes.Quorum()

    @validates_schema(skip_on_field_errors=True)
    def names_somebody(self, data: Mapping[str, Any], **_: Any) -> None:
        """What asks somebody says whom."""
        if not data.get("posts") and not data.get("roles"):
            raise ValidationError([N_("Name at least one post or role here.")])


class _Level(_Seats):
    most = Figure()


class _By(shapes.Strict):
    posts = shapes.List(shapes.code(), filled=True)
    roles = shapes.List(shapes.code(), filled=True)
    quorum = shapes.Quorum()
    field = shapes.ident()
    author = shapes.Truth()
    of = shapes.ident()


class _Authority(fields.Field[Any]):
    """Who decides: levels of an amount under `up-to`, or seats for each value of a choice."""

    default_error_messages = shapes.MESSAGES

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> Any:  # noqa: ARG002
        if not isinstance(value, dict):
            raise self.make_error("type")
        faults: dict[str, Any] = {}
        for key, entry in value.items():
            faults |= shapes.fault_at(self._inner(key), key, entry)
        if "by" not in value:
            faults["by"] = [shapes.MESSAGES["required"]]
        elif not faults:
            faults |= self._whole(value)
        if faults:
            raise ValidationError(faults)
        return value

    @staticmethod
    def _inner(key: str) -> fields.Field[Any]:
        if key == "by":
            return shapes.ident()
        return shapes.List(shapes.Inner(_Level), filled=True) if key == "up-to" else shapes.Inner(_Seats)

    @staticmethod
    def _whole(value: Mapping[str, Any]) -> dict[str, Any]:
        if set(value) == {"by"}:
            return {"by": [N_("Say who decides: up-to with amounts, or one line for each value.")]}
        if "up-to" not in value:
            return {}
        if set(value) - {"by", "up-to"}:
            return {"up-to": [N_("Either amounts stand here or values, not both.")]}
        bounds = [Figure().deserialize(level["most"]) for level in value["up-to"] if "most" in level]
        open_ends = [place for place, level in enumerate(value["up-to"]) if "most" not in level]
        last = len(value["up-to"]) - 1
        if bounds != sorted(set(bounds)) or any(place < last for place in open_ends):
            text = N_("The amounts rise from line to line; only the last line may be without one.")
            return {"up-to": [text]}
        return {}


class _Decision(shapes.Strict):
    value = shapes.ident(required=True)
    label = shapes.Words(required=True)
    ends = shapes.Truth()


class _Decisions(shapes.List):
    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> Any:
        super()._deserialize(value, attr, data, **more)
        if len({entry["value"] for entry in value}) < len(value):
            raise ValidationError([N_("Two options have the same value.")])
        return value


class _Step(shapes.Strict):
    id = shapes.ident(required=True)
    label = shapes.Words(required=True)
    by = shapes.Inner(_By)
    opinion = shapes.choice(("required", "optional"))
    signature = shapes.choice(_REQUIRED)
    accept = shapes.choice(_REQUIRED)
    return_ = _YesNo(data_key="return")
    when = formula()
    not_by = shapes.List(shapes.ident(), data_key="not-by", filled=True)
    recuse = shapes.List(shapes.ident(), filled=True)
    authority = _Authority()
    decisions = _Decisions(shapes.Inner(_Decision), filled=True)
    within = Within()
    from_ = shapes.ident(data_key="from")
    warn = shapes.span_text()

    @validates_schema(skip_on_field_errors=True)
    def is_somebodys(self, data: Mapping[str, Any], **_: Any) -> None:
        """A step is somebody's, by `by` or by `authority`; what runs needs a limit."""
        faults: dict[str, Any] = {}
        by = data.get("by", {})
        named = any(by.get(key) for key in ("posts", "roles", "field", "author"))
        if "by" not in data and "authority" not in data:
            faults["by"] = [shapes.MESSAGES["required"]]
        elif not named and "authority" not in data:
            faults["by"] = [N_("A step names at least one post or role, a field, or the author.")]
        for key in ("from_", "warn"):
            if key in data and "within" not in data:
                faults[key.rstrip("_")] = [N_("This needs a limit: write within as well.")]
        if faults:
            raise ValidationError(faults)


class _Clock(shapes.Strict):
    id = shapes.ident(required=True)
    label = shapes.Words(required=True)
    from_ = shapes.ident(data_key="from")
    until = shapes.ident()
    within = Within(required=True)
    warn = shapes.span_text()
    cut_off = shapes.shaped(_HOUR, N_('An hour has the form "16:00", in quotes.'), data_key="cut-off")


class _Task(shapes.Strict):
    label = shapes.Words(required=True)


class _Action(shapes.Strict):
    title = shapes.Words(required=True)


class _ChangeRequest(shapes.Strict):
    document = shapes.document_number()


class _To(shapes.Strict):
    posts = shapes.List(shapes.code(), filled=True)
    roles = shapes.List(shapes.code(), filled=True)
    quorum = shapes.Quorum()
    field = shapes.ident()
    author = shapes.Truth()
    of = shapes.ident()

    @validates_schema(skip_on_field_errors=True)
    def names_somebody(self, data: Mapping[str, Any], **_: Any) -> None:
        """What is opened is somebody's."""
        if not any(data.get(key) for key in ("posts", "roles", "field", "author")):
            raise ValidationError([N_("Name posts, roles, a field, or the author here.")])


class _Opening(shapes.Strict):
    when = formula()
    at = shapes.ident()
    form = shapes.document_number()
    task = shapes.Inner(_Task)
    action = shapes.Inner(_Action)
    change_request = shapes.Inner(_ChangeRequest, data_key="change-request")
    to = shapes.Inner(_To)
    within = shapes.span_text()
    values = shapes.Map(formula())

    @validates_schema(skip_on_field_errors=True)
    def opens_one_thing(self, data: Mapping[str, Any], **_: Any) -> None:
        """Exactly one thing is opened, and a task or an action is somebody's."""
        named = [key for key in _OPENS if key.replace("-", "_") in data]
        if len(named) != 1:
            raise ValidationError([Phrase(N_("Write one of {keys} here."), keys=", ".join(_OPENS))])
        faults = dict(_opening_faults(named[0], data))
        if faults:
            raise ValidationError(faults)


def _opening_faults(what: str, data: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    if what != "form" and "values" in data:
        yield "values", [N_("First answers belong to a form that is opened.")]
    if what in ("task", "action") and "to" not in data:
        yield "to", [shapes.MESSAGES["required"]]


class _Records(shapes.Strict):
    secrecy = shapes.choice(GRADES)
    circle = shapes.code()
    department = shapes.ident()
    on = shapes.ident()


STEP: Final = _Step()
CLOCK: Final = _Clock()
OPENING: Final = _Opening()
RECORDS: Final = _Records()
