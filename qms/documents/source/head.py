"""The head of a document: which keys there are and what shape their values have."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final

from marshmallow import ValidationError, validates_schema

from qms.documents.defaults import DECLARED, GRADES, Kind
from qms.documents.source.shapes import (
    Anything,
    Declarations,
    Inner,
    List,
    Map,
    Maps,
    Quorum,
    Strict,
    Text,
    Truth,
    Words,
    choice,
    code,
    document_number,
    problems_of,
    span_text,
)
from qms.kernel.errors import Problem
from qms.kernel.labels import LANGUAGES, N_

_OWN: Final = (
    "number",
    "kind",
    "language",
    "title",
    "owner",
    "parent",
    "clauses",
    "references",
    "forms",
    "registers",
    "route",
    "distribution",
    "notice",
    "review-every",
    "secrecy",
    "circle",
    "detail",
    "basis",
    "change",
    "external",
)
_FOR_OTHERS: Final = (
    "retention",
    "control-points",
    "time-limits",
    "schedules",
    "objectives",
    "scorecards",
    "training",
    "quiz",
    "corrective-action",
    "management-review",
    "scoring",
    "complaint",
    "objective",
    "objective-check",
    "objective-revision",
    "audit",
    "finding",
)
BODY_KEYS: Final = (
    "record-number",
    "orientation",
    "fields",
    "columns",
    "steps",
    "register",
    "from",
    "clocks",
    "opens",
    "records",
    "part-of",
    "publish",
)
"""The keys that declare the content of forms, registers, scorecards and objective sheets."""
KEYS: Final = (*_OWN, *_FOR_OTHERS, *BODY_KEYS)
"""Every key a head may have, in the order in which it is written back."""


def declared(head: Mapping[str, Any], handled_keys: Collection[str]) -> list[str]:
    """The keys of a head that nothing enacts yet: kept, shown as declared, listed by `qms doctor`."""
    return [key for key in head if key not in _OWN and key not in handled_keys]


def head_problems(head: Mapping[str, Any], *, whole: bool) -> list[Problem]:
    """The faults of a head by field; `whole` says that it is a whole YAML document."""
    problems = problems_of(_SCHEMA, head)
    kind = head.get("kind")
    if kind in list(DECLARED) and not whole:
        text = N_("A document of the kind {kind} is one YAML document in a .yaml file, without a text.")
        problems.append(Problem(text, field="kind", facts={"kind": kind}))
    if kind in [entry for entry in Kind if entry not in DECLARED]:
        if whole:
            text = N_("A document of the kind {kind} is Markdown with a head, in a .md file.")
            problems.append(Problem(text, field="kind", facts={"kind": kind}))
        problems += [
            Problem(N_("This key belongs to forms, registers, scorecards and objective sheets."), field=key)
            for key in BODY_KEYS
            if key in head
        ]
    return problems


class _Departments(List):
    """`all`, or a list of department codes."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> Any:
        return value if value == "all" else super()._deserialize(value, attr, data, **more)


class _Stage(Strict):
    posts = List(code(), filled=True)
    roles = List(code(), filled=True)
    quorum = Quorum()

    @validates_schema(skip_on_field_errors=True)
    def asks_somebody(self, data: Mapping[str, Any], **_: Any) -> None:
        """A stage that asks nobody would be no stage."""
        if not data.get("posts") and not data.get("roles"):
            raise ValidationError([N_("A stage names at least one post or role.")])


class _Route(Strict):
    review = Inner(_Stage)
    approve = Inner(_Stage)
    release = Inner(_Stage)


class _Distribution(Strict):
    departments = _Departments(code(), filled=True)
    posts = List(code(), filled=True)
    people = List(Text(), filled=True)
    read_within = span_text(data_key="read-within")

    @validates_schema(skip_on_field_errors=True)
    def reaches_somebody(self, data: Mapping[str, Any], **_: Any) -> None:
        """A distribution without anybody is a slip of the pen."""
        if not any(data.get(key) for key in ("departments", "posts", "people")):
            raise ValidationError([N_("A distribution names departments, posts or people.")])


class _Retention(Strict):
    class_ = Text(data_key="class", required=True)
    after = Text()
    keep = Text()
    example = Truth()


class _External(Strict):
    issuer = Words(required=True)
    edition = Text(required=True)
    published = Text()
    check_at = Text(data_key="check-at")
    check_every = span_text(data_key="check-every")


class _Change(Strict):
    reason = Text()
    summary = Text()


class _Head(Strict):
    number = document_number(required=True)
    kind = choice(Kind, required=True)
    language = choice(LANGUAGES, required=True)
    title = Words(required=True)
    owner = code(required=True)
    parent = document_number()
    clauses = Map(List(Text()))
    references = List(document_number())
    forms = List(document_number())
    registers = List(document_number())
    route = Inner(_Route)
    distribution = Inner(_Distribution)
    notice = span_text()
    review_every = span_text(data_key="review-every")
    secrecy = choice(GRADES)
    circle = code()
    detail = choice(("frame", "detailed"))
    basis = List(Text())
    change = Inner(_Change)
    external = Inner(_External)
    retention = Inner(_Retention)
    control_points = Declarations(data_key="control-points")
    time_limits = Declarations(data_key="time-limits")
    schedules = Declarations()
    objectives = Anything()
    scorecards = Anything()
    training = Anything()
    quiz = Anything()
    corrective_action = Anything(data_key="corrective-action")
    management_review = Anything(data_key="management-review")
    scoring = Anything()
    complaint = Anything()
    objective = Anything()
    objective_check = Anything(data_key="objective-check")
    objective_revision = Anything(data_key="objective-revision")
    audit = Anything()
    finding = Anything()
    record_number = Text(data_key="record-number")
    orientation = choice(("portrait", "landscape"))
    form_fields = Declarations(data_key="fields")
    columns = Declarations()
    steps = Declarations()
    register = document_number()
    from_ = List(document_number(), data_key="from")
    clocks = Declarations()
    opens = Maps()
    records = Anything()
    part_of = document_number(data_key="part-of")
    publish = choice(("daily",))


_SCHEMA: Final = _Head()
