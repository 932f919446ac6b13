"""The story of the demonstration, chapter by chapter; asserted step by step in tests/stories."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from qms import documents, tasks, trail
from qms.cli.demo import questions
from qms.cli.demo.bundles import Bundles
from qms.cli.demo.cast import Cast
from qms.cli.demo.progress import Progress
from qms.cli.demo.route import Walker
from qms.cli.demo.year import Year
from qms.cli.starter import copy_library
from qms.kernel.clock import SimulatedClock, SystemClock, local_day, start_of
from qms.kernel.errors import Conflict
from qms.kernel.labels import N_
from qms.kernel.refs import Ref
from qms.runtime import KEEPER, every_permission, make
from qms.worker.loop import Loop

if TYPE_CHECKING:
    from qms.cli.demo.year import Lived
    from qms.cli.output import Output
    from qms.runtime import Runtime

CENTRE: Final = {"zh-Hans": "金融服务中心", "zh-Hant": "金融服務中心", "en": "Financial service centre"}
SETTINGS: Final = 'organisation = "金融服务中心（演示）"\npublic_url = "http://127.0.0.1:8000"\n'
DAYS: Final = 379
LAST: Final = 14
"""The demonstration begins a year and two weeks back; its main job plays in the last two weeks."""
READERS: Final = ("reviewer", "client-manager", "complaint-officer", "outlet-inspector", "credit-clerk")
REVISED: Final = "WI-12-01"
_OLD: Final = "change: {reason:"
_CHANGE: Final = (
    'change: {reason: "阅知时有人问到：草案退回后重提是否重新取号",'
    ' summary: "6 异常处理：写明退回重提沿用原编号"}'
)  # fmt: skip
_ROW: Final = "| 审核逾期 |"
_NEW_ROW: Final = (
    "| 草案退回后重提 | 沿用原编号和原版本标识，不重新取号；FM-12-01 记明退回次数和原因 | 编制人、文控员 |\n"
)


class NotIssued(Conflict):
    """The demonstration does not go on over a failed job."""

    message = "These were not issued: {what}. The list of jobs tells why."


@dataclass(slots=True)
class Told:
    """What happened, for the closing report and for tests."""

    passwords: dict[str, str] = field(default_factory=dict, repr=False)
    issued: list[str] = field(default_factory=list)
    returned: str = ""
    acknowledged: int = 0
    lived: Lived | None = None
    revised: str = ""
    revised_on: date | None = None
    answers: list[questions.Answer] = field(default_factory=list)
    bundles: list[dict[str, Any]] = field(default_factory=list)
    differences: list[str] = field(default_factory=list)
    entries: int = 0
    trail_ok: bool = False
    seconds: float = 0.0

    @property
    def ok(self) -> bool:
        """Whether all questions were answered, every check of both bundles passed, and the trail verifies."""
        checks = [check["ok"] for bundle in self.bundles for check in bundle["checks"]]
        return self.trail_ok and all(checks) and all(answer.right for answer in self.answers)


class Story:
    """Makes the workspace and plays the main job on a clock that starts some days back (law 16)."""

    def __init__(self, home: Path, output: Output, days: int = DAYS, database_url: str = "") -> None:
        self.output = output
        self.home = home
        now = SystemClock().now()
        self.clock = SimulatedClock(now - timedelta(days=max(days, LAST)))
        home.mkdir(parents=True, exist_ok=True)
        (home / ".demonstration").touch()
        elsewhere = f'database_url = "{database_url}"\n' if database_url else ""
        (home / "qms.toml").write_text(SETTINGS + elsewhere, "utf-8")
        self.runtime: Runtime
        self.runtime, founded = make(home, CENTRE, demo=True, clock=self.clock)
        self.told = Told(passwords=dict(founded.passwords))
        zone = self.runtime.settings.zone_info
        self.first_day = local_day(self.clock.at, zone)
        self.last_days = local_day(now, zone) - timedelta(days=LAST)
        self.cast = Cast(self.runtime)
        self.loop = Loop(self.runtime)
        self.progress = Progress(output)
        self.walker = Walker(self.cast, self.clock, self.progress.step)

    def tell(self) -> Told:
        """Play every chapter; what went wrong stops the story with its refusal."""
        began = time.monotonic()
        try:
            with self.progress:
                self.found_the_centre()
                self.issue_the_library()
                self.read()
                self.live()
                self.revise()
                self.return_to_the_present()
                self.ask()
                self.pull_the_evidence()
                self.verify()
        finally:
            self.loop.close()
        self.told.seconds = time.monotonic() - began
        self.report()
        return self.told

    # chapters

    def found_the_centre(self) -> None:
        """Departments, posts and people, each with a random password of their own."""
        self.progress.chapter(N_("Founding the centre: departments, posts, people"))
        self.cast.gather()
        self.told.passwords.update(self.cast.passwords)
        copy_library(self.runtime.settings)

    def issue_the_library(self) -> None:
        """Every source goes through its real route; one comes back once with a remark."""
        self.progress.chapter(N_("Drafting, reviewing, approving and releasing the library"))
        settings = self.runtime.settings
        files = documents.sync.files_of(settings)
        refs = self.walker.draft(files)
        self.morning(1)
        self.walker.submit(refs)
        self.morning(2)
        self._send_one_back(refs)
        self.walker.sign_all()
        self.morning(3)
        self.walker.release(refs)
        self.progress.chapter(N_("Making the PDFs"))
        self.drain(len(refs))
        self.refuse_unissued(refs)
        self.told.issued = [ref.key for ref in refs]

    def _send_one_back(self, refs: list[Ref]) -> None:
        ref = next(ref for ref in refs if ref.key.startswith("WI-14-02@"))
        with self.cast.looking("document-controller") as work:
            asked = tasks.outstanding(work.session, "documents:review", ref)
        reviewer = self.cast.logins[asked[0].person_id]
        self.walker.return_one(ref, reviewer, "请写明抽样名单由谁封存。", "抽样名单的封存责任需要写明")
        author = self.walker.author(ref)
        with self.cast.looking(author) as work:
            comments = documents.comments(work.session, work.rights, ref, work.today)
            waiting = [comment for comment in comments if comment.resolved_at is None]
        for comment in waiting:
            with self.cast.acting(author) as work:
                documents.resolve_comment(
                    work, comment.id, "已核对：抽样名单由调查组织部门封存，见抽样条款。"
                )
        self.walker.submit([ref])
        self.told.returned = ref.key

    def read(self) -> None:
        """Some people read and sign; others leave it outstanding."""
        self.progress.chapter(N_("Reading and acknowledging"))
        self.morning(4)
        self.loop.day()
        self.told.acknowledged = self.walker.acknowledge(READERS)

    def live(self) -> None:
        """The year until the last days: records, checks, complaints, findings, and what stays overdue."""
        first, last = self.first_day + timedelta(days=5), self.last_days + timedelta(days=5)
        if first >= last:
            return
        self.progress.chapter(N_("Living through the year: forms filed, checks made, limits kept and missed"))
        year = Year(self.cast, self.clock, self.loop, self.progress.step)
        self.told.lived = year.live(first, last)

    def revise(self) -> None:
        """One work instruction goes from A/0 to A/1 with a later effective date."""
        self.progress.chapter(N_("Revising one work instruction from A/0 to A/1"))
        self.morning(6, self.last_days)
        path = self.home / "procedures" / f"{REVISED}.md"
        path.write_text(revised(path.read_text("utf-8")), "utf-8")
        refs = self.walker.draft([path])
        self.walker.submit(refs)
        self.morning(7, self.last_days)
        self.walker.sign_all()
        self.told.revised_on = self.last_days + timedelta(days=12)
        self.walker.release(refs, effective_on=self.told.revised_on)
        self.drain(len(refs))
        self.refuse_unissued(refs)
        self.told.revised = refs[0].key

    def return_to_the_present(self) -> None:
        """Day after day until today; the day job brings the revision into force on its day."""
        self.progress.chapter(N_("Letting the days pass: the day job brings A/1 into force"))
        day = local_day(self.clock.at, self.runtime.settings.zone_info)
        today = local_day(SystemClock().now(), self.runtime.settings.zone_info)
        while day < today:
            day += timedelta(days=1)
            self.clock.at = max(
                self.clock.at, start_of(day, self.runtime.settings.zone_info) + timedelta(minutes=5)
            )
            self.loop.day()
        self.runtime.works.clock = SystemClock()
        self.loop.mail()
        self.loop.follow()

    def ask(self) -> None:
        """Ten questions as people ask them: both scripts, pinyin, numbers, English."""
        self.progress.chapter(N_("Asking ten questions"))
        self.told.answers = questions.ask(self.cast, "internal-auditor")

    def pull_the_evidence(self) -> None:
        """One bundle as of a day with A/0, one as of now; both verified with standard tools."""
        self.progress.chapter(N_("Pulling two bundles of evidence and verifying them"))
        bundles = Bundles(self.cast, self.loop, self.home)
        before = self.last_days + timedelta(days=9)
        self.told.bundles = [bundles.pull(before), bundles.pull(None)]
        self.told.differences = bundles.differences(self.told.bundles)

    def verify(self) -> None:
        """The trail is checked from its first entry to the last."""
        self.progress.chapter(N_("Verifying the trail"))
        report = trail.check(self.runtime.works, KEEPER)
        self.told.trail_ok = report.ok
        with self.runtime.works.reading(KEEPER) as work:
            self.told.entries = trail.head(work.session)[0]

    # helpers

    def morning(self, day: int, since: date | None = None) -> None:
        """Move the clock to nine o'clock of the n-th day, never back."""
        zone = self.runtime.settings.zone_info
        nine = start_of((since or self.first_day) + timedelta(days=day), zone) + timedelta(hours=9)
        self.clock.at = max(self.clock.at, nine)
        self.loop.day()

    def drain(self, total: int) -> None:
        """Let the worker do all that waits, and show how far it is."""
        self.loop.drain(lambda done: self.progress.step("rendering", done, total))

    def refuse_unissued(self, refs: list[Ref]) -> None:
        """Stop where a job has failed: the story tells only what has happened."""
        with self.runtime.works.reading(KEEPER, every_permission()) as work:
            found = [documents.revision(work.session, work.rights, ref, work.today) for ref in refs]
            left = [
                ref.key for ref, each in zip(refs, found, strict=True) if each.state != documents.State.ISSUED
            ]
        if left:
            raise NotIssued(what=", ".join(left))

    def report(self) -> None:
        """Say what was done and where everything lies."""
        self.progress.report(self.home, self.told)


def revised(source: str) -> str:
    """The source of the instruction with one rule made stricter and the reason of the change."""
    head, mark, body = source.partition("\n---\n")
    lines = [_CHANGE if line.startswith(_OLD) else line for line in head.splitlines()]
    before, row, after = body.partition(_ROW)
    return "\n".join(lines) + mark + before + _NEW_ROW + row + after
