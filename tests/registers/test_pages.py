"""The pages of registers: seen, narrowed, counted, exported, published, by who may."""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import TYPE_CHECKING

import openpyxl
import pytest

from qms import registers, trail
from qms.kernel.ports import Scope, Secrecy
from qms.web.registers import acts
from qms.worker.loop import Loop
from tests.documents import factories
from tests.registers.factories import FORM, REGISTER, House, house

if TYPE_CHECKING:
    from collections.abc import Callable

    from qms.kernel.work import Works
    from qms.runtime import Runtime
    from tests.web.house import Browser

    Opened = Callable[..., Browser]

URL = "/registers/RG-02-01"


def text_of(found: Browser, path: str) -> str:
    """A page as text."""
    answer = found.get(path)
    assert answer.status_code == 200, answer.status_code
    return answer.get_data(as_text=True)


def exported(made: House) -> list[trail.TrailRow]:
    """What the trail says of exports."""
    with made.works.reading(factories.SERVICE) as work:
        return [each for each in trail.since(work.session, 0, 1000) if each.action == "register:export"]


def test_a_register_is_listed_shown_and_narrowed_in_words(made: House, browser: Opened) -> None:
    """Eight columns at first; each condition stands in words above, with the way to take it away."""
    made.file(amount="1234567.5", product="loan", client="C-000001")
    made.file(amount="5", product="bond")
    manager = browser("manager")
    assert "Business register" in text_of(manager, "/registers")
    page = text_of(manager, URL)
    assert "1,234,567.50" in page
    assert "FM-02-01-2026-000002" in page
    assert page.count('<th scope="col"') == 8
    narrowed = text_of(manager, f"{URL}?product.is=loan&amount.from=6&sort=-amount")
    assert "Product is Loan" in narrowed
    assert "Amount from 6" in narrowed
    assert "FM-02-01-2026-000002" not in narrowed
    odd = text_of(manager, f"{URL}?amount.from=abc&since=2026-13-01&gone.is=1&bogus=1")
    assert "“abc” is not what this column holds" in odd
    assert "Write a day such as 2026-11-30." in odd
    assert "This register has nothing named “gone.is”" in odd
    assert "named “bogus”" not in odd
    assert "Handled by is Author" in text_of(manager, f"{URL}?author.is=author&columns=author")
    assert "department: Credit" in text_of(manager, f"{URL}?department=credit")
    assert "1 records" in text_of(manager, f"{URL}/count?product.is=loan")
    assert "1,234,572.50" in text_of(manager, f"{URL}/totals?size=year")
    for language in ("zh-Hans", "zh-Hant"):
        assert "1,234,567.50" in text_of(browser("manager", language), URL)


def test_a_phone_shows_few_columns_until_some_are_chosen(made: House, browser: Opened) -> None:
    """Cards are short where nobody chose; what somebody chose is shown whole."""
    made.file(amount="5", product="bond")
    manager = browser("manager")
    assert manager.dom(URL).xpath("//div[contains(@class, 'few')]//table[contains(@class, 'flow')]")
    chosen = manager.dom(f"{URL}?columns=amount&columns=product")
    assert chosen.xpath("//div[contains(@class, 'few')]") == []
    assert chosen.xpath("//table[contains(@class, 'flow')]")


def test_pages_follow_each_other_by_a_cursor(made: House, browser: Opened) -> None:
    """The link to further rows leads on, and the last page has none."""
    with made.people.service() as work:
        for _ in range(registers.SIZE + 1):
            made.file(work, amount="1")
    manager = browser("manager")
    first = manager.dom(URL)
    (link,) = [each.get("href") for each in first.iter("a") if each.text == "Further rows"]
    second = text_of(manager, link)
    assert "FM-02-01-2026-000001" in second
    assert "Further rows" not in second


def test_what_one_may_not_see_is_on_no_page(made: House, browser: Opened) -> None:
    """Neither the row, nor its count, nor its sum; nor the name of a secret column."""
    made.file(amount="777", department="centre", login="manager")
    made.file(amount="5", department="centre", login="reader")
    reader = browser("reader")
    assert "777" not in text_of(reader, URL)
    assert "Secret note" not in text_of(reader, f"{URL}?columns=secret_note")
    assert "1 records" in text_of(reader, f"{URL}/count")
    assert "777" not in text_of(reader, f"{URL}/totals")
    assert reader.get("/registers/RG-99-99").status_code == 404
    assert reader.get("/registers/FM-02-01").status_code == 404


