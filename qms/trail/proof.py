"""What anyone needs to check a piece of the trail by itself: the standard library and nothing else.

An evidence bundle carries this very file, so it imports nothing of the project and speaks English
only. `python3 -I proof.py trail-extract.jsonl` checks an extract (BND-11).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

TAG: Final = "qms-trail/1"
EXTRACT: Final = "qms-trail-extract/1"
GENESIS: Final = "0" * 64
_NOTE_LINES: Final = 3


def link(seq: int, prev: str, body_digest: str, tag: str = TAG) -> str:
    """The hash of an entry: `SHA-256(tag | seq | prev | SHA-256(canonical body))` (law 3).

    The tag goes in with its length before it, the other parts have fixed widths, so that no two
    entries give the same bytes.
    """
    name = tag.encode()
    parts = (
        len(name).to_bytes(4, "big"),
        name,
        seq.to_bytes(8, "big"),
        bytes.fromhex(prev),
        bytes.fromhex(body_digest),
    )
    return hashlib.sha256(b"".join(parts)).hexdigest()


def body_digest(body: str) -> str:
    """The SHA-256 of a canonical body; only this much of an entry is needed for the links."""
    return hashlib.sha256(body.encode()).hexdigest()


def leaf_hash(data: bytes) -> bytes:
    """The Merkle hash of a leaf (RFC 6962 section 2.1)."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The Merkle hash of an inner node (RFC 6962 section 2.1)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def _climb(place: int, last: int, start: bytes, path: Sequence[bytes]) -> tuple[bytes, bytes] | None:
    # RFC 9162 sections 2.1.3.2 and 2.1.4.2 walk alike; `old` takes only the steps from the left.
    old = new = start
    for step in path:
        if last == 0:
            return None
        if place % 2 or place == last:
            old, new = node_hash(step, old), node_hash(step, new)
            while place and place % 2 == 0:
                place, last = place // 2, last // 2
        else:
            new = node_hash(new, step)
        place, last = place // 2, last // 2
    return None if last else (old, new)


def root_of_inclusion(index: int, size: int, leaf: bytes, path: Sequence[bytes]) -> bytes | None:
    """The root to which an inclusion path leads, or None where the path has the wrong length (TRL-08)."""
    reached = _climb(index, size - 1, leaf, path) if 0 <= index < size else None
    return reached[1] if reached else None


def is_consistent(
    old_size: int, new_size: int, old_root: bytes, new_root: bytes, path: Sequence[bytes]
) -> bool:
    """Whether the proof shows that the old tree is the beginning of the new one (TRL-08)."""
    if not 0 < old_size < new_size:
        same = old_size == new_size and old_root == new_root
        return not path and (same or 0 == old_size < new_size)
    steps = list(path)
    if old_size & (old_size - 1) == 0:
        steps.insert(0, old_root)
    place, last = old_size - 1, new_size - 1
    while place % 2:
        place, last = place // 2, last // 2
    return bool(steps) and _climb(place, last, steps[0], steps[1:]) == (old_root, new_root)


