"""The life of a document from a terminal, on both databases; then each verb in the wrong hands and states."""

from __future__ import annotations

import csv
import zipfile
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.cli.terminal import DRAFT, PASSWORD, SOURCE, Terminal

if TYPE_CHECKING:
    from tests.cli.conftest import At


def test_a_procedure_is_issued_found_and_proven(terminal: Terminal, tmp_path: Path) -> None:
    """The three stories, by commands alone."""
    source = terminal.write()
    drafted = terminal.json("document", "draft", source, login="author")
    assert (drafted.code, drafted.value) == (0, {"revision": f"revision:{DRAFT}"})
    assert terminal.json("document", "list", "--drafts", login="author").value[0]["state"] == "draft"
    assert "in review" in terminal("document", "submit", DRAFT, login="author").out
    back = terminal("document", "return", DRAFT, "--reason", "Name the unit", login="manager")
    assert (back.code, back.out) == (0, f"revision:{DRAFT} is a draft again.\n")
    assert terminal("document", "submit", DRAFT, login="author").code == 0
    signed = terminal.json("document", "sign", DRAFT, "--opinion", "Agreed", login="manager")
    assert signed.value["approved"] is False
    approved = terminal.json("document", "sign", DRAFT, "--approve", "--opinion", "Yes", login="deputy")
    assert approved.value["approved"] is True
    released = terminal.json("document", "release", DRAFT, login="controller")
    assert released.code == 0
    assert terminal.json("worker", "--once").value == {"done": 1}

    (listed,) = terminal.json("document", "list", login="reader").value
    assert (listed["number"], listed["revision"], listed["state"]) == ("CP-07", "A/0", "in_force")
    assert listed["effective_on"] == released.value["effective"]
    assert "CP-07" in terminal("document", "show", "CP-07", login="reader").out
    pdf = tmp_path / "CP-07.pdf"
    assert terminal("document", "pdf", DRAFT, "-o", pdf, login="controller").code == 0
    assert pdf.read_bytes().startswith(b"%PDF-1.7")
    assert "You have acknowledged" in terminal("document", "acknowledge", DRAFT, login="reader").out

    hits = terminal.json("search", "find", "識別", "風險", login="reader").value
    assert [(hit["number"], hit["clause"]) for hit in hits][:1] == [("CP-07", "2.1")]
    state = terminal.json("search", "state").value
    assert (state["health"], state["entries"] > 0) == ("sound", True)

    asked = terminal.json(
        "evidence", "request", "--purpose", "Audit", "--receiver", "reader", "--number", "CP-07",
        login="controller",
    )  # fmt: skip
    number = asked.value["number"]
    assert terminal("evidence", "approve", number, login="manager").code == 0
    assert terminal.json("worker", "--once").value == {"done": 1}
    bundle = tmp_path / "bundle.zip"
    given = terminal.json("evidence", "hand-over", number, "-o", bundle, login="controller")
    assert zipfile.is_zipfile(bundle)
    verified = terminal.json("evidence", "verify", bundle, "--fingerprint", given.value["fingerprint"])
    assert (verified.code, verified.value["ok"], verified.value["authentic"]) == (0, True, True)
    assert terminal.json("evidence", "list", login="controller").value[0]["state"] == "handed_over"

    whole = terminal.json("trail", "verify")
    assert (whole.code, whole.value["ok"], whole.value["checked"]) == (0, True, whole.value["last"])
    assert terminal("doctor", "--deep").code == 0


def test_the_master_list_is_exported(at: At, tmp_path: Path) -> None:
    terminal = at("issued")
    for name in ("list.csv", "list.xlsx"):
        answer = terminal.json("document", "export-list", tmp_path / name, login="controller")
        assert answer.value["rows"] == 1
    with (tmp_path / "list.csv").open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.reader(stream))
    assert "CP-07" in rows[1]
    assert zipfile.is_zipfile(tmp_path / "list.xlsx")


