"""Pure rules: numbers of documents, what looks alike, the next free one, file names (DOC-01)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import Final

from qms.documents.errors import FileNameUnreadable, NumberLooksLike, NumberOutOfPattern, NumbersUsedUp
from qms.kernel.labels import LANGUAGES

_ALIKE: Final = str.maketrans(
    "OIL" + "АВЕКМНОРСТУХІ" + "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "011" + "ABEKMH0PCTYX1" + "ABEZH1KMN0PTYX"
)
SUFFIXES: Final = (".md", ".yaml")


def key(number: str) -> str:
    """What two numbers must not share: width, case, separators and O/0, I/l/1 make no difference."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", number).casefold()).upper()
    return "".join(letter for letter in folded.translate(_ALIKE) if letter.isalnum())


def check(number: str, pattern: str) -> str:
    """The number, refused where it does not fit the organisation's pattern."""
    if re.fullmatch(pattern, number) is None:
        raise NumberOutOfPattern(number=number, pattern=pattern)
    return number


def alike(number: str, others: Iterable[str]) -> str | None:
    """The first of the other numbers that people could take for this one."""
    own = key(number)
    return next((other for other in others if key(other) == own), None)


def check_free(number: str, used: Iterable[str]) -> str:
    """The number, refused where it or one that looks like it was ever used."""
    other = alike(number, used)
    if other is not None:
        raise NumberLooksLike(number=number, other=other)
    return number


def next_free(stem: str, used: Iterable[str], pattern: str, width: int = 2) -> str:
    """The lowest number of a stem such as `WI-12-` that was never used and fits the pattern."""
    taken = {key(number) for number in used}
    for serial in range(1, 10**width):
        number = f"{stem}{serial:0{width}}"
        if key(number) not in taken and re.fullmatch(pattern, number):
            return number
    raise NumbersUsedUp(stem=stem)


def of_file(name: str) -> tuple[str, str | None]:
    """The number and language a file name tells: `CP-12.en.md` is CP-12 in English.

    The language is None where the name has none; then the head of the file says it alone.
    """
    path = PurePosixPath(name)
    if path.suffix not in SUFFIXES or not path.stem:
        raise FileNameUnreadable(file=path.name)
    number, dot, language = path.stem.rpartition(".")
    if dot and language in LANGUAGES and number:
        return number, language
    return path.stem, None


def file_name(number: str, language: str, *, usual: str, yaml: bool) -> str:
    """The file name of a document; the organisation's usual language is not written out."""
    suffix = ".yaml" if yaml else ".md"
    return f"{number}{suffix}" if language == usual else f"{number}.{language}{suffix}"
