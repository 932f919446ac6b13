"""The job that makes a bundle: look, freeze, stream, record; each step may be killed and tried again."""

from __future__ import annotations

import base64
import functools
import inspect
import itertools
import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final, cast

from qms import accounts, trail
from qms.evidence import csvs, index_html, standalone, texts
from qms.evidence import plan as plans
from qms.evidence import scope as scopes
from qms.evidence.bag import Totals
from qms.evidence.gather import Gathered, gather
from qms.evidence.keys import BundleKey, load_key
from qms.evidence.lifecycle import State
from qms.evidence.operations import Built, Frozen, freeze, record_built
from qms.evidence.plan import SEALED_AT, Plan, PlannedFile, Stream, pieces
from qms.evidence.queries import BUILD, Request, visible_row
from qms.kernel.clock import iso, local_day
from qms.kernel.labels import N_, say
from qms.kernel.outbound import OutboundFailed, OutboundRefused
from qms.kernel.ports import Actor, Rights
from qms.kernel.refs import Ref

if TYPE_CHECKING:
    from datetime import datetime

    from qms.kernel.vault import Vault
    from qms.kernel.work import Work, Works

LOG: Final = logging.getLogger("qms.evidence")
SERVICE: Final = Actor("service:evidence", "qms evidence")
SERVICE_RIGHTS: Final = Rights(permissions={BUILD: None})
_PROOF: Final = Path(inspect.getfile(trail.check_extract))
_ASKED: Final = {
    "numbers": N_("Documents"),
    "kinds": N_("Kinds"),
    "departments": N_("Departments"),
    "clauses": N_("Clauses"),
    "edition": N_("Edition"),
    "as_of": N_("As of the day"),
    "since": N_("From"),
    "until": N_("Until"),
}

Progress = Callable[[str], None]


def build(
    works: Works,
    number: str,
    *,
    actor: Actor = SERVICE,
    rights: Rights = SERVICE_RIGHTS,
    progress: Progress | None = None,
    last: Callable[[Work], None] | None = None,
) -> Request:
    """Make the bundle of an approved request; what was frozen before a crash is made again as it was.

    `progress` is told the step about to begin. `last` is called in the very transaction that records
    the bundle, so that a job is finished there (law 2).
    """
    key = load_key(works.settings.at(works.settings.keys))
    building = _Building(works, number, key, actor, rights, progress or (lambda _: None))
    with works.reading(actor, rights) as work:
        row = visible_row(work.session, rights, number)
        frozen = row.plan_digest if row.state is State.BUILDING else None
    if frozen is None:
        frozen = building.frozen()
    building.tell("bundle")
    built = make(works.vault, frozen, key)
    building.tell("record")
    with works.writing(actor, rights) as work:
        done = record_built(work, number, built)
        if last:
            last(work)
    return done


def make(vault: Vault, plan_digest: str, key: BundleKey) -> Built:
    """Make the bundle of a frozen plan into the vault; the same plan and key give the same bytes (BND-05)."""
    plan = plans.read(vault.read(plan_digest))
    totals = Totals()
    stream = Stream(pieces(plan, vault, key, totals))
    digest = vault.put(cast("BinaryIO", stream))
    return Built(plan_digest, digest, totals.tagmanifest, key.fingerprint, stream.size, totals.files)


