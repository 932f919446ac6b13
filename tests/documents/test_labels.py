"""Revision labels count modifications, then editions, and sort in that order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qms.documents import labels
from qms.documents.errors import LabelUnreadable
from qms.documents.labels import Label, Scheme

LABELS = st.builds(Label, st.integers(0, 2000), st.integers(0, 9), st.sampled_from(Scheme))


@pytest.mark.parametrize(
    ("label", "modified", "edition"),
    [
        ("A/0", "A/1", "B/0"),
        ("A/9", "B/0", "B/0"),
        ("Z/9", "AA/0", "AA/0"),
        ("AZ/3", "AZ/4", "BA/0"),
        ("1.0", "1.1", "2.0"),
        ("9.9", "10.0", "10.0"),
    ],
)
def test_what_follows_a_label(label: str, modified: str, edition: str) -> None:
    """Modifications run from 0 to 9, then the next edition begins; after Z comes AA."""
    assert labels.next_modification(label) == modified
    assert labels.next_edition(label) == edition


def test_the_first_label() -> None:
    """Each scheme has its beginning."""
    assert labels.first("edition-modification") == "A/0"
    assert labels.first("decimal") == "1.0"


@pytest.mark.parametrize("text", ["", "A", "a/0", "A/10", "0.1", "1.10", "01.0", "A/０", "A/0 ", "A-0"])
def test_other_texts_are_no_labels(text: str) -> None:
    """A label is read strictly."""
    with pytest.raises(LabelUnreadable):
        labels.parse(text)


@given(LABELS)
def test_a_label_is_read_as_it_is_written(label: Label) -> None:
    """Writing and reading give the same label."""
    assert labels.parse(str(label)) == label


@given(LABELS)
def test_what_follows_sorts_after(label: Label) -> None:
    """Both successors come later, the next edition not before the next modification."""
    now, small, big = (
        labels.order(text)
        for text in (str(label), labels.next_modification(str(label)), labels.next_edition(str(label)))
    )
    assert now < small <= big
