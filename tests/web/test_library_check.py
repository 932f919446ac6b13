"""The page of the library check: for those who release documents, and only what they may see (R01, R64)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import update

from qms.documents.models import Revision
from qms.kernel.ports import Secrecy
from qms.kernel.vault import LocalVault
from qms.runtime import KEEPER, ports
from tests.web.house import words_of
from tests.web.papers import BODY, Papers, source

if TYPE_CHECKING:
    from collections.abc import Callable

    from qms.runtime import Runtime
    from tests.web.house import Browser

PAGE = "/library/check"


def _write(runtime: Runtime, name: str, text: str) -> None:
    folder = runtime.settings.at(runtime.settings.procedures)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, "utf-8")


def test_faults_stand_with_their_document(browser: Callable[..., Browser], runtime: Runtime) -> None:
    """Each by file, line and key, with the page of the document; mended, nothing is left to say."""
    manager = browser("manager")
    assert "The library agrees with itself." in words_of(manager.dom(PAGE))
    Papers(runtime).issued()
    _write(runtime, "CP-07.md", source().replace("owner:", "forms: [FM-99-01]\nowner:", 1))
    page = manager.dom(PAGE)
    said = words_of(page)
    assert "1 files of the workspace were read together" in said
    assert "FM-99-01" in said
    assert page.xpath("//h2/a/@href") == ["/d/CP-07"]
    assert page.xpath("//td[@data-label='Line and key']/text()") == ["6 · forms.1"]
    (link,) = manager.dom("/d").xpath("//a[@href='/library/check']")
    assert link.text_content() == "Check of the library"


def _form(number: str, field: str) -> str:
    """A form whose one field has an information code; written in the browser, it has no file."""
    head = source(number, kind="form", title="单", english="Sheet", body="").strip().strip("-").strip()
    return f"{head}\nfields:\n  - {{id: {field}, label: 一, type: text, code: 4.41.001}}\n"


def test_what_is_in_force_without_a_file_is_read_too(
    browser: Callable[..., Browser], runtime: Runtime
) -> None:
    """S12: a code that two forms in force use for two things is told, wherever they were written."""
    runtime.works.ports = ports()
    papers, manager = Papers(runtime), browser("manager")
    papers.issued(_form("FM-07-01", "one"))
    papers.issued(_form("FM-07-02", "other"))
    papers.drafted(_form("FM-07-03", "third"))
    said = words_of(manager.dom(PAGE))
    assert "2 documents in force and 0 files of the workspace were read together" in said
    assert "The code 4.41.001 stands for one in FM-07-01; here it stands for other." in said
    assert "FM-07-03" not in said
    assert "write basis" not in said


def test_a_file_stands_for_its_document_until_it_has_been_in_force(
    browser: Callable[..., Browser], runtime: Runtime
) -> None:
    """What the file says is what will be; the text of an earlier revision is no longer anything."""
    manager, papers = browser("manager"), Papers(runtime)
    papers.issued()
    _write(runtime, "CP-07.md", source())
    assert "1 documents in force and 0 files" in words_of(manager.dom(PAGE))
    _write(runtime, "CP-07.md", source(body=BODY + "\n新。\n"))
    assert "0 documents in force and 1 files" in words_of(manager.dom(PAGE))


def test_a_lost_source_is_told_and_the_rest_read(browser: Callable[..., Browser], runtime: Runtime) -> None:
    """A fault of the store is one line of the list, not the end of the page."""
    papers = Papers(runtime)
    digest = papers.revision(papers.issued()).source_digest
    papers.issued(source("CP-08", more="forms: [FM-99-01]"))
    vault = runtime.works.vault
    assert isinstance(vault, LocalVault)
    vault.path(digest).unlink()
    said = words_of(browser("manager").dom(PAGE))
    assert f"There is no stored content {digest}." in said
    assert "FM-99-01" in said


def test_what_one_may_not_see_is_not_told(browser: Callable[..., Browser], runtime: Runtime) -> None:
    """SEC-06: faults of a document above one's grade are not there."""
    Papers(runtime).drafted()
    _write(runtime, "CP-07.md", source().replace("owner:", "forms: [FM-99-01]\nowner:", 1))
    manager = browser("manager")
    assert "FM-99-01" in manager.get(PAGE).text
    with runtime.works.writing(KEEPER) as work:
        work.session.execute(update(Revision).values(secrecy=int(Secrecy.SECRET)))
    assert "FM-99-01" not in manager.get(PAGE).text


@pytest.mark.parametrize("login", ["reader", "author", "system-administrator"])
def test_only_who_releases_documents_looks(browser: Callable[..., Browser], login: str) -> None:
    """For others there is no such page, nor a link to it."""
    assert browser(login).get(PAGE).status_code == 404