@dataclass(frozen=True, slots=True)
class _Building:
    """The first half of a build, up to the frozen plan."""

    works: Works
    number: str
    key: BundleKey
    actor: Actor
    rights: Rights
    tell: Progress

    def frozen(self) -> str:
        """The digest of the plan, frozen in the register; all its files lie in the vault before."""
        works = self.works
        self.tell("gather")
        with works.reading(self.actor, self.rights, works.settings.language) as work:
            found = gather(work, self.number)
        self.tell("checkpoint")
        signed = trail.checkpoint(works, self.actor, f"evidence {self.number}")
        if works.settings.timestamp_url:
            self.tell("time-stamp")
            self._stamp(signed.id)
        self.tell("extract")
        with works.reading(self.actor, self.rights) as work:
            extract = _extract(work, found)
        self.tell("plan")
        for item in found.items:
            if item.content is not None:
                works.vault.put(item.content)
        digest = works.vault.put(_plan(works, found, extract, self.key).written())
        self.tell("freeze")
        with works.writing(self.actor, self.rights) as work:
            freeze(work, self.number, Frozen(digest, found.ceiling, found.head_seq, extract.size))
        return digest

    def _stamp(self, checkpoint_id: int) -> None:
        """Have the checkpoint stamped; without an answer the bundle goes without, and says so (TRL-11)."""
        try:
            trail.stamp(self.works, self.actor, checkpoint_id)
        except (OutboundFailed, OutboundRefused, trail.StampRefused, trail.CertificatesUnreadable) as refusal:
            LOG.warning("no time-stamp for the bundle %s: %s", self.number, refusal)


@dataclass(frozen=True, slots=True)
class _Extract:
    digest: str
    note: str
    size: int
    root: str
    stamp: trail.Stamp | None


def _extract(work: Work, found: Gathered) -> _Extract:
    lines = trail.extract(work.session, found.opened, found.first_seq - 1, found.head_seq)
    head = next(lines)
    told = json.loads(head)
    rights = accounts.rights_of(work.session, found.request.receiver_id, work.today)
    closed = _closed(lines, found.closes_at, found.request.ref, _seeing(work, rights))
    stream = Stream(line.encode() for line in itertools.chain([head], closed))
    digest = work.vault.put(cast("BinaryIO", stream))
    _, size, root = told["checkpoint"].split("\n")[:3]
    stamp = trail.stamp_of(work.session, told["checkpoint"])
    return _Extract(digest, told["checkpoint"], int(size), base64.b64decode(root).hex(), stamp)


def _seeing(work: Work, rights: Rights) -> Callable[[str], bool]:
    """Whether what an action or a record arose from exists for the receiver, asked once for each."""

    @functools.cache
    def is_seen(origin: str) -> bool:
        try:
            return not work.hidden([Ref.parse(origin)], rights)
        except ValueError:
            return True  # a word of a slice, which names nothing

    return is_seen


