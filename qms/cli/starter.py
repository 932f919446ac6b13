"""What a new workspace starts with: the library of the project, and the departments and posts it names."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Final

from qms import accounts, documents
from qms.runtime import KEEPER, every_permission

if TYPE_CHECKING:
    from qms.kernel.settings import Settings
    from qms.runtime import Runtime

LIBRARY: Final = Path(__file__).parents[2]
STRUCTURE: Final = Path(__file__).parent / "structure.yaml"


def copy_library(settings: Settings) -> None:
    """The starter library as files of the workspace, to be changed there."""
    for name, target in (("procedures", settings.procedures), ("forms", settings.forms)):
        shutil.copytree(LIBRARY / name, settings.at(target), dirs_exist_ok=True)


def take_over(made: Runtime) -> int:
    """Departments and posts, then every file of the library as a draft; says how many (law 14)."""
    copy_library(made.settings)
    with made.works.writing(KEEPER, every_permission()) as work:
        accounts.apply_organisation(work, STRUCTURE.read_text("utf-8"), STRUCTURE.name)
    count = 0
    for path in documents.sync.files_of(made.settings):
        ready = documents.sync.prepare_file(made.works.vault, made.settings, path)
        with made.works.writing(KEEPER, every_permission()) as work:
            count += documents.sync.sync_file(work, path, ready) is not None
    return count
