"""Documents for the tests of pages, brought as far as a test wants them by the real operations."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from qms import documents
from qms.documents import ref_of
from qms.runtime import KEEPER, every_permission
from tests.web.house import PASSWORD, as_person

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from qms.kernel.refs import Ref
    from qms.kernel.work import Work
    from qms.runtime import Runtime

PDF: Final = b"%PDF-1.7 the bytes of a sheet"
HEAD: Final = """---
number: {number}
kind: {kind}
language: {language}
title: {{zh-Hans: {title}, en: {english}}}
owner: {owner}
route:
  review: {{roles: [reviewer]}}
  approve: {{posts: [deputy-general-manager]}}
  release: {{roles: [document-controller]}}
{more}change: {{reason: {reason}, summary: {summary}}}
---
"""
BODY: Final = """
{#purpose}
# 1 目的

本程序规定风险控制。

{#steps}
# 2 步骤

{#first}
## 2.1 第一步

客户经理在 3 个工作日内提交审核。
"""


def source(
    number: str = "CP-07",
    *,
    kind: str = "control-procedure",
    language: str = "zh-Hans",
    title: str = "风险控制程序",
    english: str = "Risk control",
    owner: str = "risk",
    more: str = "",
    reason: str = "新编",
    summary: str = "首次发布",
    body: str = BODY,
) -> str:
    """A small document with a route that the people of the house can walk."""
    head = HEAD.format(
        number=number,
        kind=kind,
        language=language,
        title=title,
        english=english,
        owner=owner,
        more=f"{more}\n" if more else "",
        reason=reason,
        summary=summary,
    )
    return head + body


@dataclass
class Papers:
    """The desk behind the pages: every step by the person who takes it."""

    runtime: Runtime

    @contextmanager
    def acting(self, login: str) -> Iterator[Work]:
        """A writing Work in the name of a login."""
        with self.runtime.works.writing(KEEPER) as work:
            as_person(work, login)
            yield work

    @contextmanager
    def looking(self) -> Iterator[Work]:
        """A look that sees everything."""
        with self.runtime.works.reading(KEEPER, every_permission()) as work:
            yield work

    def drafted(
        self,
        text: str | None = None,
        login: str = "author",
        images: Mapping[str, bytes] | None = None,
    ) -> Ref:
        """A draft."""
        works = self.runtime.works
        content = text or source()
        file = "text.md" if content.startswith("---") else "text.yaml"
        ready = documents.prepare(works.vault, works.settings, content.encode(), file, images)
        with self.acting(login) as work:
            return ref_of(documents.draft(work, ready))

    def submitted(self, text: str | None = None, images: Mapping[str, bytes] | None = None) -> Ref:
        """A revision in review."""
        ref = self.drafted(text, images=images)
        with self.acting("author") as work:
            documents.submit(work, ref, password=PASSWORD)
        return ref

    def approved(self, text: str | None = None, images: Mapping[str, bytes] | None = None) -> Ref:
        """A revision that waits for its release."""
        ref = self.submitted(text, images)
        with self.acting("reviewer") as work:
            documents.sign_review(work, ref, password=PASSWORD)
        with self.acting("approver") as work:
            documents.sign_approval(work, ref, password=PASSWORD)
        return ref

    def released(
        self, text: str | None = None, on: date | None = None, images: Mapping[str, bytes] | None = None
    ) -> Ref:
        """A revision that is being issued."""
        ref = self.approved(text, images)
        with self.acting("controller") as work:
            plan = documents.plan_issue(work, ref, effective_on=on)
            documents.release(work, plan, password=PASSWORD)
        return ref

    def issued(
        self,
        text: str | None = None,
        on: date | None = None,
        pdf: bytes = PDF,
        images: Mapping[str, bytes] | None = None,
    ) -> Ref:
        """An issued revision, its sheet made of these bytes."""
        ref = self.released(text, on, images)
        digest = self.runtime.works.vault.put(pdf)
        with self.runtime.works.writing(KEEPER, every_permission()) as work:
            plan = documents.stored_plan(work, ref)
            documents.decide_issue(work, plan, pdf_digest=digest, pages=1, versions={"test": "1"})
        return ref

    def day(self) -> None:
        """The day job of today."""
        with self.runtime.works.writing(KEEPER, every_permission()) as work:
            documents.day.run(work)

    def revision(self, ref: Ref) -> documents.Revision:
        """The revision as it is stored."""
        with self.looking() as work:
            found = documents.revision(work.session, work.rights, ref, work.today)
            work.session.expunge_all()
            return found
