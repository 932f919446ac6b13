"""Whoosh 2.7.4 warns when it is first compiled; exactly those warnings are let through."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

PROGRAM = """
import warnings
warnings.simplefilter("error")
warnings.filterwarnings("ignore", '"is" with a literal', SyntaxWarning, r".*whoosh")
warnings.filterwarnings("ignore", "invalid escape sequence", DeprecationWarning, r".*whoosh")
warnings.filterwarnings("ignore", "invalid escape sequence", SyntaxWarning, r".*whoosh")
import qms.search.whoosh_engine
import whoosh.codec.whoosh3
print(whoosh.versionstring())
"""


def test_whoosh_is_compiled_with_its_own_warnings_and_no_other(tmp_path: Path) -> None:
    """An empty byte-code cache and every warning an error, but for the two known ones of Whoosh."""
    done = subprocess.run(
        [sys.executable, "-X", f"pycache_prefix={tmp_path}", "-c", PROGRAM],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[2],
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": ""},
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "2.7.4\n", "")
    assert list(tmp_path.rglob("whoosh3.*.pyc"))
