"""The page of the library check: for those who release documents, and only what they may see (R01, R64)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import update

from qms.documents.models import Revision
from qms.kernel.ports import Secrecy
from qms.runtime import KEEPER
from tests.web.house import words_of
from tests.web.papers import Papers, source

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
