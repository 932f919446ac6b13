"""Whatever was done to a bundle is found, and a hostile one is refused (BND-03, BND-10)."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import os
import random
import shutil
import subprocess
import sys
import zipfile
import zlib
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

import bagit
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from qms import evidence, trail
from qms.evidence import keys, standalone
from qms.evidence.bag import Source, bag
from qms.evidence.container import Packer, members
from qms.kernel.clock import SimulatedClock
from qms.kernel.database import build_engine
from qms.kernel.settings import Settings
from qms.kernel.vault import LocalVault
from qms.kernel.work import Works
from qms.runtime import append_to_trail
from qms.trail import check_extract
from tests.evidence.factories import house, some_papers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from qms.evidence import BundleKey

START = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
SEALED = "2026-11-02T01:00:00.000000Z"


@pytest.fixture(scope="module")
def workspace(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[bytes, BundleKey]]:
    """A real bundle and the key that sealed it, made once for all tests here."""
    home = tmp_path_factory.mktemp("home")
    shutil.copy(sqlite_template, home / "qms.sqlite3")
    engine = build_engine(f"sqlite:///{home / 'qms.sqlite3'}")
    works = Works(
        engine, LocalVault(home / "vault"), Settings(home=home), SimulatedClock(START), append_to_trail
    )
    made = house(works)
    some_papers(made)
    done = made.built()
    assert done.bundle_digest is not None
    yield works.vault.read(done.bundle_digest), made.key
    engine.dispose()


@pytest.fixture
def whole(workspace: tuple[bytes, BundleKey]) -> bytes:
    """The bytes of the bundle."""
    return workspace[0]


@pytest.fixture
def fingerprint(workspace: tuple[bytes, BundleKey]) -> str:
    """The fingerprint had by another way."""
    return workspace[1].fingerprint


@pytest.fixture
def folder(whole: bytes, tmp_path: Path) -> Path:
    """The bundle unpacked."""
    zipfile.ZipFile(io.BytesIO(whole)).extractall(tmp_path)
    return tmp_path / "EB-2026-0001"


def verify(content: bytes, fingerprint: str | None = None) -> evidence.Report:
    """The report on these bytes."""
    return evidence.verify_bundle(io.BytesIO(content), fingerprint)


def test_every_kind_of_flipped_byte_is_found(whole: bytes, fingerprint: str) -> None:
    """In each file the first, the middle and the last byte, and two hundred anywhere."""
    assert verify(whole, fingerprint).ok
    places = {
        place
        for one in members(io.BytesIO(whole))
        for place in (one.header, one.start, one.start + one.size // 2, one.start + one.size - 1)
    }
    chance = random.Random(20261102)  # noqa: S311 - a fixed choice, no secret
    places |= {chance.randrange(len(whole)) for _ in range(200)}
    for place in sorted(places):
        other = bytearray(whole)
        other[place] ^= 0x01
        assert not verify(bytes(other), fingerprint).ok, place


def test_cut_and_prolonged_files_are_found(whole: bytes) -> None:
    for other in (b"", whole[:-1], whole[: len(whole) // 2], whole + b"x", b"x" + whole, whole + whole):
        report = verify(other)
        assert not report.ok
        assert report.sentences("zh-Hans")


def repacked(whole: bytes, change: Callable[[dict[str, bytes]], None]) -> bytes:
    """The bundle with changed members, its container in perfect form."""
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    change(files)
    packer = Packer()
    pieces = [
        piece
        for name, content in files.items()
        for piece in packer.file(name, zlib.crc32(content), len(content), iter([content]))
    ]
    return b"".join([*pieces, *packer.close()])


TOP = "EB-2026-0001/"


def removed(name: str) -> Callable[[dict[str, bytes]], None]:
    """Take a member away."""

    def change(files: dict[str, bytes]) -> None:
        del files[TOP + name]

    return change


def added(name: str, content: bytes = b"x") -> Callable[[dict[str, bytes]], None]:
    """Put a member in, or another in its place."""

    def change(files: dict[str, bytes]) -> None:
        files[TOP + name] = content

    return change


def renamed(files: dict[str, bytes]) -> None:
    """Two files change their names."""
    one, two = TOP + "data/01-index.csv", TOP + "data/01-index.html"
    files[one], files[two] = files[two], files[one]


@pytest.mark.parametrize(
    "change",
    [
        *(removed(name) for name in sorted(standalone.TAG_FILES)),
        *(removed(f"data/{name}") for name in standalone.OWN_FILES),
        removed("data/documents/CP-12/CP-12_A-1.pdf"),
        added("data/more.txt"), added("data/documents/CP-12/more.pdf"), added("more.txt"), added("fetch.txt"),
        added("manifest-md5.txt", b""), added("tagmanifest-sha512.txt", b""), added("data", b""),
        added("bagit.txt", b"BagIt-Version: 0.97\nTag-File-Character-Encoding: UTF-8\n"),
        added("bag-info.txt", b""), added("manifest-sha256.txt", b""), added("tagmanifest-sha256.txt", b""),
        added("tagmanifest-sha256.txt", b"junk\n"), added("tagmanifest-sha256.txt.p7s", b""),
        added("tagmanifest-sha256.txt.p7s", b"0" * ((1 << 20) + 1)),
        added("data/trail/extract.jsonl", b"{}"), added("data/trail/extract.jsonl", b"[" * 100_000),
        added("data/trail/checkpoint.txt", b"x"), added("data/trail/trail-key.pub.pem", b"x"),
        renamed,
    ],
)  # fmt: skip
def test_every_removed_added_or_changed_file_is_found(
    whole: bytes, change: Callable[[dict[str, bytes]], None]
) -> None:
    """The list of files is closed; no fingerprint is needed to see it (BND-03)."""
    assert verify(repacked(whole, lambda _: None)).ok
    report = verify(repacked(whole, change))
    assert not report.ok
    assert all(report.sentences(language) for language in ("en", "zh-Hans", "zh-Hant"))


def rebagged(whole: bytes, change: dict[str, bytes], seal: Callable[[bytes], bytes]) -> bytes:
    """A bag made anew by somebody who has all our software but not our key."""
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        files = {name.removeprefix(TOP): archive.read(name) for name in archive.namelist()}
    info = [tuple(line.split(": ", 1)) for line in files["bag-info.txt"].decode().splitlines()][:-1]
    data = {name[5:]: content for name, content in files.items() if name.startswith("data/")} | change
    payload = [Source(name, lambda content=content: iter([content])) for name, content in data.items()]  # type: ignore[misc]
    return b"".join(bag("EB-2026-0001", payload, info, seal))  # type: ignore[arg-type]  # pairs of text


def test_a_complete_rebag_is_found_by_the_fingerprint(whole: bytes, fingerprint: str, tmp_path: Path) -> None:
    """All is consistent, only the key is another; that is why the fingerprint comes by another way."""
    forger = keys.make_key(tmp_path, "示例金融服务中心", START)
    forged = rebagged(whole, {"00-README.txt": b"lies"}, lambda content: forger.seal(content, START))
    alone = verify(forged)
    assert (alone.ok, alone.authentic) == (True, None)
    assert "compare it by another way" in alone.sentences()[2]
    known = verify(forged, fingerprint)
    assert (known.ok, known.authentic) == (False, False)
    assert known.sentences() == [
        f"The bundle was sealed with another certificate: {keys.spelled(forger.fingerprint)}."
    ]


def test_a_rebag_under_the_old_seal_is_found(whole: bytes) -> None:
    """The seal of the true bundle does not fit other lists."""
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        seal = archive.read(TOP + standalone.SIGNATURE)
    report = verify(rebagged(whole, {"00-README.txt": b"lies"}, lambda _: seal))
    assert [one.message for one in report.wrong] == ["The seal is broken: {what}."]


def test_another_rebag_passes_bagit_but_not_us(folder: Path, fingerprint: str) -> None:
    """What the general tool calls valid after its own lists were made anew is not ours (BND-03)."""
    (folder / "data" / "00-README.txt").write_text("lies")
    bagit.Bag(str(folder)).save(manifests=True)
    assert bagit.Bag(str(folder)).validate()
    assert not evidence.verify_bundle(folder).ok
    assert not evidence.verify_bundle(folder, fingerprint).ok


def test_the_folder_is_verified_like_the_file(folder: Path, fingerprint: str) -> None:
    report = evidence.verify_bundle(folder, fingerprint)
    assert (report.ok, report.authentic) == (True, True)
    (folder / "data" / "more.txt").write_text("x")
    assert not evidence.verify_bundle(folder).ok


def test_links_and_pipes_in_a_folder_are_refused(folder: Path) -> None:
    """Nothing outside the folder is read through it."""
    (folder / "data" / "00-README.txt").unlink()
    (folder / "data" / "00-README.txt").symlink_to("/etc/hostname")
    assert "neither a file nor a folder" in evidence.verify_bundle(folder).sentences()[0]
    (folder / "data" / "00-README.txt").unlink()
    os.mkfifo(folder / "data" / "00-README.txt")
    assert not evidence.verify_bundle(folder).ok
    shutil.rmtree(folder / "data")
    (folder / "data").symlink_to("/etc")
    assert not evidence.verify_bundle(folder).ok


def test_a_renamed_folder_inside_the_file_is_found(whole: bytes) -> None:
    """The number on the outside is the number inside."""

    def change(files: dict[str, bytes]) -> None:
        for name in list(files):
            files[name.replace("0001", "0002")] = files.pop(name)

    assert [one.message for one in verify(repacked(whole, change)).wrong] == [
        "The folder is called {name}, but the bundle is {number}."
    ]


def test_members_outside_the_folder_are_refused(whole: bytes) -> None:
    for name in ("stray.txt", "EB-2026-0009/data/x"):
        report = verify(repacked(whole, lambda files, name=name: files.update({name: b"x"})))  # type: ignore[misc]
        assert "outside the bundle's folder" in report.sentences()[0]
    packer = Packer()
    flat = b"".join([*packer.file("alone", 0, 0, iter(())), *packer.close()])
    assert "outside" in verify(flat).sentences()[0]


def test_what_is_no_bundle_is_said_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "text").write_text("no bundle")
    for path in (tmp_path / "empty", tmp_path / "text", tmp_path / "absent"):
        report = evidence.verify_bundle(path)
        assert not report.ok
        assert report.fingerprint == ""


def test_a_stream_that_cannot_be_sought_is_verified(whole: bytes, fingerprint: str, tmp_path: Path) -> None:
    path = tmp_path / "bundle"
    path.write_bytes(whole)
    with subprocess.Popen(["cat", path], stdout=subprocess.PIPE) as pipe:
        assert pipe.stdout is not None
        assert evidence.verify_bundle(cast("BinaryIO", pipe.stdout), fingerprint).authentic


def test_the_program_in_the_bundle_finds_what_was_done(folder: Path) -> None:
    """The bundle's own program, isolated, says what is wrong and ends with 1."""

    def said() -> tuple[int, str]:
        command = [sys.executable, "-I", "data/verify.py"]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        assert done.stderr == ""
        return done.returncode, done.stdout

    assert said()[0] == 0
    (folder / "data" / "01-index.csv").write_bytes(b"x")
    code, text = said()
    assert code == 1
    assert text.splitlines() == [
        "WRONG: The file data/01-index.csv was altered.",
        "WRONG: The number of files and bytes is not the one that bag-info.txt names.",
    ]