def _closed(
    lines: Iterator[str], closes_at: datetime, own: Ref, is_seen: Callable[[str], bool]
) -> Iterator[str]:
    """The lines without the bodies of later entries and of those that name an origin which is not seen.

    They verify all the same (BND-06, SEC-07). The entries about the request itself stay open: they say
    who approved that this is given out.
    """
    end = iso(closes_at)
    for line in lines:
        row = json.loads(line)
        if "body" in row:
            body = json.loads(row["body"])
            origin = (body.get("after") or {}).get("origin")
            if (body["at"] >= end and body["ref"] != str(own)) or (origin and not is_seen(origin)):
                del row["body"]
                yield json.dumps(row, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n"
                continue
        yield line


def _plan(works: Works, found: Gathered, extract: _Extract, key: BundleKey) -> Plan:
    """Put what is written for this bundle alone into the vault, and list everything."""
    settings, vault, request = works.settings, works.vault, found.request
    public = trail.load_key(settings.at(settings.keys)).public
    languages = index_html.languages(settings.language)
    facts = {"number": request.number, "receiver": _receiver(request), "purpose": request.purpose}
    if extract.stamp:
        facts |= {"authority": extract.stamp.authority, "at": iso(extract.stamp.at)}
    description = index_html.page(
        "description.html",
        settings.language,
        number=request.number,
        receiver=request.receiver_name,
        demo=works.demo,
        organisation=settings.organisation,
        sections=texts.DESCRIPTION,
        trail_fingerprint=public.fingerprint,
        bundle_fingerprint=key.fingerprint,
    )
    own = {
        standalone.README: texts.readme(facts, languages),
        standalone.DESCRIPTION: description,
        standalone.CHECKPOINT: extract.note.encode(),
        standalone.TRAIL_KEY: public.pem.encode(),
        standalone.SCRIPT: Path(standalone.__file__).read_bytes(),
        standalone.PROOF: _PROOF.read_bytes(),
    }
    if extract.stamp:
        own[standalone.TIMESTAMP] = extract.stamp.answer
    files = [
        PlannedFile(item.path, digest, item.title)
        for item, digest in zip(found.items, found.digests, strict=True)
    ]
    files += [PlannedFile(path, vault.put(content), _title(path, languages)) for path, content in own.items()]
    files.append(PlannedFile(standalone.EXTRACT, extract.digest, _title(standalone.EXTRACT, languages)))
    files.sort(key=lambda file: file.path)
    rows = [(file.path, file.title, file.sha256) for file in files]
    table = csvs.table(("path", "title", "sha256"), rows)
    page = _index(works, found, extract, files)
    files.append(PlannedFile(standalone.INDEX_CSV, vault.put(table)))
    files.append(PlannedFile(standalone.INDEX, vault.put(page)))
    files.sort(key=lambda file: file.path)
    at = found.head_at.replace(microsecond=0)
    return Plan(request.number, at, tuple(_info(works, found, extract, at)), tuple(files))


def _title(path: str, languages: tuple[str, ...]) -> str:
    return " / ".join(say(texts.TITLES[path], language) for language in languages)


def _receiver(request: Request) -> str:
    return " · ".join(part for part in (request.receiver_name, request.organisation) if part)


def _info(works: Works, found: Gathered, extract: _Extract, at: datetime) -> Iterator[tuple[str, str]]:
    request = found.request
    yield "Source-Organization", works.settings.organisation
    yield "External-Identifier", request.number
    yield "External-Description", request.purpose
    yield "Bagging-Date", local_day(at, works.settings.zone_info).isoformat()
    yield "QMS-Format", "qms-evidence/1"
    yield "QMS-Receiver", _receiver(request)
    yield "QMS-Scope", json.dumps(scopes.written(request.scope), ensure_ascii=False, sort_keys=True)
    yield "QMS-Request-SHA256", request.digest
    yield "QMS-Trail-Head", f"{found.head_seq} {found.head_hash}"
    yield "QMS-Checkpoint", f"{extract.size} {extract.root}"
    if works.demo:
        yield "QMS-Demonstration", "this workspace was made to show the system; nothing in it happened"
    yield SEALED_AT, iso(at)


def _index(works: Works, found: Gathered, extract: _Extract, files: list[PlannedFile]) -> bytes:
    request, zone = found.request, works.settings.zone_info

    def shown(instant: datetime | None) -> str:
        return "" if instant is None else instant.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S %Z")

    told = scopes.written(request.scope)
    asked = [(label, _joined(told[name])) for name, label in _ASKED.items() if name in told]
    folders: dict[str, list[PlannedFile]] = {}
    for file in files:
        folders.setdefault(file.path.rpartition("/")[0].partition("/")[0], []).append(file)
    return index_html.page(
        "index.html",
        works.settings.language,
        number=request.number,
        organisation=works.settings.organisation,
        receiver=request.receiver_name,
        demo=works.demo,
        receiver_organisation=request.organisation,
        purpose=request.purpose,
        asked=asked,
        requester=request.requester_name,
        requested_at=shown(request.requested_at),
        approver=found.approver,
        approved_at=shown(request.approved_at),
        head_seq=found.head_seq,
        head_at=shown(found.head_at),
        head_hash=found.head_hash,
        checkpoint_size=extract.size,
        checkpoint_root=extract.root,
        missing=found.missing,
        folders=sorted(folders.items()),
    )


def _joined(told: Any) -> str:
    return ", ".join(told) if isinstance(told, list) else str(told)
