"""Makes the character table of the fold from OpenCC's data; run it when OpenCC brings new characters."""

from __future__ import annotations

import sys
from pathlib import Path

from opencc import OpenCC

import qms.search.analysis as analysis_package

TABLE = Path(analysis_package.__file__).with_name("simplified.txt")
HEAD = """\
# Traditional characters and their simplified forms, two characters each, one pair after the other.
# Made from the t2s data of OpenCC (Apache License 2.0, https://github.com/BYVoid/OpenCC)
# by tests/search/simplified.py; our own additions stand in fold.py.
"""


def pairs() -> dict[str, str]:
    """Every single character that OpenCC turns into one other single character."""
    convert = OpenCC("t2s").convert
    found = {}
    for code in (*range(0x2E80, 0xD800), *range(0xF900, 0xFB00), *range(0x20000, 0x32000)):
        character = chr(code)
        simple = convert(character)
        if simple != character and len(simple) == 1:
            found[character] = simple
    return found


def written(found: dict[str, str]) -> str:
    """The file of these pairs, forty a line."""
    flat = [a + b for a, b in sorted(found.items())]
    lines = ["".join(flat[at : at + 40]) for at in range(0, len(flat), 40)]
    return HEAD + "\n".join(lines) + "\n"


if __name__ == "__main__":
    TABLE.write_text(written(pairs()), "utf-8")
    sys.stdout.write(f"{TABLE}: {len(pairs())}\n")
