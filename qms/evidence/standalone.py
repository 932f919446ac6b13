"""Verifies an unpacked evidence bundle with the standard library alone; it travels in the bundle itself.

`python3 -I data/verify.py` in the unpacked folder checks the closed list of files, every byte against
both manifests, the extract of the trail and the signature of its checkpoint; where `openssl` is
found, the signature over the whole as well. It imports nothing of the project and speaks English
only; `qms evidence verify` uses the same rules. A program that came with the thing it verifies proves
nothing against somebody who made both: 00-README.txt says what does.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

DECLARATION: Final = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
TAGMANIFEST: Final = "tagmanifest-sha256.txt"
SIGNATURE: Final = "tagmanifest-sha256.txt.p7s"
MANIFESTS: Final = {"manifest-sha256.txt": 0, "manifest-sha512.txt": 1}
LISTED_TAGS: Final = frozenset({"bag-info.txt", "bagit.txt", *MANIFESTS})
TAG_FILES: Final = LISTED_TAGS | {TAGMANIFEST, SIGNATURE}
README, INDEX, INDEX_CSV = "00-README.txt", "01-index.html", "01-index.csv"
DESCRIPTION: Final = "system-description.html"
EXTRACT, CHECKPOINT, TRAIL_KEY = "trail/extract.jsonl", "trail/checkpoint.txt", "trail/trail-key.pub.pem"
TIMESTAMP: Final = "trail/checkpoint.tsr"
SCRIPT, PROOF = "verify.py", "proof.py"
OWN_FILES: Final = (
    README, INDEX, INDEX_CSV, DESCRIPTION, EXTRACT, CHECKPOINT, TRAIL_KEY, SCRIPT, PROOF,
)  # fmt: skip
RESERVED: Final = (*OWN_FILES, TIMESTAMP)  # the last is in a bundle only where an authority was asked
_LINE: Final = re.compile(r"([0-9a-f]{64}|[0-9a-f]{128})  ([!-~][ -~]*)")
_LARGEST_TAG: Final = 256 << 20
_LONGEST_LINE: Final = 32 << 20
_CHUNK: Final = 1 << 20


def N_(text: str) -> str:  # noqa: N802 - marks a sentence that the project also says in other languages
    """Mark a sentence."""
    return text


@dataclass(frozen=True)
class Wrong:
    """One thing that is wrong: an English sentence with the facts that fill it."""

    message: str
    facts: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.message.format_map(self.facts)


class Bag(Protocol):
    """The files of a bundle by their path from its folder, with their sizes."""

    @property
    def sizes(self) -> Mapping[str, int]:
        """The size of each file."""
        ...

    def chunks(self, path: str) -> Iterator[bytes]:
        """The bytes of one file, piece by piece."""
        ...


class Found(Protocol):
    """What checking the extract gave (see proof.py)."""

    @property
    def wrong(self) -> str:
        """What is wrong, or nothing."""
        ...


@dataclass
class Checked:
    """What the check of a bundle found."""

    wrong: list[Wrong] = field(default_factory=list)
    files: int = 0
    size: int = 0
    info: dict[str, str] = field(default_factory=dict)
    trail: Any = None
    trail_key: str = ""

    def say(self, message: str, **facts: object) -> None:
        """Note one thing that is wrong."""
        self.wrong.append(Wrong(message, facts))


class Folder:
    """An unpacked bundle; nothing but plain files and folders is accepted, no link is followed."""

    def __init__(self, root: Path) -> None:
        """Look at every name below `root` once."""
        self.root = root
        self.sizes: dict[str, int] = {}
        self.odd: list[str] = []
        folders = [root]
        while folders:
            with os.scandir(folders.pop()) as entries:
                for entry in entries:
                    path = Path(entry.path).relative_to(root).as_posix()
                    if entry.is_dir(follow_symlinks=False):
                        folders.append(Path(entry.path))
                    elif entry.is_file(follow_symlinks=False):
                        self.sizes[path] = entry.stat(follow_symlinks=False).st_size
                    else:
                        self.odd.append(path)

    def chunks(self, path: str) -> Iterator[bytes]:
        """The bytes of one file."""
        with (self.root / path).open("rb") as stream:
            while piece := stream.read(_CHUNK):
                yield piece


def check(bag: Bag, check_extract: Callable[[Iterable[str]], Found]) -> Checked:
    """Check everything that can be checked without a key of the bundle's own signature."""
    done = Checked()
    names = set(bag.sizes)
    tags = {name for name in names if not name.startswith("data/")}
    for name in sorted(TAG_FILES - tags):
        done.say(N_("The file {path} is missing."), path=name)
    for name in sorted(tags - TAG_FILES):
        done.say(N_("The file {path} does not belong to the bundle."), path=ascii(name)[1:-1])
    payload = names - tags
    done.files, done.size = len(payload), sum(bag.sizes[name] for name in payload)
    for name in OWN_FILES:
        if f"data/{name}" not in payload:
            done.say(N_("The file {path} is missing."), path=f"data/{name}")
    if done.wrong:
        return done
    try:
        if _whole(bag, "bagit.txt") != DECLARATION:
            done.say(N_("The file {path} was altered."), path="bagit.txt")
        _check_lists(bag, payload, done)
        _check_info(bag, done)
        _check_trail(bag, check_extract, done)
    except (ValueError, KeyError, RecursionError) as fault:
        done.say(N_("The bundle cannot be read: {what}."), what=fault)
    return done