def test_a_view_is_kept_found_and_dropped(made: House, browser: Opened) -> None:
    """From the page; without a name it is asked for again and nothing is lost."""
    made.file(amount="5", product="loan")
    author = browser("author")
    asked = {"csrf_token": author.token(URL), "product.is": "loan"}
    empty = author.post(f"{URL}/views", asked)
    assert empty.status_code == 422
    assert 'value="loan"' in empty.get_data(as_text=True)
    answer = author.post(f"{URL}/views", {**asked, "name": "My loans"})
    assert answer.status_code == 303
    assert "Product is Loan" in text_of(author, answer.location)
    view_id = answer.location.rpartition("=")[2]
    assert browser("reader").get(answer.location).status_code == 404
    token = author.token(URL)
    assert author.post(f"/registers/views/{view_id}/drop", {"csrf_token": token}).status_code == 303
    assert "My loans" not in text_of(author, URL)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_view_leaves_as_a_file_on_record(made: House, browser: Opened, kind: str) -> None:
    """Formulas are disarmed, numbers are numbers, and the trail says who exported how many rows of what."""
    made.file(amount="-12.5", product="loan", note="=1+1", client="C-000001")
    made.file(amount="7", product="bond")
    manager = browser("manager")
    answer = manager.post(
        f"{URL}/export", {"csrf_token": manager.token(URL), "format": kind, "product.is": "loan"}
    )
    assert answer.status_code == 200
    content = answer.get_data()
    if kind == "csv":
        assert content.startswith(b"\xef\xbb\xbf")
        head, row = csv.reader(io.StringIO(content.decode("utf-8-sig")))
    else:
        (sheet,) = openpyxl.load_workbook(io.BytesIO(content)).worksheets
        head, row = ([str(cell) for cell in line] for line in sheet.iter_rows(values_only=True))
    found = dict(zip(head, row, strict=True))
    assert found["Note"] == "'=1+1"
    assert str(found["Amount (CNY)"]) == "-12.5"
    assert found["Handled by"] == "Author"
    (entry,) = exported(made)
    assert (entry.after["rows"], entry.after["format"]) == (1, kind)
    assert entry.actor.startswith("person:")
    assert manager.post(f"{URL}/export", {"format": "exe"}).status_code == 422


def test_a_large_view_is_made_by_a_job(
    made: House, browser: Opened, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Found under one's exports when it is ready, fetched by who asked and by nobody else."""
    made.file(amount="5")
    made.file(amount="6")
    monkeypatch.setattr(acts, "AT_ONCE", 1)
    manager = browser("manager")
    answer = manager.post(f"{URL}/export", {"csrf_token": manager.token(URL), "format": "csv"})
    assert answer.status_code == 303
    assert "being made" in text_of(manager, "/registers/exports")
    loop = Loop(runtime, lanes=1)
    try:
        while loop.turn():
            pass
    finally:
        loop.close()
    page = manager.dom("/registers/exports")
    (link,) = [each.get("href") for each in page.iter("a") if "Fetch" in (each.text or "")]
    content = manager.get(link).get_data(as_text=True)
    assert len(content.strip().splitlines()) == 3
    assert browser("controller").get(link).status_code == 404
    assert exported(made)[0].after["rows"] == 2


def test_only_a_register_that_says_so_is_published(works: Works) -> None:
    """Published is what is internal and in no circle, of every department, the same for everybody (R28)."""
    made = house(works, FORM, REGISTER + "publish: daily\n")
    made.file(amount="5", department="centre", login="manager", secret_note="s")  # noqa: S106 - a column
    made.file(amount="6", department="centre", login="manager", secrecy=Secrecy.CONFIDENTIAL)
    made.file(amount="7", department="centre", login="manager", circle="board")
    made.file(amount="8", filed_on=date(2026, 11, 1))
    for login in ("reader", "manager"):
        with made.people.looking(login) as work:
            shown, found = registers.publication(
                work.session, work.rights, made.register(work), date(2026, 11, 2), work.settings.zone_info
            )
        assert [line.record_id for line in found.lines] == [1]
        assert "secret_note" not in {column.id for column in shown}


def test_what_is_not_published_has_no_page(made: House, browser: Opened) -> None:
    """Where the register does not say so there is none."""
    made.file(amount="5")
    assert browser("reader").get(f"{URL}/publication").status_code == 404


def test_codes_have_a_page(made: House, browser: Opened) -> None:
    """Every code, one code, and a code nobody carries."""
    del made
    reader = browser("reader")
    assert "4.41.001" in text_of(reader, "/registers/codes")
    assert "1.11.004" not in text_of(reader, "/registers/codes?code=4.41.001")
    assert "Nothing carries this code." in text_of(reader, "/registers/codes?code=9.99.999")


def test_a_party_is_found_across_registers(made: House) -> None:
    """By the rights of who asks, and by no column they may not see."""
    made.file(client="C-000001", department="centre", login="manager")
    made.file(client="C-000002")
    made.file(client="C-000001", login="reader", department="centre")

    def found(login: str) -> list[str]:
        with made.people.looking(login) as work:
            rows = registers.dossier(work.session, work.rights, "party:C-000001", work.today, "en")
        return [f"{each.register} {each.number[-1]} {' '.join(each.columns)}" for each in rows]

    assert found("manager") == ["RG-02-01 3 client", "RG-02-01 1 client"]
    assert found("reader") == ["RG-02-01 3 client"]


def test_a_bundle_holds_what_its_receiver_may_see(made: House) -> None:
    """The register as CSV for the days and departments of the scope."""
    made.file(amount="5", filed_on=date(2026, 10, 1))
    made.file(amount="6", department="risk")
    made.file(amount="7", secrecy=Secrecy.SECRET)

    def lines(scope: Scope) -> int:
        with made.people.looking("manager") as work:
            items = registers.RegisterEvidence().gather(work, scope, work.rights)
        return sum(item.content.count(b"FM-02-01-2026") for item in items if item.content)

    assert lines(Scope(as_of=date(2026, 11, 2))) == 2
    assert lines(Scope(since=date(2026, 11, 1), until=date(2026, 11, 2))) == 1
    assert lines(Scope(as_of=date(2026, 11, 2), departments=("risk",))) == 1
    assert lines(Scope(as_of=date(2026, 11, 2), numbers=("RG-99-01",))) == 0
    assert lines(Scope(as_of=date(2026, 11, 2), kinds=("form",))) == 0
    assert lines(Scope(as_of=date(2026, 11, 2), clauses=("8.5",))) == 0
