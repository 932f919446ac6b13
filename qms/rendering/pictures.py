"""Pictures somebody brings: told by what they are, measured by their head, never opened here (SEC-13)."""

from __future__ import annotations

import io
import warnings
from pathlib import PurePosixPath
from typing import Final

from PIL import Image, UnidentifiedImageError

from qms.kernel.labels import N_

MOST_BYTES: Final = 20 << 20
MOST_PIXELS: Final = 40_000_000
_KINDS: Final = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG"}
_END: Final = {"PNG": b"IEND\xaeB`\x82", "JPEG": b"\xff\xd9"}


def picture_fault(name: str, content: bytes) -> str | None:
    """Why a picture is not taken, as a sentence, or None.

    Its head must be that of the kind its name says and ask for no more pixels than a sheet can
    carry; the file ends where the picture ends, so that nothing travels behind it.
    """
    if len(content) > MOST_BYTES:
        return N_("The image {name} is larger than 20 MB.")
    kind = _KINDS.get(PurePosixPath(name).suffix.lower(), "")
    size = _size(kind, content) if kind else None
    if size is None or not content.rstrip(b"\x00").endswith(_END[kind]):
        return N_("The file {name} is not the kind of image its name says.")
    if size[0] * size[1] > MOST_PIXELS:
        return N_("The image {name} has more than 40 million pixels; make it smaller.")
    return None


def _size(kind: str, content: bytes) -> tuple[int, int] | None:
    """Width and height from the head alone: no pixel is unpacked."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=(kind,)) as opened:
                return opened.size
    except Image.DecompressionBombError:
        return (MOST_PIXELS, MOST_PIXELS)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, MemoryError):
        return None
