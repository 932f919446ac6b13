"""Plain values and protocols by which a lower floor speaks to an upper one without knowing it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date, datetime

    from qms.kernel.errors import Problem
    from qms.kernel.refs import Ref
    from qms.kernel.work import Work


class Secrecy(IntEnum):
    """Grades of secrecy in rising order (R16); the number is what rights compare."""

    PUBLIC = 0
    INTERNAL = 1
    CONFIDENTIAL = 2
    SECRET = 3


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a person by their lasting id, or a named service; never an empty 'system'."""

    id: str
    name: str
    person_id: int | None = None


@dataclass(frozen=True, slots=True)
class Rights:
    """What one person may do and see, computed once per request (law 11).

    `permissions` maps `slice:verb` to the department codes it covers, or None for all of them.
    `departments` are the codes the person belongs to, with every department above them;
    `secrecy` is the clearance; `circles` are the closed circles the person is in.
    `oversees` lets a reader of evidence see documents of every department (auditor, quality
    manager, document controller), still bounded by clearance and circles. `keys` are names by which
    slices let somebody in beside these, worked out when search asks (SEC-07).
    """

    person_id: int | None = None
    permissions: Mapping[str, frozenset[str] | None] = field(default_factory=dict)
    departments: frozenset[str] = frozenset()
    posts: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    secrecy: int = Secrecy.PUBLIC
    circles: frozenset[str] = frozenset()
    oversees: bool = False
    keys: frozenset[str] = frozenset()

    def may(self, permission: str, department: str | None = None) -> bool:
        """Whether the permission is held, for a department where one is named."""
        if permission not in self.permissions:
            return False
        covered = self.permissions[permission]
        return covered is None or department is None or department in covered

    def sees(
        self,
        *,
        secrecy: int,
        circle: str | None,
        departments: frozenset[str] | None,
        posts: frozenset[str] = frozenset(),
        people: frozenset[str] = frozenset(),
    ) -> bool:
        """Whether something of this grade, circle and distribution exists for the person.

        `departments=None` means every department; `people` are the ids of people, or keys of a slice.
        """
        if secrecy > self.secrecy or (circle is not None and circle not in self.circles):
            return False
        if self.oversees or departments is None:
            return True
        by_person = self.person_id is not None and str(self.person_id) in people
        return bool(departments & self.departments or posts & self.posts or by_person or people & self.keys)


@dataclass(frozen=True, slots=True)
class Change:
    """One entry for the trail: what happened to what, before and after, and why (law 3).

    `action` is a tag `slice:verb` or `slice:part:verb`. Values of `before` and `after` are JSON
    without floats. `personal` holds values that must be erasable: only salted commitments of them
    enter the hashed body.
    """

    action: str
    ref: Ref
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None
    why: str | None = None
    personal: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Entry:
    """What search keeps of one clause (or of a whole document where `clause` is empty).

    `key` is unique; all entries of one thing share `group`, which is what is deleted. `from_on`
    and `until_on` are the days of validity, the last one exclusive. `departments=None`: all.
    """

    key: str
    group: str
    number: str
    title: str
    kind: str
    language: str
    revision: str
    heading: str
    clause: str
    anchor: str
    text: str
    secrecy: int
    circle: str | None
    departments: frozenset[str] | None
    posts: frozenset[str]
    people: frozenset[str]
    from_on: date
    until_on: date | None


@dataclass(frozen=True, slots=True)
class Item:
    """One file of an evidence bundle: a safe path, and either a blob's digest or the bytes.

    `refs` are the things the file speaks of: the bundle's trail extract opens their entries.
    """

    path: str
    digest: str | None = None
    content: bytes | None = None
    title: str = ""
    refs: tuple[Ref, ...] = ()


@dataclass(frozen=True, slots=True)
class Scope:
    """What a bundle is asked to hold; empty collections mean no restriction.

    Either `as_of` (one day) or `since`/`until` (a period, both inclusive) is given; with neither,
    the day of the request counts.
    """

    numbers: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    departments: tuple[str, ...] = ()
    clauses: tuple[str, ...] = ()
    edition: str | None = None
    as_of: date | None = None
    since: date | None = None
    until: date | None = None


class Evidence(Protocol):
    """What a slice contributes to a bundle."""

    def gather(self, work: Work, scope: Scope, rights: Rights) -> Sequence[Item]:
        """The files of this slice inside the scope that `rights` may see, in a fixed order."""
        ...


class Entries(Protocol):
    """What a slice contributes to search."""

    kinds: frozenset[str]

    def entries(self, work: Work, ref: Ref) -> Sequence[Entry]:
        """All present entries of the thing a trail entry spoke of; empty when it has none."""
        ...

    def groups(self, work: Work) -> Iterator[Ref]:
        """Every thing that has entries, for a rebuild from zero."""
        ...

    def group_of(self, ref: Ref) -> Ref | None:
        """The thing whose entries a trail entry about `ref` may change."""
        ...


