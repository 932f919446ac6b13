"""Each row, requirement and rule that code, tests and documents cite is listed in docs/requirements.md."""

from __future__ import annotations

import re

from tests.house.reading import ROOT

LISTED = ROOT / "docs" / "requirements.md"
FAMILIES = "DOC|OBJ|ANA|SAT|AUD|MRV|NCA|CMP|TRN|RSK|REC|E26|P11|A11|ALC|CN|MLP|SEC|TRL|BND|REL"
CITED = re.compile(rf"(?<![\w-])(?:(?:{FAMILIES})-\d{{1,3}}(?:[a-k]+\b)?|[SR]\d\d)(?![\w-])")
FOLDERS = ("qms", "tests", "procedures", "forms", "docs")
ENDINGS = {".py", ".md", ".yaml", ".html"}


def _listed() -> set[str]:
    ids: set[str] = set()
    for line in LISTED.read_text("utf-8").splitlines():
        if line.startswith("| ") and not line.startswith("| Id"):
            ids.update(_expanded(line.split("|")[1].strip()))
    return ids


def _expanded(cell: str) -> set[str]:
    family, _, rest = cell.partition("-")
    if not rest:
        return {cell}
    if rest == "300a-c":
        return {f"{family}-300{letter}" for letter in "abc"} | {cell}
    if rest == "10ijk":
        return {f"{family}-10{letter}" for letter in "ijk"} | {cell}
    return {cell, *(f"{family}-{part}" for part in rest.split("/"))}


def test_every_citation_resolves() -> None:
    """An id that the list does not know is named with its file and line."""
    listed = _listed()
    unknown = []
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix not in ENDINGS or path == LISTED:
                continue
            for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
                unknown += [
                    f"{path.relative_to(ROOT)}:{number} {cited}"
                    for cited in CITED.findall(line)
                    if cited not in listed
                ]
    assert unknown == []
