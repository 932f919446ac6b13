"""Walks the whole library through its real route: draft, submit, review, approve, release, issue."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from qms import documents, impact, tasks
from qms.accounts import Meaning
from qms.kernel.refs import Ref

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from qms.cli.demo.cast import Cast
    from qms.kernel.clock import SimulatedClock

_OPINIONS: Final = {
    "documents:review": "内容与实际流程一致，节点、职责、时限和记录齐全，同意。",
    "documents:approve": "同意批准，按生效日执行。",
}
_UNTOUCHED: Final = "引用的条款没有改动，无需修订。"


class Walker:
    """One pass of sources through the route on the clock of the demonstration."""

    def __init__(self, cast: Cast, clock: SimulatedClock, told: Callable[[str, int, int], None]) -> None:
        self.cast = cast
        self.clock = clock
        self.told = told

    def draft(self, files: Iterable[Path]) -> list[Ref]:
        """The clerk of the owning department drafts each file."""
        files = list(files)
        works = self.cast.runtime.works
        drafted = []
        for count, path in enumerate(files, 1):
            prepared = documents.prepare(works.vault, works.settings, path.read_bytes(), path.name)
            owner = prepared.source.head["owner"]
            with self.cast.acting(f"{owner}-clerk") as work:
                drafted.append(documents.ref_of(documents.draft(work, prepared)))
            self.told("drafting", count, len(files))
        return drafted

    def submit(self, refs: Iterable[Ref]) -> None:
        """Each author signs what they drafted."""
        refs = list(refs)
        for count, ref in enumerate(refs, 1):
            login = self.author(ref)
            key = self.cast.key(login, ref, Meaning.AUTHOR)
            with self.cast.acting(login) as work:
                documents.submit(work, ref, password=key)
            self.conclude(login, ref)
            self.clock.advance(timedelta(minutes=3))
            self.told("submitting", count, len(refs))

    def conclude(self, login: str, ref: Ref) -> None:
        """The author concludes what the change touches: other languages follow, the rest stays as it is."""
        with self.cast.looking(login) as work:
            left = [each for each in impact.checklist(work, ref) if each.verdict is None]
        for each in left:
            together = each.kind is impact.Kind.LANGUAGE
            verdict = impact.Verdict.TOGETHER if together else impact.Verdict.NONE
            with self.cast.acting(login) as work:
                impact.conclude(work, ref, [each.what], verdict, remark="" if together else _UNTOUCHED)

    def author(self, ref: Ref) -> str:
        """The login of the author of a draft."""
        with self.cast.looking("document-controller") as work:
            person = documents.revision(work.session, work.rights, ref, work.today).author_id
        return self.cast.logins[person or 0]

    def sign_all(self, *, held_back: frozenset[Ref] = frozenset()) -> int:
        """Everybody works through the reviews and approvals in their inbox until none is left."""
        signed = 0
        while True:
            before = signed
            for login in self.cast.people:
                signed += self._work_off(login, held_back)
            if signed == before:
                return signed
            self.told("signing", signed, 0)

    def _work_off(self, login: str, held_back: frozenset[Ref]) -> int:
        with self.cast.looking(login) as work:
            owed = tasks.inbox(work.session, self.cast.people[login])
        signed = 0
        for task in owed:
            if task.kind not in _OPINIONS or task.ref in held_back:
                continue
            review = task.kind == "documents:review"
            key = self.cast.key(login, task.ref, Meaning.REVIEWED if review else Meaning.APPROVED)
            verb = documents.sign_review if review else documents.sign_approval
            with self.cast.acting(login) as work:
                verb(work, task.ref, password=key, opinion=_OPINIONS[task.kind])
            self.clock.advance(timedelta(minutes=2))
            signed += 1
        return signed

    def return_one(self, ref: Ref, reviewer: str, remark: str, reason: str) -> None:
        """A reviewer remarks on a clause and sends the draft back."""
        with self.cast.acting(reviewer) as work:
            documents.comment(work, ref, remark)
        with self.cast.acting(reviewer) as work:
            documents.return_to_draft(work, ref, reason)

    def release(self, refs: Iterable[Ref], effective_on: date | None = None) -> None:
        """The document controller releases what is approved; the worker makes the PDFs."""
        refs = list(refs)
        login = "document-controller"
        for count, ref in enumerate(refs, 1):
            with self.cast.looking(login) as work:
                plan = documents.plan_issue(work, ref, effective_on=effective_on)
            key = self.cast.key(login, ref, Meaning.RELEASED)
            with self.cast.acting(login) as work:
                documents.release(work, plan, password=key)
            self.clock.advance(timedelta(minutes=1))
            self.told("releasing", count, len(refs))

    def acknowledge(self, logins: Iterable[str]) -> int:
        """These people read and sign what they owe."""
        count = 0
        for login in logins:
            with self.cast.looking(login) as work:
                owed = [
                    each
                    for each in tasks.inbox(work.session, self.cast.people[login])
                    if each.kind == "documents:read"
                ]
            for task in owed:
                key = self.cast.key(login, task.ref, Meaning.ACKNOWLEDGED)
                with self.cast.acting(login) as work:
                    documents.acknowledge(work, task.ref, password=key)
                self.clock.advance(timedelta(minutes=4))
                count += 1
                self.told("acknowledging", count, 0)
        return count