def test_a_source_is_written_back(at: At, tmp_path: Path) -> None:
    """In its own place, and the next sync sees no change; or wherever one asks for it."""
    terminal = at("draft")
    own = terminal.home / "procedures" / "CP-07.md"
    own.unlink()
    assert terminal("document", "export", "CP-07", login="author").code == 0
    assert own.read_text("utf-8") == SOURCE
    steps = terminal.json("sync", "--dry-run", login="author").value
    assert [step["deed"] for step in steps] == ["unchanged"]
    assert terminal("document", "export", "CP-07", "-o", tmp_path / "copy.md", login="author").code == 0
    assert (tmp_path / "copy.md").read_text("utf-8") == SOURCE


def test_the_library_as_it_stood(at: At) -> None:
    terminal = at("issued")
    assert terminal.json("document", "list", "--on", "2020-01-01", login="reader").value == []


WRONG_HANDS = [
    ("founded", ("document", "draft", "SOURCE"), "reader", 5),
    ("draft", ("document", "submit", DRAFT), "outsider", 4),
    ("draft", ("document", "export", "CP-07"), "outsider", 4),
    ("in review", ("document", "sign", DRAFT, "--opinion", "Agreed"), "author", 5),
    ("in review", ("document", "return", DRAFT, "--reason", "Why not"), "outsider", 4),
    ("reviewed", ("document", "sign", DRAFT, "--approve", "--opinion", "Agreed"), "manager", 5),
    ("approved", ("document", "release", DRAFT), "author", 5),
    ("issued", ("document", "acknowledge", DRAFT), "outsider", 4),
    ("in review", ("document", "comment", DRAFT, "Name the unit"), "outsider", 4),
    ("in review", ("document", "comments", DRAFT), "outsider", 4),
    ("issued", ("document", "withdraw", DRAFT, "--reason", "x"), "reader", 5),
    ("issued", ("document", "conclude-review", DRAFT, "--outcome", "keep", "--note", "x"), "reader", 5),
    ("issued", ("document", "reviews", DRAFT), "outsider", 4),
    ("issued", ("document", "show", "CP-07"), "outsider", 4),
    ("issued", ("document", "pdf", DRAFT, "-o", "NOWHERE"), "reader", 5),
    ("founded", ("evidence", "request", "--purpose", "x", "--receiver", "reader"), "reader", 5),
    ("founded", ("people", "import", "PEOPLE"), "manager", 5),
    ("founded", ("people", "list"), "reader", 5),
    ("founded", ("people", "reset", "reader", "--reason", "asked"), "manager", 5),
    ("founded", ("trail", "show"), "reader", 5),
    ("founded", ("trail", "checkpoint"), "author", 5),
    ("founded", ("standard", "import", "SOURCE"), "reader", 5),
    ("founded", ("sync",), "reader", 5),
]


@pytest.mark.parametrize(("stage", "words", "login", "code"), WRONG_HANDS, ids=lambda value: str(value)[:60])
def test_the_wrong_hands_are_refused(  # noqa: PLR0917 - pytest passes by name
    at: At, tmp_path: Path, stage: str, words: tuple[str, ...], login: str, code: int
) -> None:
    """By kind: 5 where it is forbidden, 4 where the person may not even know of it (law 11)."""
    terminal = at(stage)
    people = tmp_path / "people.yaml"
    people.write_text("people: [{login: new, name: New, verified: badge}]", "utf-8")
    places = {"SOURCE": terminal.write(), "NOWHERE": tmp_path / "nothing.pdf", "PEOPLE": people}
    answer = terminal.json(*(places.get(word, word) for word in words), login=login)
    assert (answer.code, answer.out) == (code, "")
    assert answer.refused
    assert not (tmp_path / "nothing.pdf").exists()


