"""Files as a door: what changed where, and nothing overwritten unseen (law 14)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from qms import documents
from qms.documents import errors, sync
from qms.documents.sync import Deed
from tests.documents import factories
from tests.security.house import PICTURE

if TYPE_CHECKING:
    from pathlib import Path

    from qms.documents.models import Revision
    from qms.kernel.refs import Ref
    from qms.kernel.settings import Settings
    from qms.kernel.work import Works
    from tests.documents.factories import Organisation


@pytest.fixture
def made(works: Works) -> Organisation:
    """The people."""
    return factories.organisation(works)


@pytest.fixture
def path(settings: Settings) -> Path:
    """The file of CP-07 in the workspace."""
    found = settings.at(settings.procedures) / "CP-07.md"
    found.parent.mkdir(parents=True)
    found.write_bytes(factories.source())
    return found


def deed(made: Organisation) -> Deed:
    """What a sync would do with the one file."""
    with made.looking("author") as work:
        (step,) = sync.plan_sync(work)
    return step.deed


def run(made: Organisation, path: Path, *, overwrite: bool = False) -> Revision | None:
    """Sync the file."""
    ready = sync.prepare_file(made.works.vault, made.works.settings, path)
    with made.acting("author") as work:
        return sync.sync_file(work, path, ready, overwrite=overwrite)


def other_door(made: Organisation, ref: Ref) -> None:
    """Somebody changes the draft in the browser."""
    ready = factories.prepared(made.works, summary="Written in the browser")
    with made.acting("writer") as work:
        documents.save_draft(work, ref, ready)


def test_a_new_file_becomes_a_draft_and_is_then_unchanged(made: Organisation, path: Path) -> None:
    """Planning changes nothing; doing makes a draft; doing again does nothing."""
    assert deed(made) is Deed.CREATE
    assert deed(made) is Deed.CREATE
    assert run(made, path) is not None
    assert deed(made) is Deed.UNCHANGED
    assert run(made, path) is None


def test_a_changed_file_changes_its_draft(made: Organisation, path: Path) -> None:
    """The draft takes what the file says."""
    run(made, path)
    path.write_bytes(factories.source(summary="Changed in the file"))
    assert deed(made) is Deed.SAVE
    changed = run(made, path)
    assert changed is not None
    assert changed.change_summary == "Changed in the file"


def test_a_changed_file_over_a_draft_changed_elsewhere_is_a_conflict(made: Organisation, path: Path) -> None:
    """Both texts are shown, and only a person who has seen them lets the file win."""
    first = run(made, path)
    assert first is not None
    other_door(made, documents.ref_of(first))
    assert deed(made) is Deed.UNCHANGED  # the file itself has not changed
    assert run(made, path) is None
    path.write_bytes(factories.source(summary="Changed in the file"))
    with made.looking("author") as work:
        (step,) = sync.plan_sync(work)
    assert step.deed is Deed.CONFLICT
    assert "Written in the browser" in step.in_register
    assert "Changed in the file" in step.in_file
    assert "-change: " in step.difference
    with pytest.raises(errors.FileConflict):
        run(made, path)
    won = run(made, path, overwrite=True)
    assert won is not None
    assert won.change_summary == "Changed in the file"
    assert deed(made) is Deed.UNCHANGED


def test_a_file_cannot_change_what_is_being_signed(made: Organisation, path: Path) -> None:
    """In review and approved, a changed file is refused."""
    first = run(made, path)
    assert first is not None
    ref = documents.ref_of(first)
    factories.submit(made, ref)
    path.write_bytes(factories.source(summary="Changed in the file"))

    def refused() -> None:
        assert deed(made) is Deed.REFUSED
        with pytest.raises(errors.SourceMoved):
            run(made, path)

    refused()
    factories.review(made, ref)
    factories.approve(made, ref)
    refused()


def test_a_changed_file_of_an_issued_document_begins_the_next_revision(
    made: Organisation, path: Path
) -> None:
    """After issue the file, once read, leads to A/1; one never read before is a conflict."""
    first = run(made, path)
    assert first is not None
    ref = documents.ref_of(first)
    factories.submit(made, ref)
    factories.review(made, ref)
    factories.approve(made, ref)
    factories.decide(made, factories.release(made, ref))
    path.write_bytes(factories.source(summary="Changed in the file"))
    assert deed(made) is Deed.REVISE
    second = run(made, path)
    assert second is not None
    assert second.label == "A/1"


@pytest.mark.usefixtures("path")
def test_a_file_nobody_has_read_never_replaces_what_is_there(made: Organisation) -> None:
    """Without a common base nobody can say which one is newer."""
    factories.drafted(made, summary="Written in the browser")
    assert deed(made) is Deed.CONFLICT


def test_faults_are_told_by_file_and_line(made: Organisation, path: Path) -> None:
    """A faulty head, and a file name that says something else, are named and change nothing."""
    path.write_bytes(b"---\nnumber: CP-07\nnumber: CP-08\n---\n")
    with made.looking("author") as work:
        (step,) = sync.plan_sync(work)
    assert step.deed is Deed.INVALID
    assert step.problems[0].line is not None
    path.write_bytes(factories.source("CP-08"))
    with made.looking("author") as work:
        (step,) = sync.plan_sync(work)
    assert (step.deed, step.problems[0].field) == (Deed.INVALID, "number")


def test_export_writes_the_current_source_back(made: Organisation, path: Path) -> None:
    """After an export the file holds the register's text, and the next sync sees no change."""
    first = run(made, path)
    assert first is not None
    ref = documents.ref_of(first)
    other_door(made, ref)
    with made.looking("author") as work:
        exported = sync.export(work, "cp-07", "zh-Hans")
    sync.place(exported)
    with made.acting("author") as work:
        sync.note_export(work, exported)
    assert b"Written in the browser" in path.read_bytes()
    assert exported.path == path
    assert deed(made) is Deed.UNCHANGED
    path.write_bytes(factories.source(summary="Again"))
    assert deed(made) is Deed.SAVE


