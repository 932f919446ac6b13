"""Pure rules: the content digest, one hash over all that a signature covers (law 7)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, Final

import rfc8785

TAG: Final = "qms:content:1"


def content_digest(
    head: Mapping[str, Any], source: str, images: Mapping[str, str], printed: Mapping[str, Any]
) -> str:
    """SHA-256 in hex over the canonical JSON (RFC 8785) of head, source text, images and printed facts.

    `images` maps the name the text uses to the SHA-256 of the bytes; `printed` is what the sheet
    shows beyond the source (label, owner's name, route ...). A digest is a promise: the form of
    this value never changes, a new form gets a new tag.
    """
    value: dict[str, Any] = {
        "tag": TAG,
        "head": dict(head),
        "source": source,
        "images": dict(images),
        "printed": dict(printed),
    }
    return hashlib.sha256(rfc8785.dumps(value)).hexdigest()