@dataclass(frozen=True, slots=True)
class Note:
    """A signed note in the C2SP form of a checkpoint: whose log, how many entries, which root."""

    origin: str
    size: int
    root: bytes
    signatures: tuple[tuple[str, bytes, bytes], ...] = ()

    @property
    def text(self) -> str:
        """What is signed; the last line ends like the others."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"

    def __str__(self) -> str:
        """The whole note as it stands in its file."""
        lines = [
            f"\u2014 {name} {base64.b64encode(key + signature).decode()}\n"
            for name, key, signature in self.signatures
        ]
        return f"{self.text}\n{''.join(lines)}"


def read_note(text: str) -> Note:
    """Read a note; a ValueError says that the text is none."""
    head, gap, tail = text.partition("\n\n")
    lines = head.split("\n")
    if not gap or len(lines) != _NOTE_LINES or not lines[0]:
        raise ValueError("not a signed note")
    signatures = []
    for line in tail.splitlines():
        dash, name, value = [*line.split(" "), "", ""][:3]
        raw = _unbase64(value)
        if dash != "\u2014" or not name or len(raw) <= 4:  # noqa: PLR2004 - a key id has four bytes
            raise ValueError("not a signature line")
        signatures.append((name, raw[:4], raw[4:]))
    note = Note(lines[0], _size(lines[1]), _unbase64(lines[2]), tuple(signatures))
    if str(note) != text:
        raise ValueError("not in the one written form")
    return note


def _size(text: str) -> int:
    if not text.isascii() or not text.isdecimal():
        raise ValueError("not a size")
    return int(text)


def _unbase64(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as fault:
        raise ValueError("not base64") from fault


@dataclass(frozen=True, slots=True)
class Finding:
    """What checking an extract gave: how much it holds, and the first thing that is wrong."""

    first: int = 0
    last: int = 0
    bodies: int = 0
    size: int = 0
    root: str = ""
    seq: int | None = None
    wrong: str = ""

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.wrong


def check_extract(lines: Iterable[str]) -> Finding:
    """Check an extract by itself: every link, every body in it, and its place under the checkpoint.

    It proves that the bodies stand unaltered in the trail whose root the checkpoint names; whether
    that checkpoint is genuine is what its signature and the bundle's signature say.
    """
    rows = iter(lines)
    try:
        head = json.loads(next(rows, "null"))
        return _check_rows(head, rows)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as fault:
        return Finding(wrong=f"The file is not a trail extract: {type(fault).__name__} {fault}.")


def _check_rows(head: dict[str, Any], rows: Iterable[str]) -> Finding:
    if head["format"] != EXTRACT:
        return Finding(wrong="The format of the extract is not known.")
    first, last, prev, bodies = head["first"], head["last"], head["prev"], 0
    seq = first - 1
    for line in rows:
        row = json.loads(line)
        seq += 1
        wrong, prev = _check_row(row, seq, prev)
        if wrong:
            return Finding(first, last, bodies, seq=seq, wrong=wrong)
        bodies += "body" in row
    if seq != last:
        return Finding(first, last, bodies, seq=seq + 1, wrong=f"Entry {seq + 1} is missing.")
    return _check_place(head, Finding(first, last, bodies), prev)


def _check_row(row: dict[str, Any], seq: int, prev: str) -> tuple[str, str]:
    if row["seq"] != seq:
        return f"Entry {seq} is missing.", prev
    if "body" in row and body_digest(row["body"]) != row["digest"]:
        return f"The body of entry {seq} was altered.", prev
    found = link(seq, prev, row["digest"], row["tag"])
    if found != row["hash"]:
        return f"Entry {seq} does not follow from the one before it.", prev
    return "", found


def _check_place(head: dict[str, Any], finding: Finding, last_hash: str) -> Finding:
    note = read_note(head["checkpoint"])
    path = [bytes.fromhex(step) for step in head["path"]]
    root = root_of_inclusion(finding.last - 1, note.size, leaf_hash(bytes.fromhex(last_hash)), path)
    wrong = "" if root == note.root else "The extract does not lie under the root of its checkpoint."
    return Finding(
        finding.first,
        finding.last,
        finding.bodies,
        note.size,
        note.root.hex(),
        seq=finding.last if wrong else None,
        wrong=wrong,
    )


def main(arguments: Sequence[str]) -> int:
    """Check the extract in the named file and say in one line what was found."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python3 -I proof.py EXTRACT\n")
        return 2
    with Path(arguments[0]).open(encoding="utf-8") as stream:
        found = check_extract(stream)
    if found.wrong:
        sys.stdout.write(f"WRONG: {found.wrong}\n")
        return 1
    sys.stdout.write(
        f"OK: entries {found.first} to {found.last}, {found.bodies} with their bodies, "
        f"under the checkpoint of {found.size} entries with root {found.root}\n"
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
