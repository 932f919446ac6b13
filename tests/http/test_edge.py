"""What the edge decides without a page: targets of redirects, statuses, forms, what goes into the log."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask

from qms import accounts
from qms.http.edge import local
from qms.http.forms import Form
from qms.http.problems import STATUS, status
from qms.kernel.errors import (
    Conflict,
    Damaged,
    Exhausted,
    Forbidden,
    Invalid,
    Missing,
    Problem,
    QmsError,
    Unavailable,
)
from qms.runtime.logs import neutral


@pytest.mark.parametrize(
    "target", ["/", "/me", "/trail?from=2026-11-02&until=", "/documents/CP-12#5.3", "/文件"]
)
def test_paths_of_this_site_are_followed(target: str) -> None:
    """SEC-24: a local path stays as it is."""
    assert local(target) == target


@pytest.mark.parametrize(
    "target",
    [
        None,
        "",
        "me",
        "//evil",
        "/\\evil",
        "https:evil",
        "http://evil",
        "/\t//evil",
        "/a\nb",
        "/\x7f/evil",
        "\\/evil",
    ],
)
def test_anything_else_is_not(target: str | None) -> None:
    """SEC-24: what a browser could read as another site leads to the start."""
    assert local(target) == "/"
    assert local(target, "/me") == "/me"


def test_each_kind_of_refusal_has_its_status() -> None:
    """Law 10: one table, and a concrete refusal has the status of its kind."""
    told = {Missing: 404, Forbidden: 403, Conflict: 409, Invalid: 422, Damaged: 500}
    told |= {Unavailable: 503, Exhausted: 507}
    assert told == STATUS
    assert {kind: status(kind(what="x")) for kind in told if kind is not Invalid} == {
        kind: code for kind, code in told.items() if kind is not Invalid
    }
    assert status(Invalid()) == 422
    assert status(accounts.LoginTaken(login="x")) == 409
    assert status(QmsError()) == 500


def test_a_log_line_stays_one_line() -> None:
    """SEC-25: line ends and terminal codes are taken out of what goes into the log."""
    assert neutral("a\r\nb\x1b[31mc") == "a\N{REPLACEMENT CHARACTER}" + "\N{REPLACEMENT CHARACTER}b" + (
        "\N{REPLACEMENT CHARACTER}[31mc"
    )


def test_a_form_reads_days_and_choices() -> None:
    """Days are whole, choices are among those offered, and faults name their field."""
    with Flask("form").test_request_context(
        method="POST", data={"from": "2026-11-22", "last": "9999-12-31", "grade": "7"}
    ):
        form = Form()
        assert form.day("from") == date(2026, 11, 22)
        assert form.next_day("from") == date(2026, 11, 23)
        assert form.maybe_day("until") is None
        with form.catch():
            form.next_day("last")
        with form.catch():
            form.chosen("grade", [("1", "one")])
        with form.catch():
            form.text("name")
            form.day("begin")
            form.check()
        assert [each.field for each in form.problems] == ["last", "grade", "name", "begin"]
        assert form.faults("name", "zh-Hans") == ["请填写此项。"]
        assert form.status == 422


def test_a_form_takes_up_what_can_be_corrected_only() -> None:
    """A conflict stands beside the field it is about; what is forbidden goes on to the edge."""
    with Flask("form").test_request_context(method="POST"):
        form = Form()
        with form.catch("all", {accounts.LoginTaken: "login"}):
            raise accounts.LoginTaken(login="author")
        with form.catch("all"):
            raise accounts.NoSuchPost(post="x")
        with form.catch("all"):
            raise Invalid([Problem("It has been used before."), Problem("A name is needed.", field="name")])
        assert [each.field for each in form.problems] == ["login", "all", "all", "name"]
        with pytest.raises(Forbidden), form.catch():
            raise Forbidden


def test_a_form_starts_with_what_it_is_given() -> None:
    """Without a POST the fields hold their start, and what the address names."""
    with Flask("form").test_request_context("/?department=risk"):
        form = Form(**{"from": "2026-11-02"})
        assert form.get("from") == "2026-11-02"
        assert form.has("department", "risk")
        assert not form.has("department", "loans")
        assert (form.problems, form.status) == ([], 200)
