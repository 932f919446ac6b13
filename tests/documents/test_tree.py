"""DOC-14: no circle of parents, loose ends are listed, and what leans on a document is known."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qms.documents import tree
from qms.documents.errors import ParentCycle
from qms.documents.tree import Link

PARENTS = {"QM-01": None, "CP-12": "QM-01", "CP-02": "QM-01", "WI-12-01": "CP-12", "FM-12-01": "CP-12"}
LINKS = [
    Link("CP-12", "CP-02"),
    Link("CP-02", "CP-12", "citation", "5.3"),
    Link("CP-12", "FM-12-01", "form"),
    Link("CP-12", "FM-12-09", "form"),
    Link("CP-12", "CP-12", "citation", "9"),
    Link("WI-12-01", "CP-12", "citation", "7.7"),
    Link("WI-12-01", "CP-02", "citation", "4"),
]


def test_a_parent_below_its_child_is_refused_with_the_path() -> None:
    """The whole circle is shown, over any number of steps."""
    with pytest.raises(ParentCycle, match="QM-01 › WI-12-01 › CP-12 › QM-01"):
        tree.check_parent("QM-01", "WI-12-01", PARENTS)
    with pytest.raises(ParentCycle, match="CP-12 › CP-12"):
        tree.check_parent("CP-12", "CP-12", PARENTS)


def test_other_parents_are_fine() -> None:
    """A document may move, and a parent may come later than its child."""
    tree.check_parent("CP-12", "CP-02", PARENTS)
    tree.check_parent("CP-12", "PL-01", PARENTS)
    tree.check_parent("CP-12", None, PARENTS)


def test_up_and_down_the_tree() -> None:
    """Nearest first; level by level."""
    assert tree.above("WI-12-01", PARENTS) == ("CP-12", "QM-01")
    assert tree.below("QM-01", PARENTS) == ("CP-02", "CP-12", "FM-12-01", "WI-12-01")
    assert tree.below("WI-12-01", PARENTS) == ()


def test_loose_ends_are_listed() -> None:
    """No such document, or no such clause where the clauses are known."""
    clauses = {"CP-12": {"5.3", "9"}}
    assert tree.dangling(LINKS, PARENTS, clauses) == (
        Link("CP-12", "FM-12-09", "form"),
        Link("WI-12-01", "CP-12", "citation", "7.7"),
    )
    assert tree.dangling(LINKS, PARENTS) == (Link("CP-12", "FM-12-09", "form"),)


def test_what_leans_on_a_document() -> None:
    """A document does not lean on itself."""
    assert tree.leaning_on("CP-12", LINKS) == (
        Link("CP-02", "CP-12", "citation", "5.3"),
        Link("WI-12-01", "CP-12", "citation", "7.7"),
    )


NODES = st.sampled_from("abcdef")


@given(st.lists(st.tuples(NODES, st.none() | NODES), max_size=30))
def test_a_tree_grown_by_allowed_moves_has_no_circle(moves: list[tuple[str, str | None]]) -> None:
    """Each node ends at a root, and the ways up and down agree."""
    parents: dict[str, str | None] = {}
    for number, parent in moves:
        try:
            tree.check_parent(number, parent, parents)
        except ParentCycle:
            assert parent == number or number in tree.above(str(parent), parents)
            continue
        parents[number] = parent
    for number in "abcdef":
        assert tree.cycle(number, parents) is None
        assert all(number in tree.below(upper, parents) for upper in tree.above(number, parents))


def test_a_circle_that_exists_is_walked_once() -> None:
    """Data from elsewhere may be wrong; reading it still ends."""
    wrong: dict[str, str | None] = {"a": "b", "b": "c", "c": "b"}
    assert tree.cycle("a", wrong) == ("b", "c", "b")
    assert tree.above("a", wrong) == ("b", "c")
    assert tree.below("b", wrong) == ("a", "c")