WRONG_STATES = [
    ("draft", ("document", "draft", "SOURCE"), "author", "OpenRevision"),
    ("in review", ("document", "submit", DRAFT), "author", "SubmitInReview"),
    ("draft", ("document", "sign", DRAFT, "--opinion", "Agreed"), "manager", "SignDraft"),
    ("approved", ("document", "sign", DRAFT, "--approve", "--opinion", "x"), "deputy", "SignApproved"),
    ("draft", ("document", "return", DRAFT, "--reason", "Why not"), "manager", "ReturnDraft"),
    ("in review", ("document", "release", DRAFT), "controller", "ReleaseInReview"),
    ("issued", ("document", "release", DRAFT), "controller", "ReleaseIssued"),
    ("draft", ("document", "comment", DRAFT, "Name the unit"), "manager", "SignDraft"),
    ("draft", ("document", "withdraw", DRAFT, "--reason", "x"), "author", "RevisionEnded"),
]


@pytest.mark.parametrize(
    ("stage", "words", "login", "refusal"), WRONG_STATES, ids=lambda value: str(value)[:60]
)
def test_the_wrong_state_is_refused(
    at: At, stage: str, words: tuple[str, ...], login: str, refusal: str
) -> None:
    terminal = at(stage)
    source = terminal.write()
    answer = terminal.json(*(source if word == "SOURCE" else word for word in words), login=login)
    assert (answer.code, answer.refused) == (6, refusal)


def test_a_remark_blocks_approval_until_it_is_closed(at: At) -> None:
    """Made, listed and answered from a terminal (DOC-02)."""
    terminal = at("reviewed")
    made = terminal.json("document", "comment", DRAFT, "Name the unit", "--at", "first", login="manager")
    assert made.code == 0
    words = ("document", "sign", DRAFT, "--approve", "--opinion", "Agreed")
    assert terminal.json(*words, login="deputy").refused == "CommentsOpen"
    (row,) = terminal.json("document", "comments", DRAFT, "--open", login="author").value
    assert (row["id"], row["anchor"], row["text"]) == (made.value["id"], "first", "Name the unit")
    assert terminal("document", "resolve", row["id"], "Done", login="author").code == 0
    assert terminal.json("document", "comments", DRAFT, "--open", login="author").value == []
    assert terminal.json("document", "comments", DRAFT, login="author").value[0]["answer"] == "Done"
    assert terminal.json("document", "resolve", row["id"], "Again", login="author").code == 6
    assert terminal.json("document", "resolve", 999, "None", login="author").code == 4
    assert terminal(*words, login="deputy").code == 0


def test_a_withdrawal_goes_its_route(at: At) -> None:
    """Asked for, called off, asked for again, signed by all: then it is out of force."""
    terminal = at("issued")
    ask = ("document", "withdraw", DRAFT, "--reason", "Replaced")
    assert terminal(*ask, login="author").code == 0
    assert terminal.json(*ask, login="author").code == 6
    off = ("document", "cancel-withdrawal", DRAFT, "--reason", "Still used")
    assert terminal.json(*off, login="outsider").code == 4
    assert "stays in force" in terminal(*off, login="author").out
    assert terminal.json(*off, login="author").code in {4, 6}
    today = date.fromisoformat(terminal.json(*ask, login="author").value["until"])
    after = today + timedelta(days=1)  # what entered is in force on its first day at least
    assert terminal.json("document", "sign-withdrawal", DRAFT, "review", login="reader").code == 5
    for stage, login in (("review", "manager"), ("approve", "deputy"), ("release", "controller")):
        words = ("document", "sign-withdrawal", DRAFT, stage, "--opinion", "Agreed")
        signed = terminal.json(*words, login=login)
        assert (signed.code, signed.err) == (0, ""), stage
    assert terminal.json("document", "list", "--on", after, login="reader").value == []
    assert terminal.json("document", "sign-withdrawal", DRAFT, "review", login="manager").code in {4, 6}


