"""Only names that every system unpacks alike get into a bundle (BND-04)."""

from __future__ import annotations

import pytest

from qms.evidence.paths import LONGEST, clash, is_safe


@pytest.mark.parametrize(
    "path",
    ["a", "00-README.txt", "documents/CP-12/CP-12_A-1.pdf", "a/b/c/d.e.f", "_x", "x" * 100, "a/" * 80 + "b"],
)
def test_plain_names_are_safe(path: str) -> None:
    assert is_safe(path)


@pytest.mark.parametrize(
    "path",
    [
        "", "/", "/etc/passwd", "a//b", "a/", "../a", "a/../b", "a/./b", ".", "..", ".hidden", "a/.b", "dot.",
        "a\\b", "C:x", "a b", "a%20b", "a\nb", "a\n", "a\rb", "a\0b", "文件.pdf", "ａ",
        "CON", "aux.txt", "a/nul.csv", "com1", "LPT9.x.y", "x" * 101, "a/" * LONGEST, "-rf", "a:b", "a*b",
        "~a",
    ],
)  # fmt: skip
def test_other_names_are_not(path: str) -> None:
    """Escapes, other letters, devices of Windows, options of commands, and line ends are refused."""
    assert not is_safe(path)


def test_names_that_hide_each_other_are_found() -> None:
    """Case does not tell two files apart, and a file is not a folder as well."""
    assert clash(["a/b", "a/c", "b"]) is None
    assert clash(["a/B", "A/b"]) == "A/b"
    assert clash(["a", "a/b"]) == "a/b"
    assert clash(["a/b", "a"]) == "a"
    assert clash(["a/b/c", "a/b"]) == "a/b"