class Section(Protocol):
    """One key of a document's head and what it means when the document is in force."""

    key: str

    def check(self, work: Work, value: Any, head: Mapping[str, Any]) -> Sequence[Problem]:
        """The faults of the declared value, by field; an empty answer lets the document pass."""
        ...

    def preview(self, work: Work, old: Any, new: Any) -> Sequence[str]:
        """What entering into force will do, in sentences of the work's language."""
        ...

    def enter(self, work: Work, revision: Ref, value: Any, on: date) -> None:
        """Enact the declaration; called once, in the transaction that enters the revision."""
        ...

    def leave(self, work: Work, revision: Ref, value: Any, on: date) -> None:
        """End what was enacted."""
        ...


class Preview(Protocol):
    """What a slice tells of a revision before its release, beyond what a key of the head declares.

    `keys` are those of which it tells and for which there is no Section.
    """

    keys: frozenset[str]

    def foretell(
        self, work: Work, revision: Ref, head: Mapping[str, Any], before: Ref | None
    ) -> Sequence[str]:
        """What entering into force will do; `before` is the revision whose place it takes."""
        ...


@dataclass(frozen=True, slots=True)
class Filed:
    """A record as it stands after a change, for whoever follows records in the same transaction.

    `event` is submit, step, return, accept, amend, close, cancel or erase, `step` the step it happened
    in, `state` open, closed, cancelled or disposed. `values` are the answers as JSON without floats, by field
    id; those of `personal` fields are kept sealed, all of them where `sealed`. `origin` is what the
    record answers: a scheduled occurrence, another record, an action. `head` is what the revision of the
    form declares to which the record is pinned.
    """

    ref: Ref
    record_id: int
    number: str
    form: str
    revision: Ref
    event: str
    step: str | None
    state: str
    department: str
    secrecy: int
    circle: str | None
    author_id: int
    filed_on: date
    closed_on: date | None
    values: Mapping[str, Any]
    personal: frozenset[str] = frozenset()
    sealed: bool = False
    origin: Ref | None = None
    head: Mapping[str, Any] = field(default_factory=dict)


class Follower(Protocol):
    """What an upper slice does with each change of a record, in its transaction."""

    forms: frozenset[str] | None

    def follow(self, work: Work, filed: Filed) -> None:
        """Do what the change causes; what is raised undoes the change."""
        ...


class Guard(Protocol):
    """The law an upper slice lays over records of its forms: no state changes past it."""

    forms: frozenset[str] | None

    def allow(self, work: Work, filed: Filed, event: str) -> None:
        """Raise a refusal where the event may not happen to the record as it stands."""
        ...


class ReadingGuard(Protocol):
    """What may stand before somebody confirms the reading of a revision, and what follows from it."""

    def allow(self, work: Work, revision: Ref, head: Mapping[str, Any], person_id: int) -> None:
        """Raise a refusal where the reading may not be confirmed yet."""
        ...

    def done(self, work: Work, revision: Ref, head: Mapping[str, Any], person_id: int) -> None:
        """Follow a confirmed reading, inside its transaction."""
        ...


class SigningGuard(Protocol):
    """What may stand before somebody signs a stage of a route."""

    def allow(self, work: Work, stage: str, person_id: int) -> None:
        """Raise a refusal where the person may not sign this stage."""
        ...


class ReviewLaw(Protocol):
    """What an upper slice asks of a revision between its submission and its approval."""

    def begin(self, work: Work, revision: Ref) -> None:
        """Follow a submission, inside its transaction."""
        ...

    def allow(self, work: Work, revision: Ref) -> None:
        """Raise a refusal where the revision may not be approved yet."""
        ...

    def end(self, work: Work, revision: Ref, *, approved: bool) -> None:
        """Follow the approval, or the way back to draft, inside its transaction."""
        ...


class Body(Protocol):
    """The content of a document kind that is declared in its head instead of written as text."""

    kinds: frozenset[str]
    keys: frozenset[str]

    def check(self, head: Mapping[str, Any], file: str) -> Sequence[Problem]:
        """The faults of the declared content, by file and field."""
        ...

    def markup(self, head: Mapping[str, Any], language: str) -> str:
        """The content as safe HTML for page and PDF (a blank form, an empty register)."""
        ...

    def text(self, head: Mapping[str, Any], language: str) -> str:
        """The words of the content, for search and comparison."""
        ...


@dataclass(frozen=True, slots=True)
class Notice:
    """A message for one person: follows the trail and is sent at most once per channel."""

    person_id: int
    subject: str
    text: str
    ref: Ref
    at: datetime
