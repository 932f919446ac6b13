"""Counts, snippets, suggestions, lists, exports, tasks, mail, trail and jobs betray nothing (SEC-07)."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from qms import accounts, actions, documents, tasks, trail
from qms.documents.errors import NumberTaken
from qms.kernel.ports import Scope, Secrecy
from qms.kernel.refs import Ref
from qms.runtime import hidden, told
from tests.security.face import addresses, signed_in
from tests.security.house import BOARD, OWNER, SECRET, VARIANTS, prepared, source
from tests.web.house import Browser, words_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from flask import Flask

    from tests.security.house import House, Variant

# Who sees everything but one kind of document, and which.
BLIND = {
    "quality-manager.low": SECRET,
    "quality-manager.out": BOARD,
    "document-controller.low": SECRET,
    "auditor.out": BOARD,
    "auditor.low": SECRET,
    "department-head.low": SECRET,
    "reader.out": BOARD,
    "author.low": SECRET,
}
ADMINISTRATORS = ("system-administrator", "security-administrator", "audit-administrator")


def _some(logins: Iterable[str], *at_once: str) -> list[Any]:
    """These at once, the others at night: a person costs seconds by all pages."""
    return [pytest.param(each, marks=() if each in at_once else pytest.mark.nightly) for each in logins]


_MORE = (
    "/d?state=all",
    "/d?state=work",
    "/d?q=Canary",
    "/d/list/master-list.csv?state=all",
    "/d/list/master-list.xlsx?state=all",
    "/trail?kind=revision",
    "/trail?action=document:",
    "/trail?kind=document",
    "/trail?action=task:",
    "/trail?kind=evidence",
    "/search?q=%E9%87%91%E4%B8%9D%E9%9B%80",
    "/search/suggest?q=CP",
    "/search/suggest?q=Canary",
    "/search?q=%E9%A3%8E%E9%99%A9%E6%8E%A7%E5%88%B6",
    "/jobs?state=dead",
    "/records?form=FM-07-02",
    "/records?form=FM-07-03",
    "/records?number=000001",
    "/records/pick/record?x=FM-07",
    "/records/pick/document?x=Canary",
    "/records/pick/party?x=Canary",
    "/parties?q=Canary",
    "/parties?state=all",
    "/parties/suggest?q=Canary",
    "/parties/suggest?q=C-0",
    "/trail?kind=record",
    "/trail?kind=party",
    "/trail?kind=action",
    "/trail?action=record:",
    "/trail?action=control-warning:",
)


def betrayals(house: House, variant: Variant) -> set[str]:
    """Every word that tells of the documents of a kind."""
    return {f"Canary{variant.name}", f"金丝雀{variant.name}", *house.numbers(variant)}


def pages(app: Flask, house: House, browser: Browser) -> Iterator[tuple[str, str]]:
    """Everything that can be looked at, with what it says."""
    for address in addresses(app, house):
        if "GET" in address.methods:
            yield address.path, _text(browser.get(address.path, headers={"Accept-Language": "en"}).data)
    for path in _MORE:
        yield path, _text(browser.get(path).data)
    below = 10_000
    while below > 1:
        answer = browser.get(f"/trail?below={below}")
        if answer.status_code != 200:
            return
        yield f"/trail?below={below}", answer.text
        below -= 50 if below <= 1000 else 9000


def _text(data: bytes) -> str:
    """The words of a page or of a file."""
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return "".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())
    return data.decode("utf-8", "replace")


@pytest.mark.parametrize("login", _some(BLIND, "quality-manager.low", "reader.out"))
def test_no_page_betrays_what_one_may_not_see(app: Flask, own: House, login: str) -> None:
    """SEC-07: every page, list, export and the whole trail, read by somebody who sees all but that."""
    browser = signed_in(app, login)
    variant = BLIND[login]
    read = 0
    for path, text in pages(app, own, browser):
        read += "Canary" in text
        # What stands in the address is known already, and may be said back.
        for betrayal in betrayals(own, variant):
            if betrayal not in path:
                assert betrayal not in text, (path, betrayal)
    assert read >= 5, "who sees the rest must really have seen it"


@pytest.mark.parametrize("login", _some(ADMINISTRATORS, "audit-administrator"))
def test_administrators_see_no_content(app: Flask, own: House, login: str) -> None:
    """MLP-04: the three administrators meet no title, no text, no remark by their role, nowhere."""
    browser = signed_in(app, login)
    for path, text in pages(app, own, browser):
        for betrayal in ("Canary", "金丝雀"):
            if betrayal not in path:
                assert betrayal not in text, (path, betrayal)


def test_counts_are_those_of_what_one_sees(app: Flask, own: House) -> None:
    """SEC-07: the same question, two people: each is told the number of what they may see."""
    counts = {}
    for login in ("quality-manager", "quality-manager.low", "quality-manager.out"):
        dom = signed_in(app, login).dom("/search?q=%E9%A3%8E%E9%99%A9%E6%8E%A7%E5%88%B6")
        hits = [link for link in dom.xpath("//main//a/@href") if "/d/CP-" in link]
        counts[login] = (len(set(hits)), words_of(dom))
    whole = counts["quality-manager"][0]
    issued = sum(state.startswith(("issued", "leaving")) for state, _ in own.refs) // len(VARIANTS)
    assert whole == issued * len(VARIANTS)
    for login in ("quality-manager.low", "quality-manager.out"):
        assert counts[login][0] == whole - issued
        assert f"{whole - issued} " in counts[login][1]


def test_mail_goes_to_those_who_may_be_told(own: House) -> None:
    """SEC-07: no message about a document is queued for somebody outside its grade and circle."""
    with own.keeping() as work:
        tasks.remind(work)
        told_to: dict[str, set[int]] = {}
        for notice in work.session.query(tasks.Notice):
            for variant in VARIANTS:
                if f"Canary{variant.name}" in repr(notice.facts):
                    told_to.setdefault(variant.name, set()).add(notice.person_id)
    assert set(told_to) == {variant.name for variant in VARIANTS}
    with own.keeping() as work:
        for variant in VARIANTS:
            able = accounts.cleared(work.session, int(variant.secrecy), variant.circle)
            assert told_to[variant.name] <= able


def test_a_task_dies_with_the_right_to_see(own: House) -> None:
    """SEC-06, SEC-07: whoever loses clearance or circle sees neither the task nor its number any more."""
    who = own.ids["reviewer"]
    with own.looking("reviewer") as work:
        before = repr(tasks.inbox(work.session, who, work.today))
    assert "Canarysecret" in before
    assert "Canaryboard" in before
    with own.keeping() as work:
        accounts.clear(work, who, Secrecy.INTERNAL)
        accounts.leave_circle(work, who, "board")
    with own.looking("reviewer") as work:
        after = repr(tasks.inbox(work.session, who, work.today))
        count = tasks.task_count(work.session, who, work.today)
    assert "Canarysecret" not in after
    assert "Canaryboard" not in after
    assert count == after.count("Owed(")


def test_a_taken_number_says_nothing_more(own: House) -> None:
    """SEC-07: whoever writes under the number of something hidden learns that it is taken, and no more."""
    answers = {}
    for login, variant in (("author.low", SECRET), ("author.out", BOARD)):
        for state in ("draft", "review", "issued"):
            number = own.refs[state, variant.name].key.split("@")[0]
            plain = VARIANTS[0]
            ready = prepared(own, source(number, plain), f"{number}.md")
            with pytest.raises(NumberTaken) as refused, own.acting(login) as work:
                documents.draft(work, ready)
            answers[login, state] = str(refused.value).replace(number, "")
    assert len(set(answers.values())) == 1


def test_references_to_hidden_things_end_nowhere(own: House) -> None:
    """SEC-07: naming a number one may not see ends nowhere, as naming one that is not there does."""
    text = f"见 {own.refs['issued', 'secret'].key.split('@')[0]} 和 CP-03。"
    ready = prepared(own, source("CP-02", VARIANTS[0], text=text), "CP-02.md")
    with own.acting("author.low") as work:
        ref = documents.ref_of(documents.draft(work, ready))
        done = documents.submit(work, ref, password=own.keys["author.low"])
    assert {link.target for link in done.dangling} == {"CP-03", "CP-71"}


def test_the_trail_keeps_its_numbers(own: House) -> None:
    """TRL-15: nothing is left out of the trail; what may not be named keeps number, actor and act."""
    with own.looking("auditor.low") as work:
        rows = trail.since(work.session, 0, 5000)
        shown = told(work, rows)
        assert [row.seq for row in shown] == [row.seq for row in rows]
        assert [row.action for row in shown] == [row.action for row in rows]
        assert [row.at for row in shown] == [row.at for row in rows]
        masked = [row for row in shown if row.ref.kind == "hidden"]
        assert masked
        assert all(row.why is None and not row.after and not row.before for row in masked)
        assert hidden(work, [own.refs["issued", "secret"]])
        assert not hidden(work, [own.refs["issued", "plain"]])


@pytest.mark.parametrize("login", ["quality-manager", "quality-manager.out"])
def test_an_origin_is_named_to_those_who_see_it(app: Flask, own: House, login: str) -> None:
    """SEC-07: page, list of a bundle, trail: an action tells where it came from by the rule of that slice."""
    origin = own.records["closed", BOARD.name]
    with own.acting("desk-author") as work:
        number = actions.open(
            work,
            title="Mend the list",
            owner_id=own.ids["desk-author"],
            due_on=work.today + timedelta(days=30),
            department=OWNER,
            origin=origin,
        ).number
    page = signed_in(app, login).get(f"/actions/{number}").text
    with own.looking(login) as work:
        listed = actions.ActionEvidenceItems().gather(work, Scope(numbers=(number,)), work.rights)
        told_of = told(work, trail.history(work.session, Ref("action", number), 10))
    assert {row.ref.key for row in told_of} == {number}
    sees = login == "quality-manager"
    assert "Mend the list" in page
    assert (origin.key in page) is sees
    assert any(origin.key.encode() in (item.content or b"") for item in listed) is sees
    assert (origin.key in repr(told_of)) is sees