def test_a_periodic_review_is_concluded(at: At) -> None:
    """With reasons, once; the next one is planned (DOC-13)."""
    terminal = at("issued")
    (planned,) = terminal.json("document", "reviews", DRAFT, login="author").value
    assert planned["outcome"] == ""
    words = ("document", "conclude-review", DRAFT, "--outcome", "keep", "--note")
    assert terminal.json(*words, " ", login="author").refused == "ReasonMissing"
    done = terminal.json(*words, "Read against the law", login="author")
    assert done.value["due"] == planned["due"]
    rows = terminal.json("document", "reviews", DRAFT, login="author").value
    assert [row["outcome"] for row in rows] == ["It stays as it is", ""]


def test_nobody_signs_for_a_stranger(at: At) -> None:
    """As substitute only for whom one stands in (P11-50)."""
    terminal = at("in review")
    words = ("document", "sign", DRAFT, "--opinion", "Agreed", "--for")
    assert terminal.json(*words, "nobody", login="manager").refused == "NoSuchPerson"
    assert terminal.json(*words, "manager", login="deputy").code == 5


def test_nothing_is_acknowledged_before_it_is_issued(at: At) -> None:
    answer = at("approved").json("document", "acknowledge", DRAFT, login="author")
    assert (answer.code, answer.refused) == (6, "CannotAcknowledge")


def test_a_denied_act_is_journalled(at: At) -> None:
    """After the rollback, with who tried and what (law 10, P11-300d)."""
    terminal = at("approved")
    assert terminal("document", "release", DRAFT, login="author").code == 5
    rows = terminal.json("trail", "show", login="manager").value
    assert [row["ref"] for row in rows if row["action"] == "trail:refuse"] == ["command:document release"]


def test_evidence_in_the_wrong_state(at: At) -> None:
    terminal = at("issued")
    words = ("evidence", "request", "--purpose", "Audit", "--receiver", "reader", "--number", "CP-07")
    number = terminal.json(*words, login="controller").value["number"]
    assert terminal.json("evidence", "hand-over", number, login="controller").code == 6
    own = terminal.json(*words, login="manager").value["number"]
    assert terminal.json("evidence", "approve", own, login="manager").code == 5
    assert terminal("evidence", "reject", number, "--reason", "Not needed", login="manager").code == 0
    assert terminal.json("evidence", "approve", number, login="manager").code == 6
    assert terminal.json("evidence", "reject", number, "--reason", "x", login="reader").code in {4, 5}
    assert terminal.json("evidence", "approve", "EB-2000-0001", login="manager").code == 4
    nobody = ("evidence", "request", "--purpose", "Audit", "--receiver", "nobody")
    assert terminal.json(*nobody, login="controller").refused == "NoSuchPerson"


def test_a_changed_bundle_is_found(at: At, tmp_path: Path) -> None:
    """Exit code 8, and what is wrong is named; another's fingerprint is no proof."""
    terminal = at("issued")
    words = ("evidence", "request", "--purpose", "Audit", "--receiver", "reader", "--number", "CP-07")
    number = terminal.json(*words, login="controller").value["number"]
    assert terminal("evidence", "approve", number, login="manager").code == 0
    assert terminal("worker", "--once").code == 0
    bundle = tmp_path / "bundle.zip"
    assert terminal("evidence", "hand-over", number, "-o", bundle, login="controller").code == 0
    plain = terminal("evidence", "verify", bundle)
    assert "does not prove who made it" in plain.out
    assert terminal("evidence", "verify", bundle, "--fingerprint", "0" * 64).code == 8
    data = bytearray(bundle.read_bytes())
    data[len(data) // 2] ^= 1
    bundle.write_bytes(data)
    changed = terminal.json("evidence", "verify", bundle)
    assert (changed.code, changed.value["ok"]) == (8, False)
    assert changed.value["wrong"]


def test_passwords_come_from_standard_input(at: At) -> None:
    """A wrong one is refused, counted, and after some tries there is a wait (SEC-09)."""
    terminal = at("founded")
    for _ in range(5):
        assert terminal.json("document", "list", login="reader", typed=("wrong",)).code == 5
    waiting = terminal.json("document", "list", login="reader", typed=(PASSWORD,))
    assert waiting.refused == "TooManyAttempts"
    assert terminal.json("document", "list", login="author").code == 0
