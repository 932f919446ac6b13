"""Each rule on safety, trail, bundles and reliability is named by a test, or it is said why not."""

from __future__ import annotations

import re
from typing import Final

from tests.house.reading import ROOT

RULE: Final = re.compile(r"^\| ((?:SEC|TRL|BND|REL)-\d\d) \|", re.MULTILINE)
UNTRIED: Final = {
    "SEC-11": "There is no sign-in by another service yet.",
    "REL-11": "Copying all the time is left to the database; nothing of it is ours.",
}
"""The rules that no test names, and why."""


def test_every_rule_is_tried_by_name() -> None:
    """A rule added to the list, or the last test of one taken away, is heard of here."""
    rules = set(RULE.findall((ROOT / "docs" / "requirements.md").read_text("utf-8")))
    tests = [path for path in sorted((ROOT / "tests").rglob("*.py")) if path.parent.name != "house"]
    said = "\n".join(path.read_text("utf-8") for path in tests)
    untried = {rule for rule in rules if not re.search(rf"\b{rule}\b", said)}
    assert len(rules) == 75, "the list was read whole"
    assert untried == set(UNTRIED)
    assert all(reason.endswith(".") for reason in UNTRIED.values())
