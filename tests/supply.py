"""What the product is made of: `python -m tests.supply FOLDER` writes the bill of materials and the licences.

The same locks give the same bytes: no instant, no random number (SEC-27). `--audit` holds the locks
against a local copy of an advisory database, and says so where there is none.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import os
import re
import sys
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentScope, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL
from packaging.specifiers import SpecifierSet
from packaging.version import InvalidVersion, Version

ROOT: Final = Path(__file__).parents[1]
ADVISORIES: Final = "ADVISORIES"
ALLOWED: Final = frozenset(
    {
        "0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "HPND", "ISC", "LGPL-3.0-only", "MIT", "MIT-0",
        "MIT-CMU", "MPL-1.1", "MPL-2.0", "OFL-1.1", "PSF-2.0", "Unlicense", "ZPL-2.1", "BSL-1.0", "Zlib",
    }
)  # fmt: skip
# What a package says in words or by a classifier, as SPDX. Where several are offered, one is taken.
_SPOKEN: Final = {
    "BSD License": "BSD-3-Clause",
    "BSD": "BSD-3-Clause",
    "MIT License": "MIT",
    "Apache Software License": "Apache-2.0",
    "Apache License 2.0": "Apache-2.0",
    "Apache 2.0": "Apache-2.0",
    "Apache License, Version 2.0": "Apache-2.0",
    "Two-clause BSD license": "BSD-2-Clause",
    "Python Software Foundation License": "PSF-2.0",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Mozilla Public License 1.1 (MPL 1.1)": "MPL-1.1",
    "ISC License (ISCL)": "ISC",
}
_PINNED: Final = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^ ;\\]+)", re.ASCII)
_HASHED: Final = re.compile(r"--hash=sha256:([0-9a-f]{64})", re.ASCII)
# What stands in the repository itself.
_SHIPPED: Final = (
    ("htmx", "2.0.11", "0BSD", "qms/web/static/htmx.min.js"),
    ("noto-sans-sc", "2.004", "OFL-1.1", "qms/rendering/fonts/NotoSansSC-400.ttf"),
    ("noto-sans-tc", "2.004", "OFL-1.1", "qms/rendering/fonts/NotoSansTC-400.ttf"),
)


@dataclass(frozen=True, slots=True)
class Part:
    """One package or file the product is made of, or tested with."""

    name: str
    version: str
    licence: str
    digests: tuple[str, ...]
    tested_with: bool = False


def locked(path: Path) -> dict[str, tuple[str, tuple[str, ...]]]:
    """The pins of a lock: version and digests by name."""
    found: dict[str, tuple[str, tuple[str, ...]]] = {}
    name = ""
    for line in path.read_text("utf-8").splitlines():
        if pinned := _PINNED.match(line):
            name = pinned[1]
            found[name] = (pinned[2], ())
        if name and (digest := _HASHED.search(line)):
            version, digests = found[name]
            found[name] = (version, (*digests, digest[1]))
    return found


def licence_of(name: str) -> str:
    """What a package says of its licence, as SPDX; empty where it says nothing known."""
    try:
        told: Any = importlib.metadata.metadata(name)
    except importlib.metadata.PackageNotFoundError:
        return ""
    if expression := told.get("License-Expression"):
        return str(expression)
    spoken = str(told.get("License") or "").strip()
    if spoken in ALLOWED:
        return spoken
    classifiers = [str(each).rpartition("::")[2].strip() for each in told.get_all("Classifier") or ()]
    known = (_SPOKEN.get(each) for each in (spoken, *classifiers))
    return next((each for each in known if each), "")


def parts() -> list[Part]:
    """Everything of both locks and everything shipped, by name."""
    run = locked(ROOT / "requirements.lock")
    found = [Part(name, version, licence_of(name), digests) for name, (version, digests) in run.items()]
    for name, (version, digests) in locked(ROOT / "requirements-dev.lock").items():
        if name not in run:
            found.append(Part(name, version, licence_of(name), digests, tested_with=True))
    for name, version, licence, file in _SHIPPED:
        digest = hashlib.sha256((ROOT / file).read_bytes()).hexdigest()
        found.append(Part(name, version, licence, (digest,)))
    return sorted(found, key=lambda each: (each.tested_with, each.name))


def bill(made_of: list[Part]) -> str:
    """The CycloneDX bill of materials as JSON."""
    licences = LicenseFactory()
    bom = Bom(
        serial_number=uuid.uuid5(uuid.NAMESPACE_URL, repr(made_of)),
        components=[
            Component(
                type=ComponentType.LIBRARY,
                name=each.name,
                version=each.version,
                bom_ref=f"{each.name}@{each.version}",
                purl=PackageURL("pypi", None, each.name, each.version),
                scope=ComponentScope.EXCLUDED if each.tested_with else ComponentScope.REQUIRED,
                licenses=[licences.make_from_string(each.licence)] if each.licence else [],
                hashes=[HashType(alg=HashAlgorithm.SHA_256, content=digest) for digest in each.digests],
            )
            for each in made_of
        ],
    )
    bom.metadata.timestamp = datetime(2026, 1, 1, tzinfo=UTC)
    told = json.loads(JsonV1Dot6(bom).output_as_string())
    del told["metadata"]["timestamp"]
    return json.dumps(told, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def listed(made_of: list[Part]) -> str:
    """The licences as a table for people."""
    lines = [f"{each.name}\t{each.version}\t{each.licence}" for each in made_of if not each.tested_with]
    return "\n".join(["name\tversion\tlicence", *lines]) + "\n"


def known_faults(folder: Path, made_of: list[Part]) -> list[str]:
    """What the advisories of a folder (OSV as JSON, one a file) say of the pinned versions."""
    pinned = {each.name.lower(): each.version for each in made_of}
    found = []
    for path in sorted(folder.rglob("*.json")):
        advisory = json.loads(path.read_text("utf-8"))
        for affected in advisory.get("affected", ()):
            name = str(affected.get("package", {}).get("name", "")).lower().replace("_", "-")
            if name in pinned and _touches(affected, pinned[name]):
                found.append(f"{name} {pinned[name]}: {advisory.get('id', path.stem)}")
    return sorted(set(found))


def _touches(affected: dict[str, Any], pinned: str) -> bool:
    if pinned in affected.get("versions", ()):
        return True
    for span in affected.get("ranges", ()):
        if span.get("type") != "ECOSYSTEM":
            continue
        rules: list[str] = []
        for event in span.get("events", ()):
            if "introduced" in event:
                rules = [] if event["introduced"] == "0" else [f">={event['introduced']}"]
            end = f"<{event['fixed']}" if "fixed" in event else ""
            end = end or (f"<={event['last_affected']}" if "last_affected" in event else "")
            if end and _fits([*rules, end], pinned):
                return True
            open_ended = event is span["events"][-1] and not end
            if open_ended and _fits(rules, pinned):
                return True
    return False


def _fits(rules: list[str], pinned: str) -> bool:
    try:
        return SpecifierSet(",".join(rules), prereleases=True).contains(Version(pinned))
    except InvalidVersion:
        return True  # what cannot be compared is looked at by a person


def audit() -> int:
    """Hold the locks against a local advisory database; says plainly when there is none."""
    folder = os.environ.get(ADVISORIES, "")
    if not folder or not Path(folder).is_dir():
        sys.stdout.write(f"No advisory database is at hand: set {ADVISORIES} to a folder of OSV files.\n")
        sys.stdout.write("NOTHING WAS CHECKED.\n")
        return 3
    found = known_faults(Path(folder), parts())
    sys.stdout.write("".join(f"{each}\n" for each in found) or "No advisory names a pinned version.\n")
    return 1 if found else 0


def main(arguments: list[str]) -> int:
    """Write both files into a folder, or audit."""
    if arguments == ["--audit"]:
        return audit()
    folder = Path(arguments[0])
    folder.mkdir(parents=True, exist_ok=True)
    made_of = parts()
    (folder / "sbom.cdx.json").write_text(bill(made_of), "utf-8")
    (folder / "licences.tsv").write_text(listed(made_of), "utf-8")
    sys.stdout.write(f"{folder}: {len(made_of)} parts\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
