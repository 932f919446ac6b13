"""Extracts verify alone and tell nothing beyond their scope (BND-11, TRL-08)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from qms import trail
from qms.kernel.errors import Conflict, Missing
from qms.kernel.refs import Ref
from tests.trail.factories import CLERK, entries, with_key

if TYPE_CHECKING:
    from qms.kernel.settings import Settings
    from qms.kernel.work import Works

ONE = [Ref("document", "CP-01")]


def test_an_extract_verifies_alone_and_keeps_the_rest_to_itself(works: Works, settings: Settings) -> None:
    """All links of the range, the bodies of the scope only, and the place under a signed root."""
    with_key(settings)
    entries(works, 6, personal=True)
    trail.checkpoint(works, CLERK, "bundle")
    entries(works, 3, start=7)
    made = trail.checkpoint(works, CLERK, "bundle")
    with works.reading(CLERK) as work:
        lines = list(trail.extract(work.session, ONE))
        part = list(trail.extract(work.session, ONE, 2, 5))
        every = list(trail.extract(work.session, None, 1, 6))
    found = trail.check_extract(lines)
    assert (found.wrong, found.first, found.last, found.bodies, found.size) == ("", 1, 10, 3, made.size)
    assert "CP-02" not in "".join(lines)
    assert "example.org" not in "".join(lines)
    assert lines[1].count('"body"') == 1
    small = trail.check_extract(part)
    assert (small.wrong, small.first, small.last, small.bodies, small.size) == ("", 3, 5, 1, 6)
    assert trail.check_extract(every).bodies == 5
    for index in range(1, len(lines)):
        row = json.loads(lines[index])
        row["digest"] = "0" * 64
        bent = [*lines[:index], json.dumps(row), *lines[index + 1 :]]
        assert trail.check_extract(bent).seq == index


def test_what_cannot_be_extracted_is_refused_before_the_first_line(works: Works, settings: Settings) -> None:
    """No checkpoint over the end, or a range without entries."""
    with_key(settings)
    with works.reading(CLERK) as work, pytest.raises(Conflict, match="sign one first"):
        trail.extract(work.session, ONE)
    entries(works, 2)
    trail.checkpoint(works, CLERK, "bundle")
    with works.reading(CLERK) as work:
        with pytest.raises(trail.NotYetCheckpointed, match="up to 3"):
            trail.extract(work.session, ONE, 0, 3)
        with pytest.raises(Missing, match="from 3 to 2"):
            trail.extract(work.session, ONE, 2)
        with pytest.raises(Missing):
            trail.extract(work.session, ONE, -1, 1)
