"""The bag: BagIt 1.0 that standard tools accept, the same bytes every time, in little memory."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import bagit
import pytest

from qms.evidence.bag import Source, Totals, UnsafeItemError, bag
from qms.evidence.container import members

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

INFO = [("Source-Organization", "示例 金融\n服务中心"), ("External-Identifier", "EB-2026-0001")]
ROOT = Path(__file__).parents[2]


def source(path: str, *pieces: bytes) -> Source:
    """A payload file of these pieces."""
    return Source(path, lambda: iter(pieces))


def written(*payload: Source, totals: Totals | None = None) -> bytes:
    """The bag of the payload under a seal that is no signature."""
    return b"".join(bag("EB-2026-0001", payload, INFO, lambda content: b"seal " + content, totals))


PAYLOAD = (source("b/two.txt", b"two", b"2"), source("a.txt", b"one"), source("empty.txt"))


def test_standard_tools_accept_it(tmp_path: Path) -> None:
    """Both `bagit.py --validate` and `sha256sum -c` find it whole (BND-01, BND-02)."""
    zipfile.ZipFile(io.BytesIO(written(*PAYLOAD))).extractall(tmp_path)
    root = tmp_path / "EB-2026-0001"
    assert bagit.Bag(str(root)).validate()
    command = [sys.executable, bagit.__file__, "--validate", str(root)]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0
    sums = ["sha256sum", "--strict", "-c", "manifest-sha256.txt", "tagmanifest-sha256.txt"]
    assert subprocess.run(sums, cwd=root, capture_output=True, check=False).returncode == 0
    sums = ["sha512sum", "--strict", "-c", "manifest-sha512.txt"]
    assert subprocess.run(sums, cwd=root, capture_output=True, check=False).returncode == 0
    assert (root / "bagit.txt").read_bytes().startswith(b"BagIt-Version: 1.0\n")
    assert "Payload-Oxum: 7.3\n" in (root / "bag-info.txt").read_text("utf-8")


def test_a_value_of_the_info_is_one_line() -> None:
    """What a person typed cannot add a line of its own."""
    stream = io.BytesIO(written(*PAYLOAD))
    with zipfile.ZipFile(stream) as archive:
        lines = archive.read("EB-2026-0001/bag-info.txt").decode().splitlines()
    assert lines[0] == "Source-Organization: 示例 金融 服务中心"


def test_order_and_pieces_do_not_matter() -> None:
    """Payload in another order, cut into other pieces, gives the same bytes (BND-05)."""
    other = (source("empty.txt", b"", b""), source("a.txt", b"o", b"n", b"e"), source("b/two.txt", b"two2"))
    assert written(*PAYLOAD) == written(*other)


def test_totals_say_what_was_written() -> None:
    totals = Totals()
    whole = written(*PAYLOAD, totals=totals)
    assert (totals.files, totals.size) == (3, 7)
    assert len(members(io.BytesIO(whole))) == 3 + 6


def test_a_known_digest_is_believed_and_the_second_reading_checked() -> None:
    """The vault checks its own; whoever gives other bytes the second time is refused."""
    digest = "0" * 64
    known = Source("a", lambda: iter([b"x"]), digest)
    assert f"{digest}  data/a\n".encode() in written(known)
    times = iter(range(9))

    def changing() -> Iterator[bytes]:
        yield b"a"
        yield str(next(times)).encode()

    with pytest.raises(UnsafeItemError, match="second time"):
        written(Source("a", changing))


@pytest.mark.parametrize(
    "paths", [["../a"], ["a b"], ["a", "A"], ["a", "a/b"], ["/a"], ["a%0A"], [""], ["文件"]]
)
def test_unsafe_payload_is_refused(paths: Sequence[str]) -> None:
    with pytest.raises(UnsafeItemError):
        written(*(source(path, b"x") for path in paths))


SCRIPT = """
import json, resource, sys
from qms.evidence.bag import Source, Totals, bag
files, pieces = int(sys.argv[1]), int(sys.argv[2])
piece = b"\\0" * (1 << 20)
def source(n): return Source(f"documents/{n:04d}.pdf", lambda: (piece for _ in range(pieces)))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
total = sum(map(len, bag("EB-2026-0001", [source(n) for n in range(files)], [], lambda c: b"", Totals())))
after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps({"bytes": total, "grown": after - before}))
"""


def grown(files: int, pieces: int) -> dict[str, int]:
    """How many KiB a process of its own grew while it wrote a bag of so many MiB."""
    command = [sys.executable, "-c", SCRIPT, str(files), str(pieces)]
    run = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    found: dict[str, int] = json.loads(run.stdout)
    return found


def test_memory_does_not_grow_with_the_bag() -> None:
    """Sixty-four mebibytes go through a process that grows by less than eight (BND-13)."""
    found = grown(4, 16)
    assert found["bytes"] > 64 << 20
    assert found["grown"] < 8 << 10


@pytest.mark.nightly
def test_memory_does_not_grow_with_a_large_bag() -> None:
    """One gibibyte goes through the same small process (BND-13)."""
    found = grown(16, 64)
    assert found["bytes"] > 1 << 30
    assert found["grown"] < 8 << 10
