"""The sheet of an objective on paper: what it is, its chart and parts, its forecast, its history (6.2.1)."""

from __future__ import annotations

import json
from html import escape
from typing import TYPE_CHECKING, Final

from qms import accounts, documents, rendering
from qms.documents import GRADES
from qms.kernel.labels import N_, in_language, say
from qms.kernel.ports import Secrecy
from qms.objectives import describe, queries
from qms.objectives.picture import picture
from qms.records import Printed
from qms.rendering import Detail, Layout, Picture, Sheet, chart

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from decimal import Decimal

    from qms.kernel.work import Work
    from qms.objectives.queries import Standing
    from qms.objectives.seasons import Span


_CHART: Final = "chart.svg"
_FONTS: Final = {"zh-Hant": "Noto Sans TC"}


def printed(work: Work, number: str) -> Printed:
    """An objective as it would be printed, in the language of who asks, its figures as JSON in the file."""
    found = queries.one(work, number)
    told = {
        "objective": found.record,
        "number": found.code,
        "target": _text(found.target),
        "parts": [
            {"from": str(each.span.first), "until": str(each.span.last), "target": _text(each.target),
             "actual": _text(each.actual), "state": each.status.value, "check": each.record}
            for each in found.points
        ],
    }  # fmt: skip
    source = json.dumps(told, ensure_ascii=False, sort_keys=True, indent=1).encode()
    return Printed(_Setting(work, found).sheet(), source, f"{found.record}.json")


def _text(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:f}"


class _Setting:
    """One objective being set."""

    def __init__(self, work: Work, found: Standing) -> None:
        self.work = work
        self.found = found
        self.language = work.language
        names = accounts.department_names(work.session)
        self.department = in_language(names.get(found.department, {"en": found.department}), self.language)

    def say(self, text: str, **facts: object) -> str:
        return say(text, self.language, **facts)

    def sheet(self) -> Sheet:
        """Head band, chart, tables."""
        work, found = self.work, self.found
        return Sheet(
            organisation=work.settings.organisation,
            kind=self.say(N_("Quality objective")),
            number=found.code,
            title=found.name,
            revision=found.record,
            language=self.language,
            owner=self.department,
            secrecy=self.say(GRADES[Secrecy.INTERNAL]),
            body=f'<div class="blank filled">{"".join(self.body())}</div>',
            at=work.now,
            layout=Layout.RECORD,
            demo=work.demo,
            fonts=rendering.own_fonts(work.settings.at(work.settings.fonts)),
            state=f"{self.status()} · {documents.local(work, work.now)}",
            details=tuple(self.details()),
            pictures=tuple(self.pictures()),
        )

    def status(self) -> str:
        """How it stands, in one word."""
        found = self.found
        if found.status is None:
            return self.say(describe.STATES[found.state])
        return self.say(describe.STATUSES[found.status])

    def details(self) -> Iterator[Detail]:
        """What the objective is."""
        found = self.found
        yield Detail(self.say(N_("Objective number")), found.code)
        yield Detail(self.say(N_("Level")), self.say(describe.LEVELS[found.level]))
        yield Detail(self.say(N_("Department")), self.department)
        yield Detail(self.say(N_("Responsible person")), found.owner)
        yield Detail(self.say(N_("Period")), f"{found.from_on} – {found.until_on}")
        yield Detail(self.say(N_("Target")), self.figure(found.target))
        yield Detail(self.say(N_("Indicator")), found.indicator)
        yield Detail(self.say(N_("Source of data")), found.source)
        yield Detail(self.say(N_("Direction")), self.say(describe.DIRECTIONS[found.direction]))
        yield Detail(self.say(N_("State")), self.status())

    def figure(self, value: Decimal | None) -> str:
        """A figure with its unit; a dash where there is none."""
        if value is None:
            return "—"
        unit = describe.UNITS[self.found.unit]
        return f"{chart.plain(round(value, 2))} {self.say(unit) if unit else ''}".strip()

    def pictures(self) -> Iterator[Picture]:
        """The chart, once there are targets."""
        if self.found.points:
            font = _FONTS.get(self.language, "Noto Sans SC")
            drawn = picture(self.found, self.language).replace("<svg ", f'<svg font-family="{font}" ', 1)
            yield Picture(_CHART, "image/svg+xml", drawn.encode())

    def body(self) -> Iterator[str]:
        """The chart, then the figures it shows, then what they come to."""
        found = self.found
        if not found.points:
            yield f"<p>{escape(self.say(N_('It is proposed; its targets count once it is set.')))}</p>"
            return
        alt = escape(self.say(N_("{name}: results against targets"), name=found.name))
        yield f'<p><img src="{_CHART}" alt="{alt}"></p>'
        yield self.table(
            N_("Results"),
            (N_("Part of the period"), N_("Target"), N_("Result"), N_("State")),
            [
                (
                    _part(each.label, each.span),
                    self.figure(each.target),
                    self.figure(each.actual),
                    self.say(describe.STATUSES[each.status]),
                )
                for each in found.points
            ],
        )
        yield f"<p>{escape(so_far(found, self.language))}</p>"
        for line in forecasts(found, self.language):
            yield f"<p>{escape(line)}</p>"
        yield self.table(
            N_("History of the targets"),
            (N_("Version"), N_("Record"), N_("From"), N_("Target"), N_("Filing number"), N_("Reason")),
            [
                (
                    str(each.version),
                    each.record,
                    str(each.from_on),
                    self.figure(each.target),
                    each.filing,
                    each.reason,
                )
                for each in queries.history(self.work, found.record)
            ],
        )

    def table(self, title: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
        """A ruled table with its caption."""
        head = "".join(f"<th>{escape(self.say(each))}</th>" for each in heads)
        body = "".join(f"<tr>{''.join(f'<td>{escape(each)}</td>' for each in row)}</tr>" for row in rows)
        caption = escape(self.say(title))
        return (
            f'<table class="blank-table"><caption>{caption}</caption>'
            f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        )


def _part(label: str, span: Span) -> str:
    """The name of a part, and its months where the name does not say them."""
    months = f"{span.first:%Y-%m}", f"{span.last:%Y-%m}"
    told = months[0] if months[0] == months[1] else " – ".join(months)
    return label if label == told else f"{label} ({told})"


def so_far(found: Standing, language: str) -> str:
    """What the parts that are over come to, and how many of them have no result."""
    told = found.so_far
    if told.actual is None:
        text = N_("None of the {of} parts that are over has a result.")
        return say(text, language, of=told.of)
    text = (
        N_("So far {actual} in all, against {target}; {missing} of {of} parts over have no result.")
        if found.adds_up
        else N_("So far {actual} on average, against {target}; {missing} of {of} parts over have no result.")
    )
    target = "—" if told.target is None else chart.plain(round(told.target, 2))
    return say(
        text,
        language,
        actual=chart.plain(round(told.actual, 2)),
        target=target,
        missing=told.missing,
        of=told.of,
    )


def forecasts(found: Standing, language: str) -> list[str]:
    """What the whole period may come to, by each method that has enough to go by."""
    text = N_(
        "Forecast {method}: {middle}, with about 80 % certainty between {low} and {high};"
        " from {known} of {of} results."
    )
    return [
        say(
            text,
            language,
            method=say(describe.METHODS[each.method], language),
            middle=chart.plain(round(each.middle, 2)),
            low=chart.plain(round(each.low, 2)),
            high=chart.plain(round(each.high, 2)),
            known=each.known,
            of=each.of,
        )
        for each in found.forecasts
    ]
