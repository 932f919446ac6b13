"""Pulling two bundles of evidence and verifying each with the tools of any Linux machine."""

from __future__ import annotations

import csv
import io
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from qms import evidence
from qms.accounts import Meaning
from qms.kernel.ports import Scope
from qms.kernel.refs import Ref

if TYPE_CHECKING:
    from datetime import date

    from qms.cli.demo.cast import Cast
    from qms.worker.loop import Loop

ASKER: Final = "document-controller"
APPROVER: Final = "quality-manager"
PURPOSE: Final = "外部审核：文件控制（ISO 9001:2015 7.5）"
_PATH: Final = os.pathsep.join((os.environ.get("PATH", os.defpath), str(Path(sys.executable).parent)))
_CMS: Final = (
    "openssl cms -verify -binary -inform DER -in tagmanifest-sha256.txt.p7s"
    " -content tagmanifest-sha256.txt -noverify -out /dev/null"
)
_STANDARD: Final = (
    "sha256sum -c --quiet manifest-sha256.txt tagmanifest-sha256.txt",
    _CMS,
    "python3 -I data/verify.py",
)


class Bundles:
    """Requests by the document controller for the auditor, approved by the quality manager."""

    def __init__(self, cast: Cast, loop: Loop, home: Path) -> None:
        self.cast = cast
        self.loop = loop
        self.folder = home / "evidence"

    def pull(self, as_of: date | None) -> dict[str, Any]:
        """Ask, approve, build, hand over, unpack and verify one bundle."""
        number = self._approved(as_of)
        self.loop.drain()
        with self.cast.acting(ASKER) as work:
            done = evidence.hand_over(work, number)
        self.folder.mkdir(exist_ok=True)
        file = self.folder / f"{number}.zip"
        with file.open("wb") as stream:
            for chunk in self.cast.runtime.works.vault.chunks(done.bundle_digest or ""):
                stream.write(chunk)
        with zipfile.ZipFile(file) as packed:
            packed.extractall(self.folder)  # our own bundle, verified right below
        return {
            "number": number,
            "as_of": as_of,
            "file": str(file),
            "bytes": file.stat().st_size,
            "fingerprint": done.fingerprint,
            "checks": self._checks(file, done.fingerprint or ""),
        }

    def _approved(self, as_of: date | None) -> str:
        scope = Scope(numbers=("CP-12", "WI-12-01", "FM-12-01"), as_of=as_of)
        with self.cast.acting(ASKER) as work:
            asked = evidence.request(
                work, purpose=PURPOSE, receiver_id=self.cast.people["internal-auditor"], scope=scope
            )
        key = self.cast.key(APPROVER, Ref("evidence", asked.number), Meaning.APPROVED)
        with self.cast.acting(APPROVER) as work:
            evidence.approve(work, asked.number, password=key)
        return asked.number

    def _checks(self, file: Path, fingerprint: str) -> list[dict[str, Any]]:
        bag = file.with_suffix("")
        found = [_run(command, bag) for command in _STANDARD]
        if shutil.which("bagit.py", path=_PATH):
            found.append(_run(f"bagit.py --validate --quiet {bag.name}", self.folder))
        report = evidence.verify_bundle(file, fingerprint)
        found.append(
            {"command": f"qms evidence verify --fingerprint {fingerprint[:16]}…", "ok": report.ok, "said": ""}
        )
        return found

    def differences(self, bundles: list[dict[str, Any]]) -> list[str]:
        """What two bundles say differently about which revision is in force."""
        old, new = (self._in_force(self.folder / each["number"]) for each in bundles)
        return [
            f"{key}: {old.get(key, '—')} → {new.get(key, '—')}"
            for key in sorted(old.keys() | new.keys())
            if old.get(key) != new.get(key)
        ]

    @staticmethod
    def _in_force(bag: Path) -> dict[str, str]:
        found = {}
        for path in sorted(bag.glob("data/**/*in-force*.csv")):
            for row in csv.DictReader(io.StringIO(path.read_text("utf-8-sig"))):
                cells = list(row.values())
                found[" ".join(cells[:1])] = " ".join(cells[1:6])
        return found


def _run(command: str, folder: Path) -> dict[str, Any]:
    done = subprocess.run(  # noqa: S603 - fixed commands
        command.split(),
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PATH": _PATH},
    )
    return {"command": command, "ok": done.returncode == 0, "said": (done.stdout + done.stderr)[-400:]}
