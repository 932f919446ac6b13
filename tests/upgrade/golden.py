"""The golden workspaces of all releases, unpacked as if they had lain there since."""

from __future__ import annotations

import json
import subprocess
import tarfile
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from tests.cli.databases import fresh_postgresql
from tests.upgrade.make_golden import DUMP, GOLDEN

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

RELEASES: Final = tuple(sorted(path.name for path in GOLDEN.iterdir()))
KINDS: Final = ("sqlite", "postgresql")


def known(release: str, kind: str) -> dict[str, Any]:
    """What was true when it was made."""
    told: dict[str, Any] = json.loads((GOLDEN / release / "facts.json").read_text("utf-8"))
    found: dict[str, Any] = told[kind]
    return found


@contextmanager
def unpacked(release: str, kind: str, home: Path) -> Iterator[Path]:
    """A workspace of a release in a folder; its database dies with the test."""
    home.mkdir(parents=True)
    with tarfile.open(GOLDEN / release / f"{kind}.tar.xz") as packed:
        packed.extractall(home, filter="data")
    if kind == "sqlite":
        yield home
        return
    with fresh_postgresql() as url:
        plain = url.replace("+psycopg", "")
        words = ["psql", "--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", f"--dbname={plain}"]
        subprocess.run([*words, f"--file={home / DUMP}"], check=True, capture_output=True)
        path = home / "qms.toml"
        kept = [line for line in path.read_text("utf-8").splitlines() if not line.startswith("database_url")]
        path.write_text("\n".join([*kept, f'database_url = "{url}"', ""]), "utf-8")
        yield home


def database(home: Path) -> str:
    """The URL of its database."""
    for line in (home / "qms.toml").read_text("utf-8").splitlines():
        if line.startswith("database_url"):
            return str(json.loads(line.partition("=")[2]))
    return f"sqlite:///{home / 'records' / 'qms.sqlite3'}"