def _whole(bag: Bag, path: str) -> bytes:
    if bag.sizes[path] > _LARGEST_TAG:
        raise ValueError(f"{path} is too large")
    return b"".join(bag.chunks(path))


def _check_lists(bag: Bag, payload: set[str], done: Checked) -> None:
    tags = _listed(bag, TAGMANIFEST, LISTED_TAGS, 0, done)
    lists = [_listed(bag, name, payload, place, done) for name, place in MANIFESTS.items()]
    for path in sorted(LISTED_TAGS):
        if hashlib.sha256(_whole(bag, path)).hexdigest() != tags.get(path):
            done.say(N_("The file {path} was altered."), path=path)
    for path in sorted(payload):
        digests = (hashlib.sha256(), hashlib.sha512())
        for piece in bag.chunks(path):
            for digest in digests:
                digest.update(piece)
        if any(digest.hexdigest() != told.get(path) for digest, told in zip(digests, lists, strict=True)):
            done.say(N_("The file {path} was altered."), path=path)


def _listed(bag: Bag, name: str, wanted: Iterable[str], place: int, done: Checked) -> dict[str, str]:
    """The digests of a manifest; it must list exactly the wanted files, in order, in the one form."""
    told: dict[str, str] = {}
    text = _whole(bag, name).decode("utf-8", errors="replace")
    for number, line in enumerate(text.split("\n")[:-1], 1):
        match = _LINE.fullmatch(line)
        if match is None or len(match[1]) != (64, 128)[place]:
            done.say(N_("Line {number} of {path} cannot be read."), number=number, path=name)
        else:
            told[match[2]] = match[1]
    if text != "".join(f"{told[path]}  {path}\n" for path in sorted(told)):
        done.say(N_("The list {path} is not in the one written form."), path=name)
    for path in sorted(set(wanted) - set(told)):
        done.say(N_("The file {path} is not listed in {manifest}."), path=ascii(path)[1:-1], manifest=name)
    for path in sorted(set(told) - set(wanted)):
        done.say(N_("The file {path}, listed in {manifest}, is missing."), path=path, manifest=name)
    return told


def _check_info(bag: Bag, done: Checked) -> None:
    text = _whole(bag, "bag-info.txt").decode("utf-8", errors="replace")
    pairs = [line.partition(": ") for line in text.split("\n")[:-1]]
    done.info = {label: value for label, _, value in pairs}
    if done.info.get("Payload-Oxum") != f"{done.size}.{done.files}":
        done.say(N_("The number of files and bytes is not the one that bag-info.txt names."))


def _check_trail(bag: Bag, check_extract: Callable[[Iterable[str]], Found], done: Checked) -> None:
    done.trail = check_extract(lines(bag, f"data/{EXTRACT}"))
    if done.trail.wrong:
        done.say(N_("The extract of the trail is wrong: {what}"), what=done.trail.wrong)
        return
    note = _whole(bag, f"data/{CHECKPOINT}").decode("utf-8", errors="replace")
    head = json.loads(next(iter(lines(bag, f"data/{EXTRACT}"))))
    if head["checkpoint"] != note:
        done.say(N_("The extract of the trail hangs on another checkpoint."))
    pem = _whole(bag, f"data/{TRAIL_KEY}").decode("ascii", errors="replace")
    done.trail_key = signer_of(note, pem)
    if not done.trail_key:
        done.say(N_("The signature of the checkpoint is wrong."))


def lines(bag: Bag, path: str) -> Iterator[str]:
    """The lines of a text file, without holding it."""
    rest = b""
    for piece in bag.chunks(path):
        *whole, rest = (rest + piece).split(b"\n")
        if len(rest) > _LONGEST_LINE:
            raise ValueError(f"{path} has a line that is too long")
        for line in whole:
            yield line.decode("utf-8", errors="replace")
    if rest:
        yield rest.decode("utf-8", errors="replace")


# Ed25519 by RFC 8032: verification needs no secret, so plain and slow is good enough.
_P: Final = 2**255 - 19
_L: Final = 2**252 + 27742317777372353535851937790883648493
_D: Final = -121665 * pow(121666, -1, _P) % _P
_KEY_HEAD: Final = bytes.fromhex("302a300506032b6570032100")
_KEY_SIZE: Final = 32
Point = tuple[int, int, int, int]


def _add(one: Point, two: Point) -> Point:
    a = (one[1] - one[0]) * (two[1] - two[0]) % _P
    b = (one[1] + one[0]) * (two[1] + two[0]) % _P
    c = 2 * one[3] * two[3] * _D % _P
    d = 2 * one[2] * two[2] % _P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % _P, g * h % _P, f * g % _P, e * h % _P)


