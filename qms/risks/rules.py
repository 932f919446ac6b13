"""Pure rules: what a control point declares, its faults, and what a check record answers (S09, R56, R57)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from qms import formulas
from qms.calendar import Span, SpanUnreadable, span
from qms.formulas import FormulaUnreadable
from qms.kernel.errors import Problem
from qms.kernel.labels import N_
from qms.kernel.refs import Ref

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from qms.kernel.ports import Filed

KIND: Final = "control-point"
FIELD: Final = "control_point"
SCHEDULE: Final = "point:"
"""How the id of the schedule of a point begins."""
LONGEST_ID: Final = 50
VERDICT: Final = "verdict"
CHECK_KINDS: Final = ("time", "review", "cost", "plan", "client-service", "risk")
"""The five quality nodes (S09, R56), and risk points."""
_NEEDED: Final = ("id", "kind", "standard", "owner", "record")
_KNOWN: Final = frozenset({*_NEEDED, "clause", "method", "form", "warn", "every"})
_WARN: Final = frozenset({"when", "say", "to", "within"})
WITHIN: Final = span("5 working days")
_LONGEST_VERDICT: Final = 200
_FILL: Final = N_("Fill this in.")
_KEYS: Final = N_("“{key}” is not known here.")
_TEXT: Final = N_("Write a text, or one for each language.")


@dataclass(frozen=True, slots=True)
class Warn:
    """When a check record warns, whom, in which words, and until when it is to be treated."""

    when: str
    say: Mapping[str, str]
    posts: tuple[str, ...]
    within: Span


@dataclass(frozen=True, slots=True)
class Point:
    """One control point as a document declares it; `form` is what its checks are filed on."""

    id: str
    kind: str
    standard: Mapping[str, str]
    owner: str
    record: str
    form: str
    clause: str = ""
    method: Mapping[str, str] | None = None
    every: str = ""
    warn: Warn | None = None


def read(value: Collection[Mapping[str, Any]]) -> tuple[Point, ...]:
    """The points of a declaration without faults."""
    return tuple(_read_one(each) for each in value)


def _read_one(given: Mapping[str, Any]) -> Point:
    warn = given.get("warn")
    return Point(
        id=given["id"],
        kind=given["kind"],
        standard=_words(given["standard"]),
        owner=given["owner"],
        record=given["record"],
        form=given.get("form", given["record"]),
        clause=given.get("clause", ""),
        method=_words(given["method"]) if "method" in given else None,
        every=given.get("every", ""),
        warn=None if warn is None else _read_warn(warn, given),
    )


def _read_warn(warn: Mapping[str, Any], given: Mapping[str, Any]) -> Warn:
    return Warn(
        when=warn["when"],
        say=_words(warn.get("say", given["standard"])),
        posts=tuple(warn.get("to", {}).get("posts", (given["owner"],))),
        within=span(warn["within"]) if "within" in warn else WITHIN,
    )


def _words(given: Any) -> Mapping[str, str]:
    """A plain text counts for every language."""
    return {"zh-Hans": given} if isinstance(given, str) else dict(given)


def faults(value: Any) -> list[Problem]:
    """What is wrong with a declaration, by place and key."""
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        return [Problem(N_("Write a list of control points, each with an id."))]
    found = [problem for place, each in enumerate(value, 1) for problem in _faults_of(each, place)]
    seen: set[Any] = set()
    for place, each in enumerate(value, 1):
        name = str(each.get("id"))
        if name in seen:
            found.append(
                Problem(N_("The id {code} is there twice."), field=f"{place}.id", facts={"code": name})
            )
        seen.add(name)
    return found


def _faults_of(given: Mapping[str, Any], place: int) -> Iterator[Problem]:
    for key in sorted(map(str, given.keys() - _KNOWN)):
        yield Problem(_KEYS, field=f"{place}.{key}", facts={"key": key})
    for key in _NEEDED:
        if not given.get(key):
            yield Problem(_FILL, field=f"{place}.{key}")
    yield from _faults_of_words(given, place)
    if isinstance(given.get("kind"), str) and given["kind"] and given["kind"] not in CHECK_KINDS:
        text = N_("There is no kind of control point “{kind}”.")
        yield Problem(text, field=f"{place}.kind", facts={"kind": given["kind"]})
    if given.get("every") and not given.get("form"):
        yield Problem(N_("Name the form on which it is checked every time."), field=f"{place}.form")
    if "warn" in given:
        yield from _faults_of_warn(given["warn"], f"{place}.warn")


def _faults_of_words(given: Mapping[str, Any], place: int) -> Iterator[Problem]:
    if len(str(given.get("id", ""))) > LONGEST_ID:
        yield Problem(N_("At most {most} characters."), field=f"{place}.id", facts={"most": LONGEST_ID})
    for key in ("id", "kind", "owner", "record", "form", "clause", "every"):
        if key in given and not isinstance(given[key], str):
            yield Problem(_FILL, field=f"{place}.{key}")
    for key in ("standard", "method"):
        if key in given and not _is_words(given[key]):
            yield Problem(_TEXT, field=f"{place}.{key}")


def _faults_of_warn(warn: Any, at: str) -> Iterator[Problem]:
    if not isinstance(warn, dict) or not isinstance(warn.get("when"), str):
        yield Problem(N_("Say under “when” in which case this warns."), field=at)
        return
    for key in sorted(map(str, warn.keys() - _WARN)):
        yield Problem(_KEYS, field=f"{at}.{key}", facts={"key": key})
    try:
        formulas.parse(warn["when"])
    except FormulaUnreadable as fault:
        yield Problem(fault.message, field=f"{at}.when", facts=fault.facts)
    if "say" in warn and not _is_words(warn["say"]):
        yield Problem(_TEXT, field=f"{at}.say")
    if "to" in warn and not _is_posts(warn["to"]):
        yield Problem(N_("Name the posts under “posts”."), field=f"{at}.to")
    if "within" in warn:
        try:
            span(str(warn["within"]))
        except SpanUnreadable as fault:
            yield Problem(fault.message, field=f"{at}.within", facts=fault.facts)


def _is_words(given: Any) -> bool:
    if isinstance(given, dict):
        return bool(given) and all(isinstance(each, str) and each for each in given.values())
    return isinstance(given, str)


def _is_posts(given: Any) -> bool:
    posts = given.get("posts") if isinstance(given, dict) and set(given) == {"posts"} else None
    return isinstance(posts, list) and bool(posts) and all(isinstance(each, str) for each in posts)


def scheduled(points: Collection[Point]) -> list[dict[str, Any]]:
    """The schedules of those points that say how often they are checked, as documents declare schedules.

    Its id cannot be that of a schedule of the same document, which has no colon.
    """
    return [
        {
            "id": f"{SCHEDULE}{each.id}",
            "label": dict(each.standard),
            "every": each.every,
            "form": each.form,
            "to": {"posts": [each.owner]},
        }
        for each in points
        if each.every
    ]


def answered(filed: Filed) -> tuple[str, str] | None:
    """The document (empty: any) and the id of the point a record says it checks, by origin or by a field."""
    written = filed.values.get(FIELD)
    if filed.origin is not None and filed.origin.kind == KIND:
        written = filed.origin.key
    if not isinstance(written, str):
        return None
    document, mark, code = written.rpartition("#")
    return (document, code) if mark else ("", written)


def verdict(filed: Filed) -> str | None:
    """The verdict of a check record; what is sealed or personal is kept nowhere else."""
    given = filed.values.get(VERDICT)
    if filed.sealed or VERDICT in filed.personal or given is None:
        return None
    return str(given)[:_LONGEST_VERDICT]


def ref_of(document: str, code: str) -> Ref:
    """The control point as a Ref."""
    return Ref(KIND, f"{document}#{code}")