def test_the_program_says_when_the_seal_does_not_fit(folder: Path) -> None:
    """Also where openssl is not there to ask."""
    (folder / standalone.SIGNATURE).write_bytes(b"0\0")
    script = Path(standalone.__file__)
    proof = Path(sys.modules[check_extract.__module__].__file__ or "")
    shutil.copy(script, folder.parent / "verify.py")
    shutil.copy(proof, folder.parent / "proof.py")
    command = [sys.executable, "-I", str(folder.parent / "verify.py"), str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (
        1,
        "WRONG: the signature over the whole does not fit",
    )
    bare = subprocess.run(command, capture_output=True, text=True, check=False, env={"PATH": "/nowhere"})
    assert bare.stdout.splitlines()[-1].startswith("NOT CHECKED: the signature")
    (folder / "odd").symlink_to("/etc/hostname")
    odd = subprocess.run(command, capture_output=True, text=True, check=False)
    assert odd.stdout == "WRONG: The file odd does not belong to the bundle.\n"


def test_ed25519_agrees_with_the_library() -> None:
    """Good signatures are accepted, and no flipped bit of key, signature or message is."""
    for number in range(4):
        key = Ed25519PrivateKey.generate()
        public, message = key.public_key().public_bytes_raw(), bytes(number * 7)
        signature = key.sign(message)
        assert standalone.is_signed(public, signature, message)
        assert not standalone.is_signed(public, signature, message + b"x")
        for place in (0, 31, 32, 63):
            other = bytearray(signature)
            other[place] ^= 1
            assert not standalone.is_signed(public, bytes(other), message)
        other = bytearray(public)
        other[number] ^= 4
        assert not standalone.is_signed(bytes(other), signature, message)


def test_ed25519_refuses_a_signature_in_a_second_form() -> None:
    """The scalar must be reduced, the point on the curve (RFC 8032 5.1.7)."""
    key = Ed25519PrivateKey.generate()
    public, signature = key.public_key().public_bytes_raw(), key.sign(b"x")
    more = int.from_bytes(signature[32:], "little") + standalone._L
    assert not standalone.is_signed(public, signature[:32] + more.to_bytes(32, "little"), b"x")
    assert not standalone.is_signed(b"\xff" * 32, signature, b"x")
    assert not standalone.is_signed(b"\x02" + b"\0" * 31, signature, b"x")
    assert not standalone.is_signed(b"\x01" + b"\0" * 30 + b"\x80", signature, b"x")


def test_a_note_is_bound_to_its_key_and_log(tmp_path: Path) -> None:
    """Another key, another name or another root is not believed."""
    key, other = trail.make_key(tmp_path / "one"), trail.make_key(tmp_path / "two")
    note = str(key.sign(7, b"r" * 32))
    assert standalone.signer_of(note, key.public.pem) == key.public.fingerprint
    assert standalone.signer_of(str(key.sign(7, b"r" * 32, life=2)), key.public.pem) == key.public.fingerprint
    for text, pem in (
        (note, other.public.pem),
        (note.replace("\n7\n", "\n8\n"), key.public.pem),
        (note.replace("qms/trail/", "qms/other/"), key.public.pem),
        (note.replace("\u2014", "-"), key.public.pem),
        (note + "x", key.public.pem),
        ("", key.public.pem),
        (note, "-----BEGIN\n!!!\n-----END\n"),
        (note, "-----BEGIN\nAAAA\n-----END\n"),
        (note.rsplit(" ", 1)[0] + " AAAA\n", key.public.pem),
    ):
        assert standalone.signer_of(text, pem) == ""


class Small:
    """Files in memory."""

    def __init__(self, **files: bytes) -> None:
        self.files = files
        self.sizes = {name: len(content) for name, content in files.items()}

    def chunks(self, path: str) -> Iterator[bytes]:
        """The bytes, in small pieces."""
        content = self.files[path]
        yield from (content[start : start + 3] for start in range(0, len(content), 3))


def test_lines_are_read_across_pieces() -> None:
    found = standalone.lines(Small(a="eins\n中文\n\nlast".encode()), "a")
    assert list(found) == ["eins", "中文", "", "last"]


def test_endless_lines_and_huge_lists_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hostile bundle cannot make the check eat the memory."""
    monkeypatch.setattr(standalone, "_LONGEST_LINE", 8)
    monkeypatch.setattr(standalone, "_LARGEST_TAG", 8)
    with pytest.raises(ValueError, match="too long"):
        list(standalone.lines(Small(a=b"0" * 99), "a"))
    with pytest.raises(ValueError, match="too large"):
        standalone._whole(Small(a=b"0" * 9), "a")


def test_another_checkpoint_beside_the_extract_is_found(whole: bytes, tmp_path: Path) -> None:
    """A genuine note of the same key, but not the one the extract hangs on."""
    key = trail.make_key(tmp_path)
    extract = _resealed(whole, key)
    forger = keys.make_key(tmp_path / "forger", "x", START)
    for note, wrong in (
        (str(key.sign(99, b"r" * 32)), ["The extract of the trail hangs on another checkpoint."]),
        (extract["trail/checkpoint.txt"].decode(), []),
    ):
        change = extract | {"trail/checkpoint.txt": note.encode()}
        report = verify(rebagged(whole, change, lambda content: forger.seal(content, START)))
        assert [one.message for one in report.wrong] == wrong


def _resealed(whole: bytes, key: trail.SigningKey) -> dict[str, bytes]:
    """The extract of the bundle under a checkpoint that another key signed over the same root."""
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        head, _, rest = archive.read(TOP + "data/trail/extract.jsonl").decode().partition("\n")
    told = json.loads(head)
    _, size, root = told["checkpoint"].split("\n")[:3]
    note = str(key.sign(int(size), base64.b64decode(root)))
    told["checkpoint"] = note
    return {
        "trail/extract.jsonl": f"{json.dumps(told)}\n{rest}".encode(),
        "trail/checkpoint.txt": note.encode(),
        "trail/trail-key.pub.pem": key.public.pem.encode(),
    }


def test_the_bundle_of_this_test_is_what_it_says(whole: bytes) -> None:
    report = verify(whole)
    assert (report.number, report.sealed_at) == ("EB-2026-0001", SEALED)
    assert hashlib.sha256(whole).hexdigest() != report.fingerprint
