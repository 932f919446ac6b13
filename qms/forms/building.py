"""Pure rules: the head of a declared document, its shape already checked, read into a `Definition`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import time
from decimal import Decimal
from typing import Any, Final

from qms.calendar import span
from qms.forms.definition import (
    ROWS,
    Authority,
    Check,
    Clock,
    Decision,
    Definition,
    Field,
    Kept,
    Level,
    Limit,
    Opening,
    Option,
    Seats,
    Section,
    Step,
    Type,
)

CLOSE: Final = "close"
"""Where something is said to happen at the close of a record instead of in a step."""
_DECLARED: Final = frozenset({"fields", "columns", "steps", "clocks", "opens"})
_SPOKEN: Final = frozenset({"label", "help", "unit", "section", "say"})
"""The keys whose texts people read."""
_DECIDES: Final = frozenset({"by", "up-to", "default"})


def build(head: Mapping[str, Any]) -> Definition:
    """The declaration of a head whose shape has been checked."""
    if head.get("language") == "zh-Hant":
        head = {key: _traditional(head[key]) if key in _DECLARED else head[key] for key in head}
    return Definition(
        record_number=head.get("record-number", ""),
        landscape=head.get("orientation") == "landscape" or "columns" in head,
        sections=tuple(_sections(head.get("fields", ()))),
        columns=tuple(read_field(item) for item in head.get("columns", ())),
        steps=tuple(read_step(item) for item in head.get("steps", ())),
        register=head.get("register"),
        sources=tuple(head.get("from", ())),
        clocks=tuple(read_clock(item) for item in head.get("clocks", ())),
        opens=tuple(read_opening(item) for item in head.get("opens", ())),
        kept=read_kept(head.get("records", {})),
        part_of=head.get("part-of"),
    )


def _traditional(value: Any, key: str = "") -> Any:
    """What is declared in traditional characters, told to be so: nobody converts it again (D-0031)."""
    if isinstance(value, str):
        return {"zh-Hant": value} if key in _SPOKEN else value
    if isinstance(value, Mapping):
        known = key in _SPOKEN
        return value if known else {name: _traditional(value[name], name) for name in value}
    if isinstance(value, Sequence):
        if key == "options":
            value = [_choice(each) for each in value]
        return [_traditional(each) for each in value]
    return value


def _choice(option: Any) -> Any:
    return {"value": option, "label": option} if isinstance(option, str) else option


def is_section(item: Mapping[str, Any]) -> bool:
    """Whether an item of `fields` opens a group instead of asking something."""
    return "section" in item and "id" not in item


def _sections(items: Sequence[Mapping[str, Any]]) -> Iterator[Section]:
    group: Mapping[str, Any] = {}
    fields: list[Field] = []
    for item in items:
        if is_section(item):
            if group or fields:
                yield _section(group, fields)
            group, fields = item, []
        else:
            fields.append(replace(read_field(item), step=group.get("step", "")))
    if group or fields:
        yield _section(group, fields)


def _section(group: Mapping[str, Any], fields: Sequence[Field]) -> Section:
    return Section(group.get("section", ""), tuple(fields), group.get("show-when", ""), group.get("step", ""))


def read_field(item: Mapping[str, Any]) -> Field:
    """One field or column of a head."""
    options = item.get("options", ())
    default = item.get("default", "")
    return Field(
        id=item["id"],
        label=item["label"],
        type=Type(item["type"]),
        required=item.get("required", False),
        options=() if isinstance(options, Mapping) else tuple(_option(option) for option in options),
        options_from=options["register"] if isinstance(options, Mapping) else None,
        unit=item.get("unit", ""),
        currency=item.get("currency", ""),
        formula=item.get("formula", ""),
        code=item.get("code", ""),
        help=item.get("help", ""),
        rows=item.get("rows", ROWS),
        columns=tuple(read_field(column) for column in item.get("columns", ())),
        required_when=item.get("required-when", ""),
        show_when=item.get("show-when", ""),
        default="" if isinstance(default, Mapping) else written(default),
        default_formula=default["formula"] if isinstance(default, Mapping) else "",
        least=_decimal(item.get("least")),
        most=_decimal(item.get("most")),
        longest=item.get("longest"),
        pattern=item.get("pattern", ""),
        places=item.get("places"),
        checks=tuple(Check(entry["that"], entry["say"]) for entry in item.get("check", ())),
        personal=item.get("personal", False),
        forms=tuple(item.get("form", ())),
        kinds=tuple(item.get("kinds", ())),
        value=item.get("value", ""),
        secrecy=item.get("secrecy", ""),
        total=item.get("total", ""),
    )


def written(value: str | int | bool) -> str:  # noqa: FBT001 - a scalar as it stands in the head
    """A scalar of a head as a person would type it into the field."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _option(option: str | Mapping[str, Any]) -> Option:
    if isinstance(option, str):
        return Option(option, option)
    return Option(option["value"], option["label"])


