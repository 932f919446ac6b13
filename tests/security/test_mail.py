"""What leaves as mail tells its receiver of nothing they may not see: neither text nor subject (SEC-07)."""

from __future__ import annotations

import email
import email.policy
from collections import defaultdict
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

import pytest
from sqlalchemy import select, update

from qms import accounts, clocks, risks, schedules, tasks
from qms.accounts.models import Post, PostHolding
from qms.kernel.clock import SimulatedClock
from qms.kernel.ports import Secrecy
from qms.kernel.refs import Ref
from qms.schedules.models import Schedule
from tests.security.filed import AUTHOR
from tests.security.house import OWNER, SINCE, VARIANTS
from tests.security.test_side_channels import betrayals

if TYPE_CHECKING:
    from email.message import EmailMessage

    from qms.kernel.work import Work
    from tests.security.house import House, Variant

HEADS: Final = ("department-head", "department-head.low", "department-head.out", "quality-manager.low")
"""Who leads the department: also people who may not see what is overdue in it."""
VISIT: Final = {"id": "visit", "every": "month", "for": "client", "label": "visit",
                "to": {"roles": ["author", "reader", "quality-manager"]}}  # fmt: skip
KINDS: Final = {"revision", "record", "record-opening", "control-warning", "occurrence", "action", "report"}
"""What messages are about; limits of a record are about the record."""


@pytest.fixture
def chased(own: House) -> House:
    """Weeks later: what is owed is overdue, the heads hear of it, visits are due, a warning is reported."""
    with own.keeping() as work:
        post = Post(code="risk-head", names={"en": "Head"}, is_head=True)
        post.department_id = accounts.department(work.session, OWNER).id
        work.session.add(post)
        work.session.flush()
        for login in HEADS:
            work.session.add(PostHolding(person_id=own.ids[login], post_id=post.id, from_on=SINCE))
        work.session.execute(update(Schedule).values(definition=VISIT, from_on=date(2026, 12, 1)))
    clock = own.works.clock
    assert isinstance(clock, SimulatedClock)
    for warning in own.warnings.values():
        with own.acting(AUTHOR) as work:
            risks.treat(work, warning, "looked at")
            risks.report(work, warning, "done")
    for _ in range(2):
        clock.advance(timedelta(days=20))
        with own.keeping() as work:
            clocks.day(work)
            for each in work.session.scalars(select(Schedule.id)):
                schedules.open_due(work, each)
            tasks.remind(work)
    return own


def letters(house: House) -> list[EmailMessage]:
    """Every message, as it leaves."""
    while tasks.send_waiting(house.works, house.actor(AUTHOR), 500):
        pass
    folder = house.works.settings.at(house.works.settings.outbox)
    return [
        email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        for path in sorted(folder.glob("*.eml"))
    ]


def said(letter: EmailMessage) -> str:
    """Subject and text."""
    body = letter.get_body()
    assert body is not None
    return f"{letter['Subject']}\n{body.get_content()}"


def _able(house: House, variant: Variant) -> set[str]:
    with house.keeping() as work:
        able = accounts.cleared(work.session, int(variant.secrecy), variant.circle)
    return {login for login, person in house.ids.items() if person in able}


def test_no_letter_betrays_what_its_receiver_may_not_see(chased: House) -> None:
    """SEC-07: records, what they open, limits, warnings, visits, actions: by no title, name or number."""
    told: defaultdict[str, set[str]] = defaultdict(set)
    for letter in letters(chased):
        login, text = str(letter["To"]).partition("@")[0].rpartition("<")[2], said(letter)
        for variant in VARIANTS:
            if any(word in text for word in betrayals(chased, variant)):
                told[variant.name].add(login)
    for variant in VARIANTS:
        assert told[variant.name], variant
        assert told[variant.name] <= _able(chased, variant), variant
    assert told["secret"] != told["board"] != told["plain"]


def test_every_kind_of_message_is_among_them(chased: House) -> None:
    """The test above would say nothing of a kind that is not queued; each is, for each variant."""
    queued: defaultdict[str, set[str]] = defaultdict(set)
    with chased.keeping() as work:
        for notice in work.session.scalars(select(tasks.Notice)):
            for variant in VARIANTS:
                if any(word in repr(notice.facts) for word in betrayals(chased, variant)):
                    queued[variant.name].add(_kind(work, notice))
    assert {name: KINDS - kinds for name, kinds in queued.items()} == {name: set() for name in queued}
    assert len(queued) == len(VARIANTS)


def _kind(work: Work, notice: tasks.Notice) -> str:
    source = notice.source.split(":")
    if source[0] == "control-warning":
        return "report"
    return Ref.parse(work.session.get_one(tasks.Task, int(source[1])).ref).kind


@pytest.mark.parametrize("what", ["clearance", "circle", "place"])
def test_what_waits_is_not_sent_to_who_may_no_longer_be_told(own: House, what: str) -> None:
    """SEC-06: a right withdrawn while the mail server was away holds for what was queued before."""
    who = own.ids["reviewer"]
    with own.keeping() as work:
        if what == "clearance":
            accounts.clear(work, who, Secrecy.INTERNAL)
        elif what == "circle":
            accounts.leave_circle(work, who, "board")
        else:
            accounts.deactivate(work, who, "left")
    told = {variant.name: False for variant in VARIANTS}
    for letter in letters(own):
        if str(letter["To"]).endswith("<reviewer@example.org>"):
            told |= {each.name: True for each in VARIANTS if f"Canary{each.name}" in said(letter)}
    lost = {"clearance": {"secret"}, "circle": {"board"}, "place": {"plain", "secret", "board"}}
    assert {name for name, is_told in told.items() if not is_told} == lost[what]
    with own.keeping() as work:
        assert tasks.waiting(work.session) == 0
        assert list(tasks.doubtful(work.session, work.now + timedelta(days=1))) == []
