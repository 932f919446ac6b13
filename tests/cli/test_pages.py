"""What the documentation shows as an example is read and applied as it stands there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from qms.documents.source import read_source
from qms.forms.source import problems

if TYPE_CHECKING:
    from tests.cli.conftest import At

DOCS = Path(__file__).parents[2] / "docs"


def blocks(page: str, kind: str) -> list[str]:
    """The fenced examples of a page."""
    return re.findall(rf"^```{kind}\n(.*?)^```$", (DOCS / page).read_text("utf-8"), re.MULTILINE | re.DOTALL)


def test_the_example_of_a_document_can_be_drafted(at: At, tmp_path: Path) -> None:
    """Its head, clauses and containers are right; nothing in it is unknown to the reader."""
    text, _ = blocks("writing.md", "markdown")
    assert read_source(text.encode(), "WI-07-02.md").head["number"] == "WI-07-02"
    file = tmp_path / "WI-07-02.md"
    file.write_text(text, "utf-8")
    assert at("founded")("document", "draft", file, login="author").code == 0


def test_the_examples_of_a_form_and_a_register_are_right() -> None:
    """tests/registers issues them and fills them in."""
    *sheets, _ = blocks("writing.md", "yaml")  # the last one is a quiz, read in tests/competence
    for text, name in zip(sheets, ("FM-20-01", "RG-20-01"), strict=True):
        assert problems(read_source(text.encode(), f"{name}.yaml").head) == []


def test_the_example_of_an_organisation_is_applied(at: At, tmp_path: Path) -> None:
    """By two administrators, one file each, as the page says."""
    terminal = at("founded")
    people, rights, _ = blocks("operate.md", "yaml")
    (tmp_path / "people.yaml").write_text(people, "utf-8")
    (tmp_path / "rights.yaml").write_text(rights, "utf-8")
    added = terminal.json("people", "import", tmp_path / "people.yaml", login="system-administrator")
    assert added.value["added"] == {"departments": 1, "posts": 1, "people": 3, "substitutions": 1}
    given = terminal("people", "import", tmp_path / "rights.yaml", login="security-administrator")
    assert (given.code, given.err) == (0, "")
