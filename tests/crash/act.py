"""What an act that is killed is, the steps it has to come by, and how the stages before it are kept."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from tests.crash.house import START, content, fill, opened

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from qms.rendering import Pool
    from tests.crash.house import Content, House

ACT: Final = (
    "after a flush", "before the trail's entries", "after the trail's entries", "before the commit",
    "after the commit",
)  # fmt: skip
BLOB: Final = ("before the vault's put", "after the blob's link")
JOB: Final = ("before the job's end", "after the job's end", "before the checkpoint's file")


@dataclass(frozen=True, slots=True)
class Act:
    """One act: from which stage, when, and whether a person repeats it or the worker does so by itself."""

    do: Callable[[House, Pool], None]
    stage: str
    at: datetime
    by_person: bool
    needs: tuple[str, ...]
    """The steps it has to come by, or the test has lost its point."""


@dataclass(slots=True)
class Stages:
    """One workspace that lives on, with a copy of it at each stage."""

    folder: Path
    home: Path
    url: str
    pool: Pool
    kept: dict[str, Content | None] = field(default_factory=dict)

    def keep(
        self, stage: str, do: Callable[[House], object], at: datetime = START, *, send: bool = True
    ) -> None:
        """Do what leads to a stage and keep a copy."""
        house = opened(self.home, self.url, at)
        do(house)
        if send:
            house.loop(self.pool).mail()  # or every recovery would send what no kill has to do with
        house.close()
        shutil.copytree(self.home, self.folder / stage)
        self.kept[stage] = content(self.url)

    def again(self, stage: str) -> Stages:
        """Another workspace that begins from a stage; where there is one database, it begins anew in it."""
        home = self.folder / "again"
        shutil.copytree(self.folder / stage, home)
        rows = self.kept[stage]
        if rows is None:
            return Stages(self.folder, home, self.url.replace(str(self.home), str(home)), self.pool)
        fill(self.url, rows)
        return Stages(self.folder, home, self.url, self.pool)
