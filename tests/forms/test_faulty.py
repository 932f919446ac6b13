"""A form with faults is saved as a draft with its faults told; nothing that is typed breaks the house."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import given as assuming
from hypothesis import strategies as given

from qms import documents
from qms.documents.source import read_source, write_source
from qms.forms import Blank
from qms.kernel.errors import Invalid, QmsError
from qms.runtime import ports
from tests.documents import factories

if TYPE_CHECKING:
    from collections.abc import Iterator, MutableMapping, MutableSequence

    from qms.kernel.work import Works

    Holder = MutableMapping[str, Any] | MutableSequence[Any]

ROOT: Final = Path(__file__).parents[2]
SHIPPED: Final = {path.stem: read_source(path.read_bytes(), path.name) for path in ROOT.glob("forms/*.yaml")}
LEFT_ALONE: Final = frozenset({"number", "kind", "language", "title", "owner", "change"})
OTHER: Final = given.one_of(
    given.none(),
    given.booleans(),
    given.integers(-2, 10**6),
    given.sampled_from(["", "persn", "table", "no", "any", "T+2", "a == ", "1 +", "amount > 0", "{x}"]),
    given.lists(given.sampled_from(["person", "choice", 5]), max_size=2),
    given.dictionaries(given.sampled_from(["by", "formula", "id", "register", "zh-Hans"]), given.just("x")),
)
SLIPS: Final = {
    "an unknown type": "{id: a, label: 甲, type: persn}",
    "a list of types": "{id: a, label: 甲, type: [person]}",
    "no type": "{id: a, label: 甲}",
    "no label": "{id: a, type: text}",
    "a number for a label": "{id: a, label: 5, type: text}",
    "a check without its condition": "{id: a, label: 甲, type: text, check: [{taht: \"a == 'x'\", say: 否}]}",
}


def _places(value: Any) -> Iterator[tuple[Holder, Any]]:
    """Each key and list place below a value, with what holds it."""
    if isinstance(value, dict):
        inner = [*value.items()]
    elif isinstance(value, list):
        inner = [*enumerate(value)]
    else:
        return
    for key, each in inner:
        yield value, key
        yield from _places(each)


@given.composite
def faulty(draw: given.DrawFn) -> dict[str, Any]:
    """The head of a shipped form in which something is taken away or changed."""
    head = deepcopy(dict(SHIPPED[draw(given.sampled_from(sorted(SHIPPED)))].head))
    for _ in range(draw(given.integers(1, 3))):
        keys = [key for key in head if key not in LEFT_ALONE]
        if not keys:
            break
        key = draw(given.sampled_from(keys))
        holder, place = draw(given.sampled_from([(head, key), *_places(head[key])]))
        if draw(given.booleans()):
            del holder[place]
        elif isinstance(place, str) and draw(given.booleans()):
            holder[f"{place}x"] = holder.pop(place)
        else:
            holder[place] = draw(OTHER)
    return head


@settings(max_examples=300, deadline=None)
@assuming(faulty())
def test_what_is_checked_is_told_or_printed(head: dict[str, Any]) -> None:
    """A declaration has faults or a blank sheet, never anything else."""
    body = Blank()
    try:
        read = dict(read_source(write_source(head, ""), "FM-12-01.yaml").head)
    except Invalid:
        return
    told = body.check(read, "FM-12-01.yaml")
    assert told or body.markup(read, "zh-Hans")
    assert told or body.text(read, "zh-Hans")


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], database=None
)
@assuming(faulty())
def test_what_is_saved_is_kept_or_refused(saving: factories.Organisation, head: dict[str, Any]) -> None:
    """Whatever is typed, it is saved and can be looked at, or a refusal says why not."""
    with saving.service() as work:
        try:
            data = write_source({**head, "number": "FM-77-01", "kind": "form", "owner": "risk"}, "")
            ready = factories.prepared(saving.works, data, "FM-77-01.yaml")
            ref = documents.ref_of(documents.draft(work, ready))
        except QmsError:
            work.session.rollback()
            return
        revision = documents.revision(work.session, work.rights, ref, work.today)
        assert documents.body_html(work, revision)
        documents.consequences(work, ref)
        documents.difference(work, ref)
        documents.preview(work, ref)
        work.session.rollback()


@pytest.fixture
def saving(works: Works) -> factories.Organisation:
    """The people, with everything that is installed."""
    works.ports = ports()
    return factories.organisation(works)


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_is_saved_with_its_fault(saving: factories.Organisation, slip: str) -> None:
    """No blank sheet is shown until it is mended, and it cannot be submitted."""
    more = f"fields:\n  - {SLIPS[slip]}\n"
    data = factories.HEAD.format(
        number="FM-77-01", kind="form", language="en", owner="risk", more=more, reason="New", summary="New"
    )
    ready = factories.prepared(saving.works, data.strip().strip("-").encode(), "FM-77-01.yaml")
    with saving.acting("author") as work:
        ref = documents.ref_of(documents.draft(work, ready))
        revision = documents.revision(work.session, work.rights, ref, work.today)
        assert "shown here once its faults are mended" in documents.body_html(work, revision)
        assert documents.difference(work, ref).is_empty
    with pytest.raises(documents.errors.SourceInvalid) as refused:
        factories.submit(saving, ref)
    assert any((each.field or "").startswith("fields.1") for each in refused.value.problems)
