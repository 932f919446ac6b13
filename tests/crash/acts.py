"""The acts that are killed: each begins from a workspace brought just so far, and may be done again."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from qms import accounts, documents, evidence
from qms.kernel.ports import Scope
from qms.kernel.refs import Ref
from tests.crash import filings
from tests.crash.act import ACT, BLOB, JOB, Act, Stages
from tests.crash.house import START, TYPIST, founded, source
from tests.documents import factories

if TYPE_CHECKING:
    from pathlib import Path

    from qms.rendering import Pool
    from tests.crash.house import Content, House

FIRST: Final = Ref("revision", "CP-07@en@A/0")
SECOND: Final = Ref("revision", "CP-07@en@A/1")
CHANGE_OVER: Final = START + timedelta(days=3)
DAY_AFTER: Final = CHANGE_OVER + timedelta(days=1)
"""What entered is in force on its first day at least; on the next it may be withdrawn the same day."""
BUNDLE: Final = "EB-2026-0001"


def submit(house: House, pool: Pool) -> None:
    """The author submits."""
    del pool
    factories.submit(house.people, FIRST)


def approve(house: House, pool: Pool) -> None:
    """The last approval closes the stage."""
    del pool
    factories.approve(house.people, FIRST)


def release(house: House, pool: Pool) -> None:
    """A plan is frozen and released by signature."""
    del pool
    factories.release(house.people, FIRST)


def issue(house: House, pool: Pool) -> None:
    """The worker renders and decides; effective today, so that it enters force in the same act."""
    house.loop(pool).turn()


def enter(house: House, pool: Pool) -> None:
    """The day job changes over from one revision to the next."""
    house.loop(pool).day()


def acknowledge(house: House, pool: Pool) -> None:
    """A reader signs to have read."""
    del pool
    with house.people.acting("reader") as work:
        documents.acknowledge(work, FIRST, password=house.people.keys["reader"])


def refused(house: House, pool: Pool) -> None:
    """A reader signs with a wrong password; the edge journals it after the refusal rolled back (P11-300d)."""
    del pool
    works = house.runtime.works
    try:
        with house.people.acting(TYPIST) as work:
            actor = work.actor
            documents.acknowledge(work, FIRST, password="not the right one")  # noqa: S106 - that is the point
    except accounts.SigningRefused as refusal:
        with works.writing(actor) as work:
            accounts.journal_refusal(work, refusal)


def ask_withdrawal(house: House, pool: Pool) -> None:
    """The author asks that the revision in force be withdrawn today."""
    del pool
    with house.people.acting("author") as work:
        documents.withdraw(work, SECOND, reason="Not needed", password=house.people.keys["author"])


def withdraw(house: House, pool: Pool) -> None:
    """The last signature ends the validity, today's in this very act."""
    del pool
    with house.people.acting("controller") as work:
        documents.decide_withdrawal(work, SECOND, password=house.people.keys["controller"])


def mail(house: House, pool: Pool) -> None:
    """The worker sends what waits."""
    house.loop(pool).mail()


def rebuild(house: House, pool: Pool) -> None:
    """The index is built anew beside a sound one, and swapped."""
    del pool
    house.runtime.search.rebuild(house.runtime.works, factories.SERVICE)


def revise(house: House, pool: Pool) -> None:
    """The author begins the next revision as a copy of the last."""
    del pool
    with house.people.looking("author") as work:
        begun = documents.next_draft(work, "CP-07", "en", reason="It got better")
    with house.people.acting("author") as work:
        documents.revise(work, begun)


def index(house: House, pool: Pool) -> None:
    """The follower brings the index to the trail."""
    house.loop(pool).follow()


def bundle(house: House, pool: Pool) -> None:
    """The worker builds an approved bundle."""
    house.loop(pool).turn()


