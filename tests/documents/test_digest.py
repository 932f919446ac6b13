"""Law 7: the digest covers all that is signed, and never changes its form."""

import hashlib
from typing import Any

import pytest

from qms.documents.digest import content_digest

HEAD = {"number": "CP-12", "title": {"zh-Hans": "文件控制", "en": "Documents"}, "steps": [{"within": 3}]}
IMAGES = {"flow.png": "a" * 64}
PRINTED = {"label": "A/0", "owner": "综合部"}


def test_the_form_is_a_promise() -> None:
    """The bytes hashed are canonical JSON (RFC 8785); a change of this test breaks every signature."""
    canonical = (
        '{"head":{"number":"CP-12","steps":[{"within":3}],"title":{"en":"Documents","zh-Hans":"文件控制"}},'
        '"images":{"flow.png":"' + "a" * 64 + '"},"printed":{"label":"A/0","owner":"综合部"},'
        '"source":"# 1 目的\\n","tag":"qms:content:1"}'
    )
    expected = hashlib.sha256(canonical.encode()).hexdigest()
    assert content_digest(HEAD, "# 1 目的\n", IMAGES, PRINTED) == expected


def test_order_of_keys_does_not_matter() -> None:
    """The same head stored with sorted keys has the same digest."""
    turned = dict(reversed(HEAD.items()))
    assert content_digest(turned, "x", IMAGES, PRINTED) == content_digest(HEAD, "x", IMAGES, PRINTED)


@pytest.mark.parametrize(
    "change",
    [
        {"head": {**HEAD, "number": "CP-13"}},
        {"source": "# 1 目的 \n"},
        {"images": {"flow.png": "b" * 64}},
        {"images": {"flow2.png": "a" * 64}},
        {"printed": {**PRINTED, "label": "A/1"}},
    ],
)
def test_every_part_is_covered(change: dict[str, Any]) -> None:
    """One sign elsewhere gives another digest."""
    parts: dict[str, Any] = {"head": HEAD, "source": "# 1 目的\n", "images": IMAGES, "printed": PRINTED}
    assert content_digest(**parts) != content_digest(**{**parts, **change})
