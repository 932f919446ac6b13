"""Page pictures of every kind of sheet, compared with those committed beside this file (DOC-10).

To renew them after a wanted change: `QMS_GOLDEN=renew pytest tests/rendering/test_golden.py`,
then look at each of them.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageStat

from qms.rendering import Rendered, StampKind, stamp

from .factories import mark

GOLDEN = Path(__file__).parent / "golden"
RESOLUTION = "60"
# Mean difference of a page in steps of 255, and the share of pixels that may differ visibly: room for another
# version of the painter, none for a moved line.
MEAN = 1.0
SHARE = 0.004


def pictures(pdf: bytes, folder: Path, name: str) -> list[Path]:
    """The pages of a PDF as grey pictures."""
    source = folder / f"{name}.pdf"
    source.write_bytes(pdf)
    command = ["pdftoppm", "-r", RESOLUTION, "-gray", "-png", str(source), str(folder / name)]
    subprocess.run(command, check=True)
    return sorted(folder.glob(f"{name}-*.png"))


def difference(left: Path, right: Path) -> tuple[float, float]:
    """Mean difference and share of visibly different pixels."""
    with Image.open(left) as first, Image.open(right) as second:
        assert first.size == second.size
        change = ImageChops.difference(first.convert("L"), second.convert("L"))
    seen = change.point(lambda value: 255 if value > 48 else 0)
    return ImageStat.Stat(change).mean[0], ImageStat.Stat(seen).mean[0] / 255


# Each kind of copy that leaves, over another layout.
COPIES = {
    "draft": ("english", StampKind.DRAFT),
    "superseded": ("text", StampKind.SUPERSEDED),
    "uncontrolled": ("form", StampKind.UNCONTROLLED),
    "withdrawn": ("register", StampKind.WITHDRAWN),
}


def test_every_kind_of_copy_has_a_picture() -> None:
    """A new kind of copy is looked at before it leaves."""
    assert {kind for _, kind in COPIES.values()} == set(StampKind)


@pytest.mark.parametrize("name", ["text", "english", "form", "register", *COPIES])
def test_pages_look_as_they_were_approved(name: str, originals: dict[str, Rendered], tmp_path: Path) -> None:
    """This sheet is what the world sees of us."""
    layout, kind = COPIES.get(name, (name, None))
    pdf = originals[layout].pdf if kind is None else stamp(originals[layout].pdf, mark(kind))
    made = pictures(pdf, tmp_path, name)
    if os.environ.get("QMS_GOLDEN") == "renew":
        GOLDEN.mkdir(exist_ok=True)
        for old in GOLDEN.glob(f"{name}-*.png"):
            old.unlink()
        for path in made:
            Image.open(path).quantize(16).save(GOLDEN / path.name, optimize=True)
    assert [path.name for path in made] == sorted(path.name for path in GOLDEN.glob(f"{name}-*.png"))
    for path in made:
        mean, share = difference(path, GOLDEN / path.name)
        assert mean < MEAN, path.name
        assert share < SHARE, path.name


def test_the_comparison_bites(tmp_path: Path) -> None:
    """A line moved by two millimetres is seen."""
    path = min(GOLDEN.glob("text-*.png"))
    moved = tmp_path / "moved.png"
    with Image.open(path) as picture:
        ImageChops.offset(picture.convert("L"), 0, 5).save(moved)
    mean, share = difference(path, moved)
    assert mean > MEAN
    assert share > SHARE
