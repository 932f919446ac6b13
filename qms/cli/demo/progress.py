"""How the story is shown while it happens, and what it says at the end."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Final, Self

from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars
from rich.table import Table

from qms.kernel.labels import N_, say

if TYPE_CHECKING:
    from pathlib import Path

    from qms.cli.demo.questions import Answer
    from qms.cli.demo.story import Told
    from qms.cli.output import Output

_STEPS: Final = {
    "drafting": N_("drafts written"),
    "submitting": N_("drafts signed and submitted"),
    "signing": N_("reviews and approvals signed"),
    "releasing": N_("revisions released"),
    "rendering": N_("PDFs made"),
    "acknowledging": N_("readings acknowledged"),
    "living": N_("days lived through"),
}


class Progress:
    """One bar for each kind of step, in the language of the command."""

    def __init__(self, output: Output) -> None:
        self.output = output
        self.bars = Bars(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=output.console,
            disable=output.as_json,
        )
        self._kind: str | None = None
        self._bar = self.bars.add_task("", visible=False)

    def __enter__(self) -> Self:
        self.bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.bars.stop()

    def chapter(self, title: str) -> None:
        """A new chapter begins."""
        self._kind = None
        self.bars.update(self._bar, visible=False)
        self.output.say(title)

    def step(self, kind: str, done: int, total: int) -> None:
        """One more step of a kind; a total of 0 is not known beforehand."""
        text = "  " + say(_STEPS[kind], self.output.language)
        if kind != self._kind:
            self._kind = kind
            self.bars.reset(self._bar, description=text, total=total or None, visible=True)
        self.bars.update(self._bar, completed=done, total=total or None)

    def report(self, home: Path, told: Told) -> None:
        """What was done, what was found, where everything lies; passwords are shown this once."""
        text = _written(home, told, self.output.language)
        (home / "DEMO.txt").write_text(text, "utf-8")
        if self.output.as_json:
            self.output.value(_plain(home, told))
            return
        self._people(told)
        self.output.console.print(text, markup=False)

    def _people(self, told: Told) -> None:
        table = Table(
            title=say("Passwords, shown once", self.output.language), title_justify="left", box=None
        )
        table.add_column(say("Sign-in name", self.output.language))
        table.add_column(say("Password", self.output.language))
        for login, password in told.passwords.items():
            table.add_row(login, password)
        self.output.console.print(table)


def _answered(answer: Answer) -> str:
    mark = "✓" if answer.right else "✗"
    clause = f"§{answer.clause} {answer.heading}" if answer.clause else ""
    where = f"{answer.number} {answer.revision} {clause}".rstrip()
    return f"  {mark} {answer.question} → {where} ({answer.total})"


def _plain(home: Path, told: Told) -> dict[str, object]:
    return {
        "home": str(home),
        "issued": told.issued,
        "returned": told.returned,
        "revised": told.revised,
        "revised_on": told.revised_on,
        "acknowledged": told.acknowledged,
        "lived": None if told.lived is None else asdict(told.lived),
        "questions": [
            {"question": each.question, "found": each.found, "right": each.right} for each in told.answers
        ],
        "bundles": told.bundles,
        "differences": told.differences,
        "trail": {"entries": told.entries, "ok": told.trail_ok},
        "passwords": told.passwords,
        "seconds": round(told.seconds, 1),
    }


def _lived(told: Told, language: str) -> list[str]:
    if told.lived is None:
        return []
    text = N_(
        "{days} days lived through, all of it made up: {records} records filed on {forms} forms;"
        " {done} things done, {owed} still owed, {overdue} of them overdue."
    )
    return [say(text, language, **asdict(told.lived))]


def _written(home: Path, told: Told, language: str) -> str:
    def line(text: str, **facts: object) -> str:
        return say(text, language, **facts)

    lines = [
        line(
            N_("{count} documents issued through their route; {returned} came back once."),
            count=len(told.issued),
            returned=told.returned,
        ),
        line(N_("{count} readings acknowledged, the others are outstanding."), count=told.acknowledged),
        *_lived(told, language),
        line(N_("{revision} in force since {day}."), revision=told.revised, day=told.revised_on),
        "",
        line(N_("Questions:")),
        *(_answered(each) for each in told.answers),
        "",
        line(N_("Bundles:")),
    ]
    for bundle in told.bundles:
        lines.append(f"  {bundle['file']}")
        lines += [f"    {'✓' if check['ok'] else '✗'} {check['command']}" for check in bundle["checks"]]
    lines += ["  " + line(N_("What they differ in:")), *(f"    {each}" for each in told.differences), ""]
    lines.append(
        line(N_("The trail holds {entries} entries and verifies."), entries=told.entries)
        if told.trail_ok
        else line(N_("The trail does not verify."))
    )
    lines += [
        "",
        line(N_("Where everything lies:")),
        *(
            f"  {home / folder}"
            for folder in (
                "procedures",
                "forms",
                "records/vault",
                "records/checkpoints",
                "records/mail",
                "search_index",
                "evidence",
            )
        ),
        line(N_("Done in {seconds} seconds."), seconds=round(told.seconds)),
        "",
    ]
    return "\n".join(lines)