def _decimal(value: int | str | None) -> Decimal | None:
    return None if value is None else Decimal(value)


def _seats(by: Mapping[str, Any]) -> Seats:
    return Seats(tuple(by.get("posts", ())), tuple(by.get("roles", ())), by.get("quorum"))


def read_step(item: Mapping[str, Any]) -> Step:
    """One step of a head."""
    by = item.get("by", {})
    seats = _seats(by)
    return Step(
        id=item["id"],
        label=item["label"],
        posts=seats.posts,
        roles=seats.roles,
        quorum=seats.quorum,
        opinion=item.get("opinion") == "required",
        within=_limit(item["within"]) if "within" in item else None,
        by_author=by.get("author", False),
        by_field=by.get("field", ""),
        of=by.get("of", ""),
        signature=item.get("signature") == "required",
        accept=item.get("accept") == "required",
        returnable=item.get("return", "yes") not in ("no", False),
        when=item.get("when", ""),
        not_by=tuple(item.get("not-by", ())),
        recuse=tuple(item.get("recuse", ())),
        authority=_authority(item["authority"]) if "authority" in item else None,
        decisions=tuple(
            Decision(entry["value"], entry["label"], entry.get("ends", False))
            for entry in item.get("decisions", ())
        ),
        since=item.get("from", ""),
        warn=span(item["warn"]) if "warn" in item else None,
        opinion_optional=item.get("opinion") == "optional",
    )


def _authority(item: Mapping[str, Any]) -> Authority:
    return Authority(
        by=item["by"],
        levels=tuple(Level(_seats(level), _decimal(level.get("most"))) for level in item.get("up-to", ())),
        values={key: _seats(entry) for key, entry in item.items() if key not in _DECIDES},
        default=_seats(item["default"]) if "default" in item else None,
    )


def _limit(within: str | Mapping[str, str]) -> Limit:
    if isinstance(within, str):
        return Limit(span(within))
    spans = {value: span(text) for value, text in within.items() if value != "by"}
    return Limit(None, within["by"], spans)


def read_clock(item: Mapping[str, Any]) -> Clock:
    """One whole-process clock of a head (S71)."""
    return Clock(
        id=item["id"],
        label=item["label"],
        since=item.get("from", ""),
        until=item.get("until", CLOSE),
        within=_limit(item["within"]),
        warn=span(item["warn"]) if "warn" in item else None,
        cut_off=time.fromisoformat(item["cut-off"]) if "cut-off" in item else None,
    )


def read_opening(item: Mapping[str, Any]) -> Opening:
    """One thing that records of the form open."""
    what = next(key for key in ("form", "task", "action", "change-request") if key in item)
    told, to = item[what], item.get("to", {})
    label = "" if what == "form" else told.get("label", told.get("title", ""))
    return Opening(
        what=what,
        when=item.get("when", ""),
        at=item.get("at", CLOSE),
        target=told if what == "form" else told.get("document", ""),
        label=label,
        to=_seats(to),
        to_author=to.get("author", False),
        to_field=to.get("field", ""),
        to_of=to.get("of", ""),
        within=span(item["within"]) if "within" in item else None,
        values=dict(item.get("values", {})),
    )


def read_kept(item: Mapping[str, Any]) -> Kept:
    """How the records of a form are kept."""
    return Kept(
        secrecy=item.get("secrecy", ""),
        circle=item.get("circle"),
        department=item.get("department", ""),
        on=item.get("on", ""),
    )
