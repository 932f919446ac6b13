"""What a head leaves open comes from its kind."""

import pytest

from qms.calendar import span
from qms.documents import defaults
from qms.documents.defaults import BY_KIND, DECLARED, Kind
from qms.kernel.ports import Secrecy

HEAD = {"kind": "control-procedure", "language": "zh-Hans", "title": "文件控制"}


@pytest.mark.parametrize("kind", Kind)
def test_each_kind_has_its_defaults(kind: Kind) -> None:
    """All three stages name somebody, so that no route is open (DOC-02)."""
    route = BY_KIND[kind].route
    assert set(route) == {"review", "approve", "release"}
    assert all(stage.get("posts") or stage.get("roles") for stage in route.values())


def test_a_head_that_says_nothing() -> None:
    """One title counts for the language of the file."""
    assert defaults.titles(HEAD) == {"zh-Hans": "文件控制"}
    assert defaults.notice(HEAD) == span("0 days")
    assert defaults.review_every(HEAD) == span("12 months")
    assert defaults.secrecy(HEAD) is Secrecy.INTERNAL


def test_a_head_that_says_it_all() -> None:
    """What is said wins."""
    head = {
        **HEAD,
        "title": {"zh-Hans": "文件控制", "en": "Documents"},
        "notice": "3 months",
        "review-every": "2 years",
        "secrecy": "secret",
    }
    assert defaults.titles(head) == {"zh-Hans": "文件控制", "en": "Documents"}
    assert defaults.notice(head) == span("3 months")
    assert defaults.review_every(head) == span("2 years")
    assert defaults.secrecy(head) is Secrecy.SECRET


def test_declared_kinds() -> None:
    """Four kinds have no text."""
    assert {"form", "register", "scorecard", "objective-sheet"} == DECLARED
