"""What verifies without the project: links, notes, extracts; each wrong input has its answer."""

from __future__ import annotations

import hashlib
import json
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

from qms.trail import proof
from qms.trail.merkle import inclusion_proof, root
from qms.trail.proof import GENESIS, TAG, Note, body_digest, check_extract, link, main, read_note


def test_link_is_the_stated_form() -> None:
    """SHA-256 over length of tag, tag, number, previous hash, digest of the body (law 3)."""
    digest = hashlib.sha256(b"{}").hexdigest()
    raw = b"\x00\x00\x00\x0bqms-trail/1" + bytes(7) + b"\x05" + bytes(32) + bytes.fromhex(digest)
    assert hashlib.sha256(raw).hexdigest() == link(5, GENESIS, digest)


def test_link_cannot_be_shifted() -> None:
    """Moving a byte between tag and number gives another hash: the form is length-safe."""
    assert link(1, GENESIS, GENESIS, "qms") != link(1, GENESIS, GENESIS, "qms\x00")


def a_note() -> str:
    return str(Note("qms/trail/0011", 42, bytes(range(32)), (("qms/trail/0011", b"abcd", b"sig"),)))


def test_a_note_reads_back() -> None:
    """Reading and writing a note are each other's inverse."""
    note = read_note(a_note())
    assert a_note() == str(note)
    assert (42, bytes(range(32))) == (note.size, note.root)
    assert note.text == a_note().partition("\n\n")[0] + "\n"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "origin\n42\nAAAA",
        "\n42\nAAAA\n\n",
        "origin\n42\n\n",
        "origin\n42\nAAAA\nmore\n\n",
        "origin\n-1\nAAAA\n\n",
        "origin\n４\nAAAA\n\n",
        "origin\n042\nAAAA\n\n",
        "origin\n42\n?\n\n",
        "origin\n42\nAAAA\n\n- name YWJjZHNpZw==\n",
        "origin\n42\nAAAA\n\n— name\n",
        "origin\n42\nAAAA\n\n—  YWJjZHNpZw==\n",
        "origin\n42\nAAAA\n\n— name YWJj\n",
        "origin\n42\nAAAA\n\n— name YWJjZHNpZw== more\n",
        "origin\n42\nAAAA\n\n— name YWJjZHNpZw==",
    ],
)
def test_what_is_no_note(text: str) -> None:
    """Only the one written form is read."""
    with pytest.raises(ValueError, match=r"^not |not in|not a"):
        read_note(text)


def an_extract(first: int = 3, last: int = 6, size: int = 9) -> list[str]:
    """An extract made by hand, without the product's writer."""
    prev, rows, leaves = GENESIS, [], []
    before = GENESIS
    for seq in range(1, size + 1):
        body = json.dumps({"n": seq})
        hashed = link(seq, prev, body_digest(body))
        row = {"seq": seq, "tag": TAG, "digest": body_digest(body), "hash": hashed}
        if seq % 2:
            row["body"] = body
        before = prev if seq == first else before
        rows.append(row)
        leaves.append(bytes.fromhex(hashed))
        prev = hashed
    head = {
        "format": proof.EXTRACT,
        "first": first,
        "last": last,
        "prev": before,
        "checkpoint": str(Note("log", size, root(leaves))),
        "path": [step.hex() for step in inclusion_proof(last - 1, leaves)],
    }
    return [json.dumps(line) for line in (head, *rows[first - 1 : last])]


def bend(lines: list[str], index: int, **values: object) -> list[str]:
    """The lines with some values of one line changed; None takes a value out."""
    row = {**json.loads(lines[index]), **values}
    kept = {key: value for key, value in row.items() if value is not None}
    return [*lines[:index], json.dumps(kept), *lines[index + 1 :]]


def test_a_whole_extract() -> None:
    """Links, bodies and place under the root are found right, and counted."""
    found = check_extract(an_extract())
    assert found.ok
    assert (found.first, found.last, found.bodies, found.size) == (3, 6, 2, 9)
    assert not found.wrong


def test_an_extract_over_everything() -> None:
    """From the first entry to the last of the checkpoint."""
    assert check_extract(an_extract(1, 9, 9)).ok
    assert check_extract(an_extract(1, 1, 1)).ok


@pytest.mark.parametrize(
    ("lines", "seq", "words"),
    [
        (bend(an_extract(), 1, body='{"n": 4}'), 3, "body of entry 3 was altered"),
        (bend(an_extract(), 2, digest="00" * 32), 4, "Entry 4 does not follow"),
        (bend(an_extract(), 2, hash="00" * 32), 4, "Entry 4 does not follow"),
        (bend(an_extract(), 2, tag="qms-trail/0"), 4, "Entry 4 does not follow"),
        (bend(an_extract(), 2, seq=9), 4, "Entry 4 is missing"),
        (an_extract()[:2] + an_extract()[3:], 4, "Entry 4 is missing"),
        (an_extract()[:-1], 6, "Entry 6 is missing"),
        (bend(an_extract(), 0, last=5), 7, "Entry 7 is missing"),
        (bend(an_extract(), 0, prev="11" * 32), 3, "Entry 3 does not follow"),
        (bend(an_extract(), 0, path=[]), 6, "root of its checkpoint"),
        (bend(an_extract(), 0, checkpoint=str(Note("log", 9, bytes(32)))), 6, "root of its checkpoint"),
        (bend(an_extract(), 0, format="other/1"), None, "format of the extract is not known"),
        (bend(an_extract(), 0, prev=None), None, "not a trail extract"),
        (bend(an_extract(), 1, hash=None), None, "not a trail extract"),
        ([], None, "not a trail extract"),
        (["[1]"], None, "not a trail extract"),
        (["{"], None, "not a trail extract"),
        (bend(an_extract(), 0, prev="zz"), None, "not a trail extract"),
    ],
)
def test_a_damaged_extract(lines: list[str], seq: int | None, words: str) -> None:
    """The first thing that is wrong is named, at its entry."""
    found = check_extract(lines)
    assert not found.ok
    assert seq == found.seq
    assert words in found.wrong


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The module alone is a command with an exit code for each answer."""
    good, bad = tmp_path / "good.jsonl", tmp_path / "bad.jsonl"
    good.write_text("\n".join(an_extract()), "utf-8")
    bad.write_text("\n".join(an_extract()[:-1]), "utf-8")
    assert (main([str(good)]), main([str(bad)]), main([])) == (0, 1, 2)
    said = capsys.readouterr()
    assert said.out.startswith("OK: entries 3 to 6, 2 with their bodies, under the checkpoint of 9 entries")
    assert "WRONG: Entry 6 is missing." in said.out
    assert said.err.startswith("usage:")


def test_run_as_a_program(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without an extract it says how it is used."""
    monkeypatch.setattr(sys, "argv", ["proof.py"])
    with pytest.raises(SystemExit, match="2"):
        runpy.run_path(str(proof.__file__), run_name="__main__")


def test_the_file_alone_runs_isolated(tmp_path: Path) -> None:
    """A copy of the module runs under `python -I` in an empty folder (BND-11)."""
    copy = tmp_path / "check.py"
    copy.write_bytes(Path(str(proof.__file__)).read_bytes())
    extract = tmp_path / "extract.jsonl"
    extract.write_text("\n".join(an_extract()), "utf-8")
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(copy), str(extract)],
        capture_output=True, text=True, check=False, cwd=tmp_path,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("OK")
