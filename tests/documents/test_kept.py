"""What is made of bytes that never change is kept while there is room."""

from __future__ import annotations

from functools import partial

from hypothesis import given
from hypothesis import strategies as st

from qms.documents.kept import Kept


def test_the_same_text_is_made_once() -> None:
    """Another key asks again; what is found stands as it was made."""
    kept, asked = Kept(most=100), iter(range(10))
    found = [kept.made(key, lambda: f"text {next(asked)}") for key in ("a", "a", "b", "a")]
    assert found == ["text 0", "text 0", "text 1", "text 0"]


def test_the_longest_unused_goes_first() -> None:
    """Asking for a text renews it; what went is made again."""
    kept = Kept(most=8)
    asked: list[str] = []

    def make(key: str) -> str:
        asked.append(key)
        return "four"

    def ask(key: str) -> None:
        kept.made(key, partial(make, key))

    for key in ("a", "b", "a", "c", "a", "b"):
        ask(key)
    assert asked == ["a", "b", "c", "b"]
    assert kept.size == 8


def test_a_text_beyond_all_room_is_given_and_not_kept() -> None:
    """It pushes the others out, and itself."""
    kept = Kept(most=3)
    kept.made("small", lambda: "one")
    assert kept.made("large", lambda: "large") == "large"
    assert kept.size == 0


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 12)), max_size=60))
def test_never_more_is_kept_than_there_is_room_for(asked: list[tuple[int, int]]) -> None:
    """Whatever is asked in whatever order, also a text made while the same key was being made."""
    kept = Kept(most=20)

    def make(key: int, length: int) -> str:
        kept.made(key, lambda: "x" * length)
        return "y" * length

    for key, length in asked:
        kept.made(key, partial(make, key, length))
        assert 0 <= kept.size <= 20
