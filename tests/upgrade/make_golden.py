"""Makes the golden workspaces of a release: `python -m tests.upgrade.make_golden 0.1.0 COMMIT` (REL-12).

The story is played by the release's own code on both databases; what it left is packed, without the index,
beside the figures a later program must find again. A golden is made once and never changed.
"""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import inspect, text

from qms.kernel.database import build_engine
from tests.cli.databases import fresh_postgresql

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Engine

HERE: Final = Path(__file__).parent
GOLDEN: Final = HERE / "golden"
DUMP: Final = "database.sql"
_ROOT: Final = HERE.parents[1]
_LEFT_OUT: Final = ("search_index",)


def make(version: str, commit: str) -> None:
    """Both databases of a release."""
    target = GOLDEN / version
    target.mkdir(parents=True)
    with tempfile.TemporaryDirectory(prefix="golden-") as name:
        tree = Path(name) / "tree"
        tree.mkdir()
        packed = subprocess.run(
            ["git", "archive", commit, "qms"], cwd=_ROOT, check=True, capture_output=True
        ).stdout
        with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
            archive.extractall(tree, filter="data")
        known = {}
        for kind, home, url in _places(Path(name)):
            play(tree, home, url)
            known[kind] = facts(url or f"sqlite:///{home / 'records' / 'qms.sqlite3'}")
            if url:
                (home / DUMP).write_bytes(dumped(url))
            pack(home, target / f"{kind}.tar.xz")
        told = {"version": version, "commit": commit, **known}
        (target / "facts.json").write_text(json.dumps(told, indent=1, sort_keys=True) + "\n", "utf-8")


def _places(folder: Path) -> Iterator[tuple[str, Path, str]]:
    yield "sqlite", folder / "sqlite", ""
    with fresh_postgresql() as url:
        yield "postgresql", folder / "postgresql", url


def play(tree: Path, home: Path, url: str) -> None:
    """The story by the code in `tree`, whichever code runs this."""
    words = [sys.executable, str(HERE / "story.py"), str(home), *([url] if url else [])]
    environment = {**os.environ, "PYTHONPATH": str(tree)}
    asked = [sys.executable, "-c", "import qms; print(qms.__file__)"]
    said = subprocess.run(asked, cwd=tree, env=environment, check=True, capture_output=True, text=True)
    if not Path(said.stdout.strip()).is_relative_to(tree):
        raise SystemExit(f"the code of {said.stdout.strip()} would play, not that of {tree}")
    subprocess.run(words, cwd=tree, env=environment, check=True)


def dumped(url: str) -> bytes:
    """The database in plain SQL, without the names of this server."""
    plain = url.replace("+psycopg", "")
    words = ["pg_dump", "--format=plain", "--no-owner", "--no-privileges", f"--dbname={plain}"]
    return subprocess.run(words, check=True, capture_output=True).stdout


def pack(home: Path, target: Path) -> None:
    """The workspace's folder, the smallest way, without what can be made again."""
    with tarfile.open(target, "w:xz", preset=9) as archive:
        for path in sorted(home.rglob("*")):
            place = path.relative_to(home)
            if place.parts[0] not in _LEFT_OUT:
                archive.add(path, place.as_posix(), recursive=False, filter=_nobodys)


def _nobodys(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = member.mtime = 0
    member.uname = member.gname = ""
    return member


def facts(url: str) -> dict[str, Any]:
    """What every later program must find again: rows of each table, the trail's hashes, the PDFs."""
    engine = build_engine(url)
    try:
        return read(engine)
    finally:
        engine.dispose()


def read(engine: Engine) -> dict[str, Any]:
    """The same of an open database, asked in plain SQL, so that no model of today is needed."""
    tables = sorted(inspect(engine).get_table_names())
    with engine.connect() as connection:

        def rows(query: str) -> list[list[Any]]:
            return [list(row) for row in connection.execute(text(query))]

        return {
            "schema": rows("SELECT version_num FROM alembic_version")[0][0],
            "rows": {name: rows(f'SELECT count(*) FROM "{name}"')[0][0] for name in tables},  # noqa: S608
            "trail": [hashed for (hashed,) in rows("SELECT hash FROM trail_entry ORDER BY seq")],
            "pdfs": dict(rows("SELECT code, pdf_digest FROM revision WHERE code IS NOT NULL ORDER BY id")),
        }


if __name__ == "__main__":
    make(*sys.argv[1:3])
