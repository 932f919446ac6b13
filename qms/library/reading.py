"""Reading the sources of a library: what has its right shape goes on the shelf, the rest is told."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from qms import documents, forms
from qms.documents import source as papers
from qms.kernel.errors import Damaged, Invalid, Missing, Problem
from qms.library.check import problems
from qms.library.shelf import Shelf, Structure

if TYPE_CHECKING:
    from qms.kernel.work import Work


@dataclass(frozen=True, slots=True)
class Paper:
    """The bytes of a source under its file name, or why they cannot be had; `is_file` tells of a file."""

    name: str
    data: bytes
    is_file: bool = True
    problem: Problem | None = None


def of_files(files: Iterable[Path]) -> list[Paper]:
    """Files as they stand."""
    return [Paper(path.name, path.read_bytes()) for path in files]


def own(work: Work) -> list[Paper]:
    """Documents in force by their stored sources, and the files of the workspace that are ahead of them.

    A file is ahead where no revision of these bytes has entered into force; it then stands for its
    document, as it will when it is issued.
    """
    entered = documents.entered(work)
    known = {each.digest for each in entered}
    ahead = [
        each
        for each in of_files(documents.sync.files_of(work.settings))
        if hashlib.sha256(each.data).hexdigest() not in known
    ]
    replaced = {each.name for each in ahead}
    stored = [_stored(work, each) for each in entered if each.is_in_force and each.file not in replaced]
    return [*stored, *ahead]


def _stored(work: Work, stored: documents.StoredSource) -> Paper:
    try:
        return Paper(stored.file, work.vault.read(stored.digest), is_file=False)
    except (Missing, Damaged) as fault:
        problem = Problem(fault.message, stored.file, facts=fault.facts)
        return Paper(stored.file, b"", is_file=False, problem=problem)


def check(papers_: Sequence[Paper], structure: Structure) -> list[Problem]:
    """Every fault of the sources, by themselves and together."""
    sound: list[papers.Source] = []
    found: list[Problem] = []
    body = forms.Blank()
    for each in papers_:
        if each.problem is not None:
            found.append(each.problem)
            continue
        try:
            source = papers.read_source(each.data, each.name)
        except Invalid as fault:
            found += fault.problems
            continue
        wrong = body.check(source.head, each.name) if source.head["kind"] in body.kinds else ()
        if wrong:
            found += source.locate(wrong)
        else:
            sound.append(source)
    return [*found, *problems(Shelf(tuple(sound), structure))]
