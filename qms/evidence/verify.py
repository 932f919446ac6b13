"""Verifying a bundle without a database: form, every byte, seal, extract of the trail (BND-03)."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final, cast

from qms.evidence import cms, keys, standalone
from qms.evidence import container as zips
from qms.evidence.container import Member, NotABundleError
from qms.evidence.plan import SEALED_AT
from qms.evidence.standalone import SIGNATURE, TAGMANIFEST, Bag, Checked, Folder, Wrong
from qms.kernel.labels import N_, say
from qms.trail import check_extract

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_SEAL_LIMIT: Final = 1 << 20
_IN_MEMORY: Final = 16 << 20


@dataclass(frozen=True, slots=True)
class Report:
    """What verifying a bundle found.

    `wrong` is everything that is wrong, each a sentence with facts. `fingerprint` is that of the
    certificate that sealed the bundle; `authentic` says whether it is the one given, and None that
    none was given: then the bundle is whole, but anybody could have made it.
    """

    wrong: tuple[Wrong, ...]
    number: str = ""
    receiver: str = ""
    purpose: str = ""
    sealed_at: str = ""
    files: int = 0
    size: int = 0
    fingerprint: str = ""
    authentic: bool | None = None
    trail_first: int = 0
    trail_last: int = 0
    trail_opened: int = 0
    checkpoint_size: int = 0
    checkpoint_root: str = ""
    trail_key: str = ""

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong; without a fingerprint that says nothing about where it comes from."""
        return not self.wrong

    def sentences(self, language: str = "en") -> list[str]:
        """What is wrong, in the asked language; where nothing is, what was found and what stays open."""
        if self.wrong:
            return [say(one.message, language, **one.facts) for one in self.wrong]
        facts = {
            "files": self.files,
            "size": self.size,
            "first": self.trail_first,
            "last": self.trail_last,
            "opened": self.trail_opened,
            "entries": self.checkpoint_size,
            "fingerprint": keys.spelled(self.fingerprint),
        }
        told = [
            N_("All {files} files with {size} bytes are as they were sealed."),
            N_(
                "Trail entries {first} to {last} are whole, {opened} of them open, under a signed checkpoint."
            ),
        ]
        told.append(
            N_("The seal is that of the certificate {fingerprint}, as you named it.")
            if self.authentic
            else N_("The seal is that of the certificate {fingerprint}; compare it by another way.")
        )
        return [say(text, language, **facts) for text in told]


class Zipped:
    """A bundle inside its ZIP file: one folder, its files in the one written form."""

    def __init__(self, stream: BinaryIO) -> None:
        """Check the form of the file and learn its members."""
        self.stream = stream
        found = zips.members(stream)
        self.name, slash, _ = found[0].name.partition("/")
        top = f"{self.name}{slash}"
        stray = next((member.name for member in found if not slash or not member.name.startswith(top)), None)
        if stray is not None:
            raise NotABundleError(f"the member {stray} lies outside the bundle's folder")
        self.members: Mapping[str, Member] = {member.name.removeprefix(top): member for member in found}
        self.sizes = {path: member.size for path, member in self.members.items()}

    def chunks(self, path: str) -> Iterator[bytes]:
        """The bytes of one file."""
        return zips.chunks(self.stream, self.members[path])


def verify_bundle(source: Path | str | BinaryIO, fingerprint: str | None = None) -> Report:
    """Verify a bundle: its ZIP file, an open stream of it, or the folder it was unpacked into.

    `fingerprint` is that of the workspace's bundle certificate, had by another way than with the
    bundle. A hostile file is refused before any of it is used, and nothing is ever unpacked.
    """
    with ExitStack() as stack:
        try:
            bag, name = _opened(source, stack)
            return _verified(bag, name, fingerprint)
        except (ValueError, RecursionError, OSError) as fault:
            return Report((Wrong(N_("This cannot be read as a bundle: {what}."), {"what": fault}),))


def _opened(source: Path | str | BinaryIO, stack: ExitStack) -> tuple[Bag, str | None]:
    if isinstance(source, Path | str):
        path = Path(source)
        if path.is_dir():
            folder = Folder(path)
            if folder.odd:
                raise NotABundleError(f"{folder.odd[0]!a} is neither a file nor a folder")
            return folder, None
        source = stack.enter_context(path.open("rb"))
    if not source.seekable():
        spooled = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 - the stack closes it
        stack.enter_context(spooled)
        shutil.copyfileobj(source, spooled)
        source = cast("BinaryIO", spooled)
    zipped = Zipped(source)
    return zipped, zipped.name


def _verified(bag: Bag, name: str | None, fingerprint: str | None) -> Report:
    done = standalone.check(bag, check_extract)
    number = done.info.get("External-Identifier", "")
    if not done.wrong and name is not None and name != number:
        done.say(N_("The folder is called {name}, but the bundle is {number}."), name=name, number=number)
    found = _sealer(bag, done) if done.info else ""
    authentic = None if fingerprint is None else bool(found) and keys.plain(fingerprint) == found
    if authentic is False and found:
        shown = keys.spelled(found)
        done.say(N_("The bundle was sealed with another certificate: {fingerprint}."), fingerprint=shown)
    return Report(
        wrong=tuple(done.wrong),
        number=number,
        receiver=done.info.get("QMS-Receiver", ""),
        purpose=done.info.get("External-Description", ""),
        sealed_at=done.info.get(SEALED_AT, ""),
        files=done.files,
        size=done.size,
        fingerprint=found,
        authentic=authentic,
        trail_key=done.trail_key,
        **_trail(done),
    )


def _sealer(bag: Bag, done: Checked) -> str:
    """The fingerprint of the certificate that sealed the tag manifest; nothing where the seal is wrong."""
    if bag.sizes[SIGNATURE] > _SEAL_LIMIT:
        done.say(N_("The seal is broken: {what}."), what=bag.sizes[SIGNATURE])
        return ""
    try:
        at = datetime.fromisoformat(done.info.get(SEALED_AT, ""))
        sealed, content = (b"".join(bag.chunks(path)) for path in (SIGNATURE, TAGMANIFEST))
        return keys.fingerprint(cms.check(sealed, content, at))
    except ValueError as fault:
        done.say(N_("The seal is broken: {what}."), what=fault)
        return ""


def _trail(done: Checked) -> dict[str, Any]:
    if done.trail is None:
        return {}
    return {
        "trail_first": done.trail.first,
        "trail_last": done.trail.last,
        "trail_opened": done.trail.bodies,
        "checkpoint_size": done.trail.size,
        "checkpoint_root": done.trail.root,
    }
