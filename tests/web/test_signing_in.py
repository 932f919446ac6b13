"""Signing in and out, first passwords, and what a wrong password leaves behind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.web.house import PASSWORD, Browser, words_of

if TYPE_CHECKING:
    from collections.abc import Callable

    Open = Callable[..., Browser]


def test_a_person_signs_in_and_out(stranger: Browser) -> None:
    """The first place opens after signing in, and is closed again after signing out."""
    answer = stranger.get("/me")
    assert (answer.status_code, answer.location) == (303, "/sign-in?next=/me")
    assert stranger.submit(answer.location, {"login": "Author ", "password": PASSWORD}).location == "/me"
    assert "Author" in words_of(stranger.dom("/me"))
    assert stranger.post("/sign-out").location == "/sign-in"
    assert stranger.get("/me").status_code == 303
