"""`qms demo run` clears nothing but a demonstration; the story itself is played in tests/stories."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.cli.terminal import run

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import At


def test_a_real_workspace_is_never_cleared(at: At) -> None:
    terminal = at("founded")
    before = {path: path.stat().st_size for path in terminal.home.rglob("*") if path.is_file()}
    for word in ("--fresh", "--once"):
        answer = terminal("demo", "run", word)
        assert answer.code == 2
        assert "holds no demonstration" in answer.err
    assert {path: path.stat().st_size for path in terminal.home.rglob("*") if path.is_file()} == before


def test_a_folder_with_something_else_is_never_cleared(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear all", "utf-8")
    assert run("--home", tmp_path, "demo", "run", "--fresh").code == 6
    assert (tmp_path / "letter.txt").read_text("utf-8") == "dear all"


def test_a_finished_demonstration_is_not_made_again(tmp_path: Path) -> None:
    (tmp_path / "DEMO.txt").write_text("told", "utf-8")
    answer = run("--home", tmp_path, "--json", "demo", "run", "--once")
    assert (answer.code, answer.value["file"]) == (0, str(tmp_path / "DEMO.txt"))