def test_export_shows_nothing_to_a_stranger(made: Organisation, path: Path) -> None:
    """A draft does not exist for somebody who has nothing to do with it (law 11)."""
    run(made, path)
    with made.looking("reader") as work, pytest.raises(errors.DocumentMissing):
        sync.export(work, "CP-07", "zh-Hans")


def test_a_reader_may_not_sync(made: Organisation, path: Path) -> None:
    """The door has the same lock as the others (DOC-08)."""
    ready = sync.prepare_file(made.works.vault, made.works.settings, path)
    with pytest.raises(errors.NotAllowedHere), made.acting("reader") as work:
        sync.sync_file(work, path, ready)


def test_images_come_from_the_own_folder_only(made: Organisation, path: Path, tmp_path: Path) -> None:
    """A link that leads out of the folder is no image of the document."""
    png = PICTURE
    (path.parent / "flow.png").write_bytes(png)
    (tmp_path / "secret.png").write_bytes(png)
    (path.parent / "out.png").symlink_to(tmp_path / "secret.png")
    text = factories.BODY + "\n![Flow](flow.png)\n\n![Out](out.png)\n"
    path.write_bytes(factories.source(body=text))
    ready = sync.prepare_file(made.works.vault, made.works.settings, path)
    assert list(ready.images) == ["flow.png"]
    assert [problem.facts["name"] for problem in ready.problems] == ["out.png"]


def test_a_file_outside_the_workspace_is_refused(
    made: Organisation, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Only the workspace's own files are synchronised."""
    outside = tmp_path_factory.mktemp("outside") / "CP-07.md"
    outside.write_bytes(factories.source())
    with pytest.raises(errors.FileOutside):
        sync.prepare_file(made.works.vault, made.works.settings, outside)


def test_files_are_ordered_parents_first(settings: Settings) -> None:
    """A child is drafted after what stands above it; an unreadable file comes last."""
    folder = settings.at(settings.procedures)
    folder.mkdir(parents=True)
    sources = {
        "WI-07-01.md": factories.source("WI-07-01", kind="work-instruction", more="parent: CP-07"),
        "CP-07.md": factories.source(more="parent: QM-01"),
        "QM-01.md": factories.source("QM-01", kind="quality-manual"),
        "ZZ.md": b"nothing",
    }
    for name, data in sources.items():
        (folder / name).write_bytes(data)
    assert [path.name for path in sync.in_order(sorted(folder.glob("*.md")))] == [
        "QM-01.md",
        "CP-07.md",
        "WI-07-01.md",
        "ZZ.md",
    ]


def test_a_file_that_went_away_is_told(made: Organisation, path: Path) -> None:
    """The register keeps the document."""
    run(made, path)
    path.unlink()
    assert deed(made) is Deed.GONE
