"""DOC-02, SEC-28: who may sign, when a stage closes, and that one person counts once."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qms.documents import route
from qms.documents.defaults import Kind
from qms.documents.errors import (
    ApproverIsAuthor,
    CommentsOpen,
    NotInRoute,
    SeatTaken,
    SignedAlready,
    StageClosed,
    SubstituteNotAllowed,
)
from qms.documents.route import Admission, Holders, Route, Signed, StageName

AUTHOR, RISK, LEGAL, HEAD, DEPUTY, CLERK, OTHER = range(1, 8)
WHAT = "CP-12 A/0"
DECLARED = {
    "review": {"posts": ["risk", "legal"], "quorum": "all"},
    "approve": {"posts": ["head"]},
    "release": {"roles": ["clerk"], "quorum": "any"},
}
ROUTE = route.read_route(DECLARED, Kind.CONTROL_PROCEDURE)
HOLDERS = Holders(
    {
        "post:risk": frozenset({RISK}),
        "post:legal": frozenset({LEGAL}),
        "post:head": frozenset({HEAD, AUTHOR}),
        "role:clerk": frozenset({CLERK, AUTHOR}),
    },
    {HEAD: frozenset({DEPUTY, AUTHOR, CLERK}), RISK: frozenset({DEPUTY, LEGAL})},
)
REVIEWED = [Signed(StageName.REVIEW, RISK), Signed(StageName.REVIEW, LEGAL)]
APPROVED = [*REVIEWED, Signed(StageName.APPROVE, HEAD)]


def admit(signed: list[Signed], person: int, *, of: Route = ROUTE, **more: Any) -> Admission:
    """The admission of a person to the open stage."""
    return route.admit(of, HOLDERS, signed, person=person, author=AUTHOR, what=WHAT, **more)


def quorum(value: str | int, people: int) -> tuple[Route, Holders]:
    """A route whose review asks the holders of one role of so many people."""
    stages = {**DECLARED, "review": {"roles": ["reviewer"], "quorum": value}}
    seats: Mapping[str, frozenset[int]] = {
        **HOLDERS.seats,
        "role:reviewer": frozenset(range(100, 100 + people)),
    }
    return route.read_route(stages, Kind.FORM), Holders(seats)


def test_stages_left_out_come_from_the_kind() -> None:
    """No head can leave a stage out: each kind has a default for all three."""
    for kind in Kind:
        walked = route.read_route(None, kind)
        assert [stage.name for stage in walked.stages] == list(StageName)
        assert all(stage.seats for stage in walked.stages)
    half = route.read_route({"review": {"posts": ["risk"]}}, Kind.FORM)
    assert half.stage(StageName.REVIEW).seats == ("post:risk",)
    assert half.stage(StageName.APPROVE) == route.read_route(None, Kind.FORM).stage(StageName.APPROVE)


def test_a_route_is_written_as_a_head_writes_it() -> None:
    """What is stored with a round reads back the same."""
    assert route.read_route(route.plain(ROUTE), Kind.POLICY) == ROUTE


def test_stages_follow_one_another() -> None:
    """Review, approval, release; the route says who is asked and what is missing."""
    now = route.progress(ROUTE, HOLDERS, [], author=AUTHOR)
    assert now.stage == ROUTE.stage(StageName.REVIEW)
    assert now.signers == {RISK, LEGAL}
    assert (now.missing, now.left) == (("post:risk", "post:legal"), 2)
    assert now.standing_in == {DEPUTY: {RISK}}
    now = route.progress(ROUTE, HOLDERS, REVIEWED[:1], author=AUTHOR)
    assert now.signers == {LEGAL}
    assert (now.missing, now.left) == (("post:legal",), 1)
    now = route.progress(ROUTE, HOLDERS, REVIEWED, author=AUTHOR)
    assert now.stage == ROUTE.stage(StageName.APPROVE)
    assert now.signers == {HEAD}
    assert not now.is_approved
    now = route.progress(ROUTE, HOLDERS, APPROVED, author=AUTHOR)
    assert now.stage == ROUTE.stage(StageName.RELEASE)
    assert now.signers == {CLERK, AUTHOR}
    assert (now.is_approved, now.is_complete) == (True, False)
    now = route.progress(ROUTE, HOLDERS, [*APPROVED, Signed(StageName.RELEASE, CLERK)], author=AUTHOR)
    assert (now.is_complete, now.is_approved, now.left) == (True, True, 0)


def test_only_those_asked_sign() -> None:
    """A stage that is not open yet asks nobody, a finished route neither."""
    assert admit([], RISK) == Admission(ROUTE.stage(StageName.REVIEW), frozenset({"post:risk"}))
    with pytest.raises(NotInRoute, match="Review"):
        admit([], HEAD)
    with pytest.raises(StageClosed):
        admit([*APPROVED, Signed(StageName.RELEASE, CLERK)], CLERK)


def test_the_author_does_not_approve() -> None:
    """Neither with the post nor standing in for another, nor by a substitute; release is another matter."""
    with pytest.raises(ApproverIsAuthor):
        admit(REVIEWED, AUTHOR)
    with pytest.raises(ApproverIsAuthor):
        admit(REVIEWED, AUTHOR, standing_for=HEAD)
    with pytest.raises(ApproverIsAuthor):
        admit(REVIEWED, DEPUTY, standing_for=AUTHOR)
    assert admit(APPROVED, AUTHOR).stage.name is StageName.RELEASE


def test_an_authors_signature_never_approves() -> None:
    """Even where a row claims it."""
    forged = [*REVIEWED, Signed(StageName.APPROVE, AUTHOR), Signed(StageName.APPROVE, DEPUTY, AUTHOR)]
    assert not route.progress(ROUTE, HOLDERS, forged, author=AUTHOR).is_approved


def test_a_substitute_signs_as_substitute() -> None:
    """For whom the stage asks and who named them; their word then counts for that person."""
    assert admit(REVIEWED, DEPUTY, standing_for=HEAD).seats == {"post:head"}
    signed = [*REVIEWED, Signed(StageName.APPROVE, DEPUTY, HEAD)]
    assert route.progress(ROUTE, HOLDERS, signed, author=AUTHOR).is_approved
    for person, other in ((OTHER, HEAD), (DEPUTY, CLERK)):
        with pytest.raises(SubstituteNotAllowed):
            admit(REVIEWED, person, standing_for=other)


def test_whom_a_stage_asks_does_not_stand_in() -> None:
    """Every voice has its own hand: a reviewer cannot also sign for another reviewer."""
    with pytest.raises(SubstituteNotAllowed):
        admit([], LEGAL, standing_for=RISK)


def test_one_person_counts_once() -> None:
    """Not twice for oneself, not once more by a substitute, not as substitute for two."""
    with pytest.raises(SignedAlready):
        admit(REVIEWED[:1], RISK)
    with pytest.raises(SignedAlready):
        admit(REVIEWED[:1], DEPUTY, standing_for=RISK)
    both = Holders(HOLDERS.seats, {RISK: frozenset({DEPUTY}), LEGAL: frozenset({DEPUTY})})
    signed = [Signed(StageName.REVIEW, DEPUTY, RISK)]
    with pytest.raises(SignedAlready):
        route.admit(ROUTE, both, signed, person=DEPUTY, standing_for=LEGAL, author=AUTHOR, what=WHAT)


def test_open_comments_block_approval_only() -> None:
    """Reviewers go on signing while comments are open."""
    assert admit([], RISK, open_comments=2)
    with pytest.raises(CommentsOpen, match="2 open"):
        admit(REVIEWED, HEAD, open_comments=2)


def test_of_two_last_approvals_one_closes_the_stage() -> None:
    """A seat that asks one holder takes no second signature."""
    each = route.read_route({**DECLARED, "review": {"posts": ["risk", "head"]}}, Kind.FORM)
    signed = [Signed(StageName.REVIEW, HEAD)]
    with pytest.raises(SeatTaken):
        admit(signed, AUTHOR, of=each)
    assert admit(signed, RISK, of=each).stage.name is StageName.REVIEW


def test_one_holder_of_two_seats_speaks_for_both() -> None:
    """In a small house one person may hold two posts."""
    each = route.read_route({**DECLARED, "review": {"posts": ["risk", "legal"]}}, Kind.FORM)
    small = Holders({**HOLDERS.seats, "post:legal": frozenset({RISK})})
    assert (
        route.progress(each, small, [Signed(StageName.REVIEW, RISK)], author=AUTHOR).stage == each.stages[1]
    )


def test_all_asks_every_holder() -> None:
    """With `all` a second holder of a post is asked too; with `each` one of them is enough."""
    two = Holders({**HOLDERS.seats, "post:risk": frozenset({RISK, OTHER})})
    assert route.progress(ROUTE, two, REVIEWED, author=AUTHOR).signers == {OTHER}
    each = route.read_route({**DECLARED, "review": {"posts": ["risk", "legal"]}}, Kind.FORM)
    assert route.progress(each, two, REVIEWED, author=AUTHOR).stage == each.stages[1]


def test_a_signature_keeps_the_seat_it_was_given_for() -> None:
    """Who signed for a post and then left it has still been heard."""
    left = Holders({**HOLDERS.seats, "post:risk": frozenset()})
    signed = [Signed(StageName.REVIEW, RISK, seats=frozenset({"post:risk"})), REVIEWED[1]]
    assert route.progress(ROUTE, left, signed, author=AUTHOR).stage == ROUTE.stages[1]
    assert route.progress(ROUTE, left, REVIEWED, author=AUTHOR).missing == ("post:risk",)


def test_a_closed_stage_stays_closed() -> None:
    """Whoever is appointed afterwards, the review is not opened again."""
    two = Holders({**HOLDERS.seats, "post:risk": frozenset({RISK, OTHER})})
    assert route.progress(ROUTE, two, APPROVED, author=AUTHOR).stage == ROUTE.stages[2]
    now = route.progress(ROUTE, two, [], author=AUTHOR, approved=True)
    assert now.stage == ROUTE.stages[2]


def test_a_route_that_cannot_end_is_told_before() -> None:
    """Vacant seats and quorums larger than the people there are named by stage."""
    assert route.faults(ROUTE, HOLDERS, AUTHOR) == []
    vacant = Holders({"post:risk": frozenset({RISK}), "post:head": frozenset({AUTHOR})})
    found = {(fault.field, *fault.facts.values()) for fault in route.faults(ROUTE, vacant, AUTHOR)}
    assert found == {("route.review", "legal"), ("route.approve", "head"), ("route.release", 1, 0)}
    large, few = quorum(4, 3)
    assert [fault.facts for fault in route.faults(large, few, AUTHOR)] == [{"needed": 4, "count": 3}]


def test_a_stage_that_asks_nobody_is_never_complete() -> None:
    """An empty stage is no way around a stage."""
    empty = Route((route.Stage(StageName.REVIEW, ()), *ROUTE.stages[1:]))
    assert route.progress(empty, HOLDERS, [], author=AUTHOR).stage == empty.stages[0]
    assert route.faults(empty, HOLDERS, AUTHOR)[0].field == "route.review"


def test_sixteen_tries_of_one_person_count_once() -> None:
    """Copies of one signature are one signature."""
    walked, holders = quorum(3, 16)
    signed = [Signed(StageName.REVIEW, 100)] * 16
    assert route.progress(walked, holders, signed, author=AUTHOR).left == 2


@given(st.integers(1, 5), st.lists(st.integers(100, 115), max_size=40))
def test_a_quorum_takes_exactly_its_number(needed: int, tries: list[int]) -> None:
    """Of 16 persons in an n-of-16 quorum exactly n sign, each once, in whatever order they come."""
    walked, holders = quorum(needed, 16)
    signed: list[Signed] = []
    for person in tries:
        now = route.progress(walked, holders, signed, author=AUTHOR)
        try:
            admission = route.admit(walked, holders, signed, person=person, author=AUTHOR, what=WHAT)
        except (SignedAlready, NotInRoute):
            assert person not in now.signers
            continue
        assert person in now.signers
        signed.append(Signed(admission.stage.name, person, seats=admission.seats))
    assert len(signed) == min(needed, len(set(tries)))
    assert len({entry.person for entry in signed}) == len(signed)


PEOPLE = st.integers(1, 6)
SEATS = st.dictionaries(
    st.sampled_from([f"post:{code}" for code in "abcd"]), st.frozensets(PEOPLE, max_size=3)
)
STAGE = st.fixed_dictionaries(
    {
        "posts": st.lists(st.sampled_from("abcd"), min_size=1, max_size=3, unique=True),
        "quorum": st.sampled_from(["all", "each", "any", 1, 2]),
    }
)


@given(
    st.fixed_dictionaries({"review": STAGE, "approve": STAGE, "release": STAGE}),
    SEATS,
    st.dictionaries(PEOPLE, st.frozensets(PEOPLE, max_size=3)),
    st.lists(st.tuples(PEOPLE, st.none() | PEOPLE), max_size=30),
)
def test_no_route_ends_without_its_stages(
    declared: dict[str, Any],
    seats: dict[str, frozenset[int]],
    substitutes: dict[int, frozenset[int]],
    tries: list[tuple[int, int | None]],
) -> None:
    """Whoever tries whatever: stages close in order, each heard, none signed twice, no author approves."""
    walked = route.read_route(declared, Kind.FORM)
    holders = Holders(seats, substitutes)
    signed: list[Signed] = []
    for person, other in tries:
        now = route.progress(walked, holders, signed, author=1)
        allowed = (
            person in now.signers if other is None else other in now.standing_in.get(person, frozenset())
        )
        try:
            admission = route.admit(
                walked, holders, signed, person=person, standing_for=other, author=1, what=WHAT
            )
        except (ApproverIsAuthor, NotInRoute, SeatTaken, SignedAlready, StageClosed, SubstituteNotAllowed):
            assert not allowed
            continue
        assert allowed
        assert admission.stage == now.stage
        signed.append(Signed(admission.stage.name, person, other, admission.seats))
    order = [list(StageName).index(entry.stage) for entry in signed]
    assert order == sorted(order)
    for stage in StageName:
        hands = [entry.person for entry in signed if entry.stage is stage]
        voices = [entry.counts_for for entry in signed if entry.stage is stage]
        assert len(set(hands)) == len(hands)
        assert len(set(voices)) == len(voices)
        if stage is StageName.APPROVE:
            assert 1 not in {*hands, *voices}
    end = route.progress(walked, holders, signed, author=1)
    if end.is_complete:
        assert {entry.stage for entry in signed} == set(StageName)
