"""Pure rules: the anchors of the clauses of a text, and what hangs on them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from qms.documents import source as papers
from qms.kernel.errors import Problem
from qms.kernel.labels import N_

_ANCHOR: Final = re.compile(r"^\{#([A-Za-z0-9_.-]+)\}\s*$", re.MULTILINE)


def anchors(body: str) -> frozenset[str]:
    """The lasting names of clauses, as they stand before their headings."""
    return frozenset(_ANCHOR.findall(body))


def missing_clauses(source: papers.Source) -> Iterator[Problem]:
    """What a control point, time limit or schedule hangs on and the text has not."""
    known = anchors(source.body)
    for key in ("control-points", "time-limits", "schedules"):
        for place, item in enumerate(source.head.get(key, ()), 1):
            clause = item.get("clause")
            if clause is not None and str(clause) not in known:
                text = N_("The text has no clause {anchor}; write it before a heading, in braces with #.")
                yield Problem(text, field=f"{key}.{place}.clause", facts={"anchor": clause})
