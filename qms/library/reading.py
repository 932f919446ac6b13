"""Reading the files of a library: what has its right shape goes on the shelf, the rest is told."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from qms import forms
from qms.documents import source as papers
from qms.kernel.errors import Invalid, Problem
from qms.library.check import problems
from qms.library.shelf import Shelf, Structure


def check(files: Iterable[Path], structure: Structure) -> list[Problem]:
    """Every fault of the files, by themselves and together."""
    sound: list[papers.Source] = []
    found: list[Problem] = []
    body = forms.Blank()
    for path in files:
        try:
            source = papers.read_source(path.read_bytes(), path.name)
        except Invalid as fault:
            found += fault.problems
            continue
        wrong = body.check(source.head, path.name) if source.head["kind"] in body.kinds else ()
        if wrong:
            found += source.locate(wrong)
        else:
            sound.append(source)
    return [*found, *problems(Shelf(tuple(sound), structure))]