ACTS: Final = {
    "submit": Act(submit, "drafted", START, by_person=True, needs=ACT),
    "approve": Act(approve, "reviewed", START, by_person=True, needs=ACT),
    "release": Act(release, "approved", START, by_person=True, needs=ACT),
    "issue": Act(
        issue, "released", START, by_person=False,
        needs=(*ACT, *BLOB, *JOB, "before rendering", "after rendering"),
    ),
    "enter-force": Act(enter, "revised", CHANGE_OVER, by_person=False, needs=ACT),
    "acknowledge": Act(acknowledge, "in force", START, by_person=True, needs=ACT),
    "sign refused": Act(refused, "in force", START, by_person=True, needs=ACT[1:]),
    "ask withdrawal": Act(ask_withdrawal, "changed", CHANGE_OVER, by_person=True, needs=ACT),
    "withdraw": Act(withdraw, "withdrawing", DAY_AFTER, by_person=True, needs=ACT),
    "mail": Act(
        mail, "unsent", START, by_person=False,
        needs=("before the commit", "after the commit", "before a message leaves", "after a message left"),
    ),
    "revise": Act(revise, "in force", START, by_person=True, needs=(*ACT, *BLOB)),
    "index anew": Act(
        index, "in force", START, by_person=False,
        needs=("index added", "index committed", "index written", "index built", "index swapped"),
    ),
    "index": Act(
        index, "followed", START, by_person=False, needs=("index added", "index committed", "index written"),
    ),
    "rebuild": Act(
        rebuild, "followed", START, by_person=False,
        needs=("index added", "index committed", "index written", "index built", "index swapped"),
    ),
    **filings.ACTS,
    "bundle": Act(bundle, "asked", DAY_AFTER, by_person=False, needs=(*ACT, *BLOB, *JOB)),
}  # fmt: skip


def stages(folder: Path, live: str, pool: Pool) -> dict[str, Content | None]:
    """Bring a workspace from nothing to the last stage of documents, another to the last of records."""
    home = folder / "live"
    founded(home, live).close()
    line = Stages(folder, home, live, pool)
    keep = line.keep
    keep("founded", lambda _: None)
    keep("drafted", lambda house: factories.drafted(house.people, source()))
    keep("unsent", lambda house: factories.submit(house.people, FIRST), send=False)
    keep("reviewed", lambda house: factories.review(house.people, FIRST))
    keep("approved", lambda house: factories.approve(house.people, FIRST))
    keep("released", lambda house: factories.release(house.people, FIRST))
    keep("in force", lambda house: house.loop(pool).turn())
    keep("followed", _followed)
    keep("revised", lambda house: _revised(house, pool))
    keep("changed", lambda house: house.loop(pool).day(), CHANGE_OVER)
    keep("withdrawing", _withdrawing, DAY_AFTER)
    keep("asked", _asked, DAY_AFTER)  # the last, or every recovery would build the bundle
    return line.kept | filings.stages(line.again("founded"))


def _followed(house: House) -> None:
    house.runtime.search.follow(house.runtime.works, factories.SERVICE)
    factories.drafted(house.people, source("It got better"))


def _withdrawing(house: House) -> None:
    people = house.people
    with people.acting("author") as work:
        documents.withdraw(work, SECOND, reason="Not needed", password=people.keys["author"])
    with people.acting("manager") as work:
        documents.sign_withdrawal_review(work, SECOND, password=people.keys["manager"])
    with people.acting("deputy") as work:
        documents.sign_withdrawal_approval(work, SECOND, password=people.keys["deputy"])


def _asked(house: House) -> None:
    people = house.people
    with people.acting("controller") as work:
        asked = evidence.request(
            work, purpose="Surveillance audit", receiver_id=people.ids["general"], scope=Scope()
        )
    assert asked.number == BUNDLE
    with people.acting("manager") as work:
        evidence.approve(work, BUNDLE, password=people.keys["manager"])


def _revised(house: House, pool: Pool) -> None:
    factories.submit(house.people, SECOND)
    factories.review(house.people, SECOND)
    factories.approve(house.people, SECOND)
    factories.release(house.people, SECOND, CHANGE_OVER.date())
    house.loop(pool).turn()