def _times(number: int, point: Point) -> Point:
    total = (0, 1, 1, 0)
    while number:
        if number & 1:
            total = _add(total, point)
        point = _add(point, point)
        number >>= 1
    return total


def _point(raw: bytes) -> Point | None:
    y = int.from_bytes(raw, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    square = (y * y - 1) * pow(_D * y * y + 1, -1, _P) % _P
    x = pow(square, (_P + 3) // 8, _P)
    if (x * x - square) % _P:
        x = x * pow(2, (_P - 1) // 4, _P) % _P
    if y >= _P or (x * x - square) % _P or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = _P - x
    return (x, y, 1, x * y % _P)


_BASE: Final = _point((4 * pow(5, -1, _P) % _P).to_bytes(32, "little"))


def is_signed(public: bytes, signature: bytes, message: bytes) -> bool:
    """Whether an Ed25519 signature fits (RFC 8032 section 5.1.7)."""
    key = _point(public)
    scalar = int.from_bytes(signature[32:], "little")
    if key is None or _BASE is None or scalar >= _L:
        return False
    hashed = hashlib.sha512(signature[:32] + public + message).digest()
    minus = (_P - key[0], key[1], key[2], _P - key[3])
    x, y, z, _ = _add(_times(scalar, _BASE), _times(int.from_bytes(hashed, "little") % _L, minus))
    inverse = pow(z, -1, _P)
    coded = (y * inverse % _P) | ((x * inverse % _P & 1) << 255)
    return coded.to_bytes(32, "little") == signature[:32]


def signer_of(note: str, pem: str) -> str:
    """The fingerprint of the trail key, if it signed the note and the note names it; nothing otherwise."""
    try:
        der = base64.b64decode("".join(pem.split("\n")[1:-2]), validate=True)
        text, _, last = note.partition("\n\n")
        dash, name, value = last.rstrip("\n").split(" ")
        raw = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        return ""
    public = der[len(_KEY_HEAD) :]
    if der[: len(_KEY_HEAD)] != _KEY_HEAD or len(public) != _KEY_SIZE or len(raw) != 4 + 64:
        return ""
    printed = hashlib.sha256(der).hexdigest()
    origin = text.split("\n")[0]
    named = dash == "\u2014" and name == origin and origin.split("/")[2:3] == [printed[:16]]
    key_id = hashlib.sha256(f"{origin}\n".encode() + b"\x01" + public).digest()[:4]
    whole = named and raw[:4] == key_id and is_signed(public, raw[4:], f"{text}\n".encode())
    return printed if whole else ""


def fingerprint(root: Path, openssl: str) -> str | None:
    """The fingerprint of the certificate that signed the bundle, by openssl; None where it does not fit."""
    with tempfile.TemporaryDirectory() as folder:
        signer = Path(folder) / "signer.pem"
        command = [openssl, "cms", "-verify", "-binary", "-inform", "DER", "-noverify"]
        command += ["-in", str(root / SIGNATURE), "-content", str(root / TAGMANIFEST)]
        command += ["-signer", str(signer), "-out", os.devnull]
        if subprocess.run(command, capture_output=True, check=False).returncode:  # noqa: S603 - no shell
            return None
        pem = signer.read_text("ascii")
    der = base64.b64decode("".join(pem.split("\n")[1:-2]))
    printed = hashlib.sha256(der).hexdigest().upper()
    return ":".join(printed[place : place + 2] for place in range(0, len(printed), 2))


def _proof(path: Path) -> Callable[[Iterable[str]], Found]:
    """The check of the extract from the file beside this one; no byte code is left in the bundle."""
    sys.dont_write_bytecode = True
    spec = importlib.util.spec_from_file_location("qms_bundle_proof", path)
    if spec is None or spec.loader is None:
        raise FileNotFoundError(path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    found: Callable[[Iterable[str]], Found] = module.check_extract
    return found


def main(arguments: Sequence[str]) -> int:
    """Check the bundle this file lies in, or the folder named, and say line by line what was found."""
    here = Path(__file__).resolve()
    root = Path(arguments[0]) if arguments else here.parents[1]
    tell = sys.stdout.write
    folder = Folder(root)
    done = check(folder, _proof(here.with_name(PROOF)))
    for path in folder.odd:
        done.say(N_("The file {path} does not belong to the bundle."), path=ascii(path)[1:-1])
    for wrong in done.wrong:
        tell(f"WRONG: {wrong}\n")
    if done.wrong:
        return 1
    tell(f"OK: {done.files} files with {done.size} bytes, each as it is listed\n")
    tell(f"OK: trail entries {done.trail.first} to {done.trail.last}, {done.trail.bodies} opened\n")
    tell(f"OK: checkpoint of {done.trail.size} entries, signed by the trail key {done.trail_key}\n")
    openssl = shutil.which("openssl")
    if openssl is None:
        tell("NOT CHECKED: the signature over the whole, because openssl was not found\n")
        return 0
    printed = fingerprint(root, openssl)
    if printed is None:
        tell("WRONG: the signature over the whole does not fit\n")
        return 1
    tell(f"OK: signed with the certificate {printed}\n")
    tell("Compare that fingerprint with the one the organisation gave you by another way.\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
