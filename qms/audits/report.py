"""The report of an audit with its eleven elements, as a sheet in the look of the house (AUD-06)."""

from __future__ import annotations

import json
from html import escape
from typing import TYPE_CHECKING

from qms import accounts, documents, records, rendering
from qms.audits import describe, rules
from qms.documents import GRADES
from qms.kernel.labels import N_, in_language, say
from qms.kernel.labels import listed as in_one_line
from qms.kernel.ports import Secrecy
from qms.records import Printed
from qms.rendering import Detail, Layout, Sheet

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from qms.audits.queries import Found, Shown
    from qms.kernel.work import Work

_NONE = N_("None.")


def printed(work: Work, shown: Shown) -> Printed:
    """The report of an audit that was found with the rights of who asks, in the language of its form."""
    setting = _Setting(work, shown)
    told = {
        "audit": shown.listed.number,
        "lacking": list(shown.lacking),
        "findings": [each.number for each in shown.findings],
        "values": dict(shown.values),
    }
    source = json.dumps(told, ensure_ascii=False, sort_keys=True, indent=1).encode()
    return Printed(setting.sheet(), source, f"{shown.listed.number}-report.json")


class _Setting:
    """One report being set."""

    def __init__(self, work: Work, shown: Shown) -> None:
        self.work = work
        self.shown = shown
        self.revision = documents.known(work.session, shown.revision)
        self.language = self.revision.language
        names = accounts.department_names(work.session)
        self.departments = {code: in_language(each, self.language) for code, each in names.items()}

    def say(self, text: str, **facts: object) -> str:
        return say(text, self.language, **facts)

    def place(self, code: str) -> str:
        return self.departments.get(code, code)

    def sheet(self) -> Sheet:
        """Head band, the eleven elements in their order, to whom it was delivered."""
        work, shown = self.work, self.shown
        record = work.session.get_one(records.Record, shown.row.record_id)
        void = self.say(N_("This audit was cancelled.")) if shown.row.state == "cancelled" else ""
        return Sheet(
            organisation=work.settings.organisation,
            kind=self.say(N_("Audit report")),
            number=shown.listed.number,
            title=self.say(N_("Report of {audit}"), audit=shown.listed.number),
            revision=f"{self.revision.document.number} {self.revision.label}",
            language=self.language,
            owner=self.place(record.department),
            secrecy=self.say(GRADES[Secrecy(record.secrecy)]),
            body="".join(self.body()),
            at=record.changed_at,
            layout=Layout.RECORD,
            keywords=(shown.listed.number,),
            demo=work.demo,
            fonts=rendering.own_fonts(work.settings.at(work.settings.fonts)),
            state=self.state(),
            void=void,
            details=tuple(self.details()),
        )

    def state(self) -> str:
        """Whether it is whole; what is not delivered yet says so."""
        if self.shown.row.delivered_on is not None:
            return self.say(N_("Delivered on {day}"), day=self.shown.row.delivered_on)
        return self.say(N_("Not delivered yet"))

    def details(self) -> Iterator[Detail]:
        """Which audit, where and when."""
        listed = self.shown.listed
        yield Detail(self.say(N_("Audit")), listed.number)
        yield Detail(self.say(N_("Departments")), self.joined(map(self.place, listed.departments)))
        yield Detail(self.say(N_("Days of the audit")), f"{listed.from_on} – {listed.until_on}")
        modes = self.joined(self.say(describe.MODES[each]) for each in listed.modes)
        yield Detail(self.say(N_("Mode")), modes or "—")
        yield Detail(
            self.say(N_("Period looked at")), f"{self.shown.row.period_from} – {self.shown.row.period_until}"
        )
        yield Detail(self.say(N_("State")), self.state())

    def body(self) -> Iterator[str]:
        """The elements a to k of the report, and its delivery."""
        made = {
            "team": self.listed(self.shown.team),
            "places": self.places(),
            "criteria": self.criteria(),
            "findings": "".join(self.findings()),
            "opinions": self.opinions(),
        }
        for letter, (name, title) in zip("abcdefghijk", rules.ELEMENTS.items(), strict=True):
            yield self.section(f"{letter}) {self.say(title)}", made.get(name) or self.text(name))
        yield self.section(self.say(N_("Delivered to")), self.delivered())

    def section(self, title: str, content: str) -> str:
        return f'<section class="blank-section"><h2>{escape(title)}</h2>{content}</section>'

    def paragraph(self, text: str) -> str:
        lines = "<br/>".join(escape(line) for line in text.splitlines())
        return f'<p class="blank-note"><span class="ink">{lines}</span></p>'

    def text(self, part: str) -> str:
        """What was written; a gap is told as one."""
        found = self.shown.bound.first(self.shown.values, part)
        return self.paragraph(self.say(N_("Not written.")) if found is None else str(found))

    def joined(self, names: Iterable[str]) -> str:
        return in_one_line(names, self.language)

    def listed(self, names: Iterable[str]) -> str:
        return self.paragraph(self.joined(names) or self.say(_NONE))

    def places(self) -> str:
        listed = self.shown.listed
        told = f"{listed.from_on} – {listed.until_on} · {self.joined(map(self.place, listed.departments))}"
        return self.paragraph(told) + self.text("places")

    def criteria(self) -> str:
        """The documents with the revisions that were in force when they were looked at."""
        rows = self.shown.bound.rows(self.shown.values, ("criterion", "criterion-clause"))
        looked: dict[str, set[str]] = {}
        for each in self.shown.answers:
            if each.document is not None and each.revision is not None:
                looked.setdefault(each.document, set()).add(each.revision.key.split("@")[2])
        cells = [
            (
                str(each["criterion"]),
                str(each.get("criterion-clause") or "—"),
                ", ".join(sorted(looked.get(str(each["criterion"]), ()))) or "—",
            )
            for each in rows
            if each.get("criterion")
        ]
        return self.table((N_("Document"), N_("Clause"), N_("Revision")), cells)

    def findings(self) -> Iterator[str]:
        """Every question with its result, then each finding with what proves it and what follows."""
        asked = [
            (each.item, each.clause or each.document or "—", self.result(each.result))
            for each in self.shown.answers
        ]
        yield self.table((N_("Question"), N_("Clause"), N_("Result")), asked)
        for each in self.shown.findings:
            yield self.finding(each)
        if not self.shown.findings:
            yield self.paragraph(self.say(N_("There were no findings.")))

    def result(self, result: str | None) -> str:
        return "—" if result is None else self.say(describe.RESULTS[result])

    def finding(self, found: Found) -> str:
        grade = found.grade or self.say(N_("not decided yet"))
        rows: list[tuple[str, str]] = [
            (self.say(N_("Class of the finding")), grade),
            (self.say(N_("Department")), self.place(found.department)),
            (self.say(N_("Criterion")), found.clause or found.document or "—"),
            (self.say(N_("Statement")), found.statement or "—"),
            (self.say(N_("Evidence")), found.evidence or "—"),
            (self.say(N_("Corrective action")), ", ".join(each.number for each in found.corrective) or "—"),
        ]
        body = "".join(
            f'<tr class="blank-row"><th scope="row" class="blank-label">{escape(label)}</th>'
            f'<td class="blank-answer"><span class="ink">{escape(value)}</span></td></tr>'
            for label, value in rows
        )
        caption = f"<caption>{escape(found.number)}</caption>"
        return f'<table class="blank-table">{caption}<tbody>{body}</tbody></table>'

    def opinions(self) -> str:
        """What was written, and what each unit holds against a finding, as it put it (AUD-05)."""
        told = [
            (each.number, self.place(each.department), each.dissent)
            for each in self.shown.findings
            if each.dissent
        ]
        table = self.table((N_("Finding"), N_("Department"), N_("Opinion")), told) if told else ""
        return self.text("opinions") + table

    def delivered(self) -> str:
        rows = [
            (
                each.name,
                documents.local(self.work, each.delivered_at),
                "—" if each.received_at is None else documents.local(self.work, each.received_at),
            )
            for each in self.shown.deliveries
        ]
        if not rows:
            return self.paragraph(self.say(N_("Not delivered yet")))
        return self.table((N_("Name"), N_("Delivered"), N_("Confirmed")), rows)

    def table(self, titles: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
        heads = "".join(f'<th scope="col">{escape(self.say(each))}</th>' for each in titles)
        cells = "".join(f'<tr class="blank-row">{"".join(map(_cell, row))}</tr>' for row in rows)
        return f'<table class="blank-table"><thead><tr>{heads}</tr></thead><tbody>{cells}</tbody></table>'


def _cell(value: str) -> str:
    return f'<td class="blank-answer"><span class="ink">{escape(value)}</span></td>'
