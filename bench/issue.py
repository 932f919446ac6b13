"""Measures issue to PDF against raw WeasyPrint on the same HTML and CSS: CPU seconds, in one run.

    python bench/issue.py [--rounds 3] [--documents CP-12.md ...]

Ours is what the job calls: the sheet goes to a warm, confined child and comes back as PDF/A-3a and PDF/UA-1
with its source attached, refused when anything on it is missing. Raw is `HTML(...).write_pdf(...)` in this
process, warm too, with the same fonts and style sheet and the HTML made beforehand; it is given once as plain
PDF, as the manual shows it, and once with the tags and the profile of PDF/A-3a, which is what ours has to be.
"""

from __future__ import annotations

import argparse
import logging
import math
import os
import sys
import time
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from weasyprint import HTML

from qms.documents.defaults import titles
from qms.documents.source import read_source
from qms.kernel.settings import Settings
from qms.rendering import Approval, Change, Pool, Sheet, contents_of, read
from qms.rendering.assets import Assets
from qms.rendering.page import render_html
from qms.rendering.pdf import _fonts, _given, _style

if TYPE_CHECKING:
    from collections.abc import Callable

LIBRARY = Path(__file__).parents[1] / "procedures"
DOCUMENTS = ("CP-12.md", "CP-12.en.md", "WI-12-01.md", "CP-08.md", "WI-13-01.md", "QM-02.md")
TICKS = os.sysconf("SC_CLK_TCK")
SIGNED = "2026-11-20 16:05 UTC+08:00"


def sheet_of(path: Path) -> tuple[Sheet, bytes]:
    """The sheet of a document of the library as it is issued, and its source."""
    data = path.read_bytes()
    source = read_source(data, path.name)
    head = source.head
    content = read(
        source.body, path.name, source.body_line, number_pattern=Settings(home=LIBRARY).number_pattern
    )
    language = head["language"]
    named = titles(head)
    sheet = Sheet(
        organisation="示例金融服务中心",
        kind=head["kind"],
        number=head["number"],
        title=named.get(language) or next(iter(named.values())),
        revision="A/0",
        language=language,
        owner=head["owner"],
        secrecy="内部",
        body=content.html,
        at=datetime(2026, 11, 20, 8, 5, tzinfo=UTC),
        published_on=date(2026, 11, 20),
        effective_on=date(2026, 12, 1),
        approvals=tuple(
            Approval(meaning, "王一", "质量管理部", SIGNED) for meaning in ("编制", "审核", "批准", "发布")
        ),
        history=(Change("A/0", "2026-12-01", "首次发布", "新编"),),
        contents=contents_of(content),
        verification_url="https://qms.example.org/v/7ZQK-03MD-9FVA-X2TB",
        short_code="7ZQK-03MD-9FVA-X2TB",
    )
    return sheet, data


def raw(sheet: Sheet, variant: str | None = None) -> Callable[[], object]:
    """WeasyPrint alone, on what the sheet becomes; the HTML is made before the clock starts."""
    html = render_html(sheet)
    given, style, fonts = _given(sheet), _style(sheet.language, ()), _fonts(())

    def make() -> bytes:
        page = HTML(string=html, url_fetcher=Assets(given))
        pdf: bytes = page.write_pdf(stylesheets=[style], font_config=fonts, pdf_variant=variant)
        return pdf

    return make


def children_cpu(pool: Pool) -> float:
    """Processor seconds that the children of the pool have used so far."""
    spent = 0.0
    for child in pool._idle:  # noqa: SLF001 - the bench looks inside to find the process
        fields = Path(f"/proc/{child.process.pid}/stat").read_text("ascii").rpartition(")")[2].split()
        spent += (int(fields[11]) + int(fields[12])) / TICKS
    return spent


def cost(make: Callable[[], object], pool: Pool) -> float:
    """Processor seconds of one call, here and in the children."""
    start = time.process_time() + children_cpu(pool)
    make()
    return time.process_time() + children_cpu(pool) - start


def run(path: Path, pool: Pool, rounds: int) -> tuple[float, float]:
    """One document, all sides in turn, a row of output; the ratios to plain and to tagged raw."""
    sheet, source = sheet_of(path)
    pages = 0

    def ours() -> None:
        nonlocal pages
        pages = pool.render(sheet, source, path.name).pages

    sides = (raw(sheet), raw(sheet, "pdf/a-3a"), ours)
    for make in sides:
        make()  # fonts, style and templates are read once
    spent = [0.0, 0.0, 0.0]
    for _ in range(rounds):
        for place, make in enumerate(sides):
            spent[place] += cost(make, pool) / rounds
    plain, tagged, made = spent
    print(
        f"{path.name:14} {pages:3} pages   CPU s: raw {plain:6.2f}   raw PDF/A-3a {tagged:6.2f}"
        f"   ours {made:6.2f}   ours / raw {made / plain:5.2f}   ours / raw PDF/A-3a {made / tagged:5.2f}",
        flush=True,
    )
    return made / plain, made / tagged


def mean(ratios: list[float]) -> float:
    """The geometric mean."""
    return math.exp(sum(map(math.log, ratios)) / len(ratios))


def main() -> int:
    """Run the documents asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--documents", nargs="+", default=list(DOCUMENTS))
    given = parser.parse_args()
    logging.getLogger("weasyprint").setLevel(logging.CRITICAL)
    with Pool() as pool:
        found = [run(LIBRARY / name, pool, given.rounds) for name in given.documents]
    plain, tagged = (mean([pair[place] for pair in found]) for place in (0, 1))
    print(f"geometric mean  ours / raw {plain:.2f}   ours / raw PDF/A-3a {tagged:.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
