"""Pages of records: corrections beside, who ended one and why, boxes and their hints, blank sheets."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from lxml import html  # type: ignore[import-untyped]  # it comes without stubs
from sqlalchemy import update

from qms import parties, records, retention, schedules, tasks
from qms.kernel.ports import Secrecy
from qms.kernel.refs import Ref
from qms.schedules.models import Occurrence, Schedule
from tests.documents.factories import EVERYTHING, SERVICE, add
from tests.records import factories as sheets
from tests.registers import conftest as pages
from tests.registers.conftest import Peopled
from tests.web.house import words_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from qms.kernel.clock import SimulatedClock
    from qms.kernel.settings import Settings
    from qms.kernel.work import Works
    from tests.web.house import Browser

    Opened = Callable[..., Browser]

FIELDS = sheets.FIELDS.replace(
    "  - {section: {zh-Hans: 审查,",
    "  - {id: client, label: {zh-Hans: 客户, en: Client}, type: party}\n"
    "  - {id: things, label: {en: Things}, type: table, columns: [{id: what, label: {en: What}, type: text},"
    " {id: count, label: {en: Count}, type: number}]}\n  - {section: {zh-Hans: 审查,",
    1,
)
KEPT = "retention: {class: records, after: closed, keep: 1 month}"


@pytest.fixture
def made(works: Works) -> Peopled:
    """A house with a kept form that names a client."""
    people = sheets.house(works, sheets.form(fields=FIELDS, more=KEPT))
    with people.service() as work:
        add(work, people, "second", role="quality-manager")
        facts = parties.Facts(name="Sunrise Tools", department="risk")
        assert parties.add(work, parties.Kind.CLIENT, facts).number == "C-000001"
    return Peopled(people)


@pytest.fixture
def browser(made: Peopled, settings: Settings) -> Opened:
    """A browser for a login."""
    runtime = pages.runtime.__wrapped__(made, settings)  # type: ignore[attr-defined]
    opened: Opened = pages.browser.__wrapped__(pages.create_app(runtime), made)  # type: ignore[attr-defined]
    return opened


def _closed(made: Peopled) -> str:
    rows = [{"what": "Press", "count": "2"}]
    return sheets.closed(made.people, **sheets.GOOD, client="C-000001", things=rows).key


OPENS = """
opens:
  - {at: review, form: FM-07-03, to: {posts: [general-manager]}, values: {fact: purpose, of: record}}
"""


def test_the_record_that_asks_is_named_where_it_may_be(made: Peopled, browser: Opened) -> None:
    """On the pages of task, draft and record: a reference, a link, or that one may not see it."""
    fact = "  - {id: fact, label: {en: Fact}, type: text}\n  - {id: of, label: {en: Of}, type: record}"
    sheets.issue(made.people, sheets.form("FM-07-03", fields=fact, steps=""))
    sheets.issue(made.people, sheets.form("FM-07-02", steps=sheets.STEPS + OPENS))
    with made.people.service() as work:
        add(work, made.people, "cashier", role="reader", post="general-manager", department="credit")
        add(work, made.people, "colleague", role="author", department="credit")
    ref = sheets.filed(made.people, number="FM-07-02")
    sheets.reviewed(made.people, ref)
    cashier = browser("cashier")
    (url,) = set(cashier.dom("/tasks").xpath("//a[contains(@href, '/records/opening/')]/@href"))
    assert f"The record that asks {ref.key} Approval sheet" in words_of(cashier.dom(url))
    where = cashier.post(url).headers["Location"]
    assert f"Came from: {ref.key} Approval sheet" in words_of(cashier.dom(where))
    cashier.post(where, {"do": "file", "fact": "x", "of": ref.key})
    answered = "/records/FM-07-03-2026-000001"
    assert f"Came from {ref.key} Approval sheet" in words_of(cashier.dom(answered))
    assert f"/records/{ref.key}" not in cashier.get(answered).text
    assert "Came from a record you may not see" in words_of(browser("colleague").dom(answered))
    answer, link = browser("manager").dom(answered).xpath(f"//a[@href='/records/{ref.key}']")
    assert answer.text_content() == ref.key
    assert link.text_content() == f"{ref.key} Approval sheet 设备"


def test_a_correction_stands_with_what_was_there(made: Peopled, browser: Opened) -> None:
    """REC-02: the label of the field, both values, the reason; a party by its name and with its page."""
    number = _closed(made)
    with made.people.acting("author") as work:
        key = made.people.keys["author"]
        records.amend(work, Ref("record", number), {"amount": "1300.00"}, "misread", password=key)
    author = browser("author")
    page = author.dom(f"/records/{number}")
    said = words_of(page)
    assert "Amount 1,200.50 CNY → 1,300.00 CNY misread" in said
    assert "Amount 1,300.00 CNY amended" in said
    assert page.xpath("//dd//a[.='amended']/@href") == ["#amendment-1"]
    assert page.xpath("//*[@id='amendment-1']//del/text()") == ["1,200.50 CNY"]
    fields = page.xpath("//select[@name='field']/option/@value")
    assert "amount" in fields
    assert not {"remark", "condition"} & set(fields)
    assert author.get(f"/records/{number}/amend?field=remark").status_code == 404
    assert page.xpath("//dd/a[contains(@href, '/parties/C-000001')]/text()") == ["C-000001 Sunrise Tools"]
    assert page.xpath("//th[@class='num nr']/text()") == ["Count"]
    assert "Business records 1 month" in said


SIZED = f"""{sheets.FIELDS}
  - {{section: {{en: Worked out}}, step: review}}
  - id: size
    label: {{en: Size}}
    type: computed
    formula: "'large' if amount > 1000 else 'small'"
    options:
      - {{value: large, label: {{zh-Hans: 大额, en: Large}}}}
      - {{value: small, label: {{zh-Hans: 小额, en: Small}}}}
  - {{id: count, label: {{en: Count}}, type: computed, formula: "amount * 2", unit: pieces, places: 0}}
  - {{id: agreed, label: {{en: Agreed}}, type: computed, formula: "amount > 0"}}
"""


def test_what_is_worked_out_shows_by_its_label(made: Peopled, browser: Opened) -> None:
    """Nobody reads the code of a choice: while filling in, after a refusal, in words, as PDF."""
    sheets.issue(made.people, sheets.form("FM-07-02", fields=SIZED))
    number = sheets.filed(made.people, number="FM-07-02").key
    head, url = browser("risk-head"), f"/records/{number}"
    refused = head.post(f"{url}/step/review", {"do": "finish", "opinion": "ok"})
    for page in (head.dom(url), html.fromstring(refused.text)):
        worked = [" ".join("".join(each.itertext()).split()) for each in page.xpath("//output")]
        assert worked == ["Large", "2,401 pieces", "Yes"]
    with made.people.acting("risk-head") as work:
        records.act(work, Ref("record", number), "review", values={"remark": "可"}, opinion="可")
    assert "大额" in words_of(browser("risk-head", "zh-Hans").dom(url))
    with made.people.looking("author") as work:
        found = records.record_of(work.session, work.rights, Ref("record", number), work.today)
        assert "✓ 大额" in records.printed(work, found).sheet.body
        assert "large" not in records.printed(work, found).sheet.body


def test_traditional_pages_convert_labels_and_leave_answers(made: Peopled, browser: Opened) -> None:
    """D-0031: labels, choices and titles by conversion, labelled so at the foot; what was answered stays."""
    sheets.issue(made.people, sheets.form("FM-07-02", fields=SIZED))
    number = sheets.filed(made.people, number="FM-07-02", purpose="设备", amount="1200", unit="credit").key
    with made.people.acting("risk-head") as work:
        records.act(work, Ref("record", number), "review", values={"remark": "可"}, opinion="可")
    page = browser("author", "zh-Hant").dom(f"/records/{number}")
    said = words_of(page)
    for converted in ("審批單", "經辦部門", "大額", "審查意見"):
        assert converted in said
    assert "设备" in said
    assert page.xpath("//p[contains(@class, 'converted')]/text()") == [
        "沒有繁體文字的標題和名稱以轉換方式顯示。"
    ]
    for language in ("en", "zh-Hans"):
        plain = browser("author", language).dom(f"/records/{number}")
        assert plain.xpath("//p[contains(@class, 'converted')]") == []


def test_a_party_one_may_not_see_stays_a_number(made: Peopled, browser: Opened) -> None:
    """SEC-07: who sees the record without its party reads the number, and gets no link."""
    number = _closed(made)
    with made.people.service() as work:
        work.session.execute(update(parties.Party).values(secrecy=int(Secrecy.SECRET)))
    answer = browser("author").get(f"/records/{number}").text
    assert "C-000001" in answer
    assert "Sunrise Tools" not in answer
    assert "/parties/C-000001" not in answer


def test_a_cancelled_record_says_who_and_why(made: Peopled, browser: Opened) -> None:
    """The band names the person, the time and the reason."""
    number = _closed(made)
    with made.people.acting("manager") as work:
        records.cancel(work, Ref("record", number), "filed twice")
    (band,) = browser("author").dom(f"/records/{number}").xpath("//div[@class='band']")
    said = " ".join("".join(band.itertext()).split())
    assert "This record is cancelled. Manager · 2026-" in said
    assert said.endswith("filed twice")


def test_a_disposed_record_names_its_list(made: Peopled, browser: Opened, clock: SimulatedClock) -> None:
    """What is left is a stub that says so, on the page and in print; nothing looks like an empty form."""
    number = _closed(made)
    clock.advance(timedelta(days=40))
    with made.people.acting("manager") as work:
        retention.propose(work, [number])
    with made.people.acting("second") as work:
        retention.approve(work, "DL-2026-0001", password=made.people.keys["second"])
    retention.carry_out(made.works, SERVICE, EVERYTHING, "DL-2026-0001")
    page = browser("manager").dom(f"/records/{number}")
    assert page.xpath("//div[@class='band']//a/text()") == ["DL-2026-0001"]
    assert page.xpath("//dl[@class='answers']") == []
    with made.people.looking("manager") as work:
        ref = Ref("record", number)
        sheet = records.printed(work, records.record_of(work.session, work.rights, ref, work.today)).sheet
    assert "DL-2026-0001" in sheet.void
    assert sheet.body == ""


def test_a_box_says_what_it_takes_and_whom_it_holds(browser: Opened) -> None:
    """Hints for boxes that offer, the name of who is chosen, short boxes marked to stand side by side."""
    author = browser("author")
    where = author.post(f"/records/new/{sheets.NUMBER}").headers["Location"]
    page = author.dom(where)
    (client,) = page.xpath("//input[@name='client']")
    assert client.get("aria-describedby") == "client-help"
    assert page.xpath("//p[@id='client-help']/text()") == ["Type part of a name or a number and choose."]
    short = page.xpath("//div[contains(@class, 'short')]/@data-field")
    assert short == ["amount", "unit"]
    author.post(where, {"do": "keep", "purpose": "x", "client": "C-000001", "manager": "author"})
    named = browser("author", "zh-Hans").dom(where).xpath("//p[@class='help named']/text()")
    assert sorted(named) == ["Author", "Sunrise Tools"]


def test_a_form_in_force_has_a_blank_sheet(browser: Opened) -> None:
    """Set without a cover, stamped, for whoever sees the form; other kinds have none."""
    author = browser("author")
    (url,) = author.dom(f"/d/{sheets.NUMBER}").xpath("//a[contains(@href, '/blank.pdf')]/@href")
    answer = author.get(url)
    assert answer.data.startswith(b"%PDF")
    assert f"{sheets.NUMBER}-A-0-zh-Hans-blank.pdf" in answer.headers["Content-Disposition"]
    assert author.get(url.replace("A-0", "A-7")).status_code == 404


def _due(made: Peopled, subject: str) -> str:
    """Something a schedule asks of the author on the form; gives the address of its page."""
    with made.people.service() as work:
        row = Schedule(
            document="CP-07", code="check", revision="revision:CP-07", owner="risk", secrecy=1,
            definition={"id": "check", "every": "month", "for": "department"}, from_on=work.today,
        )  # fmt: skip
        work.session.add(row)
        work.session.flush()
        day = work.today + timedelta(days=2)
        asked = Occurrence(
            schedule_id=row.id, document="CP-07", code="check", subject=subject, period="2026-11",
            label={"en": "Monthly check"}, form=sheets.NUMBER, opens_on=work.today, due_on=day, ends_on=day,
            department="risk", secrecy=1,
        )  # fmt: skip
        work.session.add(asked)
        work.session.flush()
        facts = {"label": {"en": "Monthly check"}, "subject": "x", "period": "p", "document": "CP-07"}
        people = [made.people.ids["author"]]
        ref = Ref("occurrence", str(asked.id))
        tasks.owe(work, kind=schedules.TASK, ref=ref, person_ids=people, subject="{label}", facts=facts)
        return f"/schedules/{asked.id}"


@pytest.mark.parametrize(
    ("subject", "field", "value"),
    [("party:C-000001", "client", "C-000001"), ("department:risk", "unit", "risk")],
)
def test_what_a_schedule_asks_is_done_by_its_record(
    made: Peopled, browser: Opened, subject: str, field: str, value: str
) -> None:
    """Begun on its page: the record remembers what asked for it, knows its subject, and fulfils it."""
    path = _due(made, subject)
    author = browser("author")
    page = author.dom(path)
    (form,) = page.xpath(f"//form[@action='/records/new/{sheets.NUMBER}']")
    (origin,) = form.xpath(".//input[@name='origin']/@value")
    draft = author.post(form.get("action"), {"origin": origin}).headers["Location"]
    kept = author.dom(draft)
    chosen = f"//*[@name='{field}']/option[@selected]/@value | //input[@name='{field}']/@value"
    assert kept.xpath(chosen) == [value]
    author.post(draft, {"do": "file", "purpose": "x", "amount": "1", field: value})
    done = author.dom(path)
    assert f"{sheets.NUMBER}-2026-000001" in words_of(done)
    assert done.xpath("//span[@class='state in_force']")
    record = author.dom(f"/records/{sheets.NUMBER}-2026-000001")
    assert record.xpath(f"//a[@href='{path}']/text()")[0].startswith("Monthly check · ")


def test_lists_say_what_to_do_when_they_are_empty(made: Peopled, browser: Opened) -> None:
    """An empty list tells from a list in which nothing fits, and offers the first step."""
    author = browser("author")
    assert "Nothing is recorded yet." in words_of(author.dom("/records"))
    assert "No request is open. Any reader asks for one" in words_of(author.dom("/changes"))
    _closed(made)
    assert "设备" in words_of(author.dom("/records"))
    assert "No record fits." in words_of(author.dom("/records?number=FM-99"))


def test_a_name_is_put_and_a_decision_taken_on_the_page(made: Peopled, browser: Opened) -> None:
    """R25: a tick signs a field with name and meaning; the first step is decided, kept and decided again."""
    fields = sheets.FIELDS.replace(
        "  - {id: manager,",
        "  - {id: name, label: {en: Name}, type: signature, required: true}\n  - {id: manager,",
    )
    steps = sheets.STEPS.replace(
        "by: {roles: [author, reader]}",
        "by: {roles: [author, reader]}, opinion: required, decisions: [{value: go, label: {en: Go on}}, "
        "{value: stop, label: {en: Stop}, ends: true}]",
    )
    sheets.issue(made.people, sheets.form("FM-07-05", fields=fields, steps=steps))
    author = browser("author")
    where = author.post("/records/new/FM-07-05").headers["Location"]
    typed = {**sheets.GOOD, "name": "yes"}
    assert author.post(where, {**typed, "do": "keep"}).status_code == 303
    assert author.dom(where).xpath("//input[@name='name']/@checked") == ["checked"]
    assert author.dom(where).xpath("//input[@name='decision']/@value") == ["go", "stop"]
    filed = author.post(where, {**typed, "do": "file", "decision": "go", "opinion": "Whole"})
    number = filed.headers["Location"].rpartition("/")[2]
    told = sheets.answers(made.people, Ref("record", number))["name"]
    assert (told["person"], told["name"], told["meaning"]["en"]) == ("author", "Author", "Approved")
    assert "Author · 20" in words_of(author.dom(f"/records/{number}"))
    with made.people.looking("author") as work:
        record = records.record_of(work.session, work.rights, Ref("record", number), work.today)
        assert f"{told['meaning']['zh-Hans']} · 20" in records.printed(work, record).sheet.body
    with made.people.acting("risk-head") as work:
        records.give_back(work, Ref("record", number), "review", "Look again")
    author.post(f"/records/{number}/step/file", {**typed, "do": "done", "decision": "stop", "opinion": "No"})
    ended = sheets.look(made.people, Ref("record", number))
    assert (ended.state, ended.decision) == (records.State.CLOSED, "stop")


def test_several_who_decide_are_shown_with_what_it_came_to(made: Peopled, browser: Opened) -> None:
    """Each decision by its name, the outcome, and for the second signer the answers that are signed."""
    steps = sheets.STEPS.replace(
        "by: {posts: [deputy-general-manager]}",
        "by: {posts: [deputy-general-manager, risk-head], quorum: all}",
    )
    sheets.issue(made.people, sheets.form("FM-07-02", steps=steps))
    ref = sheets.filed(made.people, number="FM-07-02")
    sheets.reviewed(made.people, ref)
    second, url = browser("risk-head"), f"/records/{ref.key}"
    assert second.dom(url).xpath("//input[@name='condition']")
    for login, decision in (("deputy", "disagree"), ("risk-head", "agree")):
        with made.people.acting(login) as work:
            values = {"condition": "Pledge"}
            records.act(
                work, ref, "approve", values=values, opinion="ok", decision=decision,
                password=made.people.keys[login],
            )  # fmt: skip
        if login == "deputy":
            page = second.dom(url)
            assert "Deputy acted in this step before you" in words_of(page)
            assert "Decision Disagree" not in words_of(page)
            assert not page.xpath("//input[@name='condition']")
    page = words_of(second.dom(url))
    assert "2 people decided; it came to Disagree." in page
    assert "Decision Disagree" in page


EMPTIED = """
  - {id: purpose, label: {en: Purpose}, type: text, required: true}
  - {id: day, label: {en: Day}, type: date}
  - {id: ways, label: {en: Ways}, type: multiple-choice, options: [a, b]}
  - {section: {en: Review}, step: review}
  - {id: remark, label: {en: Remark}, type: text}
  - {id: until, label: {en: Until}, type: date}
  - {id: things, label: {en: Things}, type: table, columns: [{id: what, label: {en: What}, type: text}]}
"""


def test_what_is_emptied_on_the_page_is_gone(made: Peopled, browser: Opened) -> None:
    """In the first step of a record that came back, and in a later step that was kept before it is done."""
    sheets.issue(made.people, sheets.form("FM-07-02", fields=EMPTIED))
    ref = sheets.filed(made.people, number="FM-07-02", purpose="x", day="2026-11-30", ways=["a", "b"])
    with made.people.acting("risk-head") as work:
        records.give_back(work, ref, "review", "No")
    author, url = browser("author"), f"/records/{ref.key}"
    assert author.dom(url).xpath("//input[@name='day']/@value") == ["2026-11-30"]
    author.post(f"{url}/step/file", {"do": "done", "purpose": "x", "day": ""})
    assert sheets.answers(made.people, ref) == {"purpose": "x"}
    head = browser("risk-head")
    said = {"remark": "r", "until": "2026-12-01", "things.0.what": "Press", "things.1.what": "Saw"}
    head.post(f"{url}/step/review", {"do": "keep", **said})
    assert head.dom(url).xpath("//input[@name='until']/@value") == ["2026-12-01"]
    emptied = {"remark": "r", "until": "", "things.0.what": "", "things.1.what": "Saw", "opinion": "ok"}
    head.post(f"{url}/step/review", {"do": "done", **emptied})
    assert sheets.answers(made.people, ref) == {"purpose": "x", "remark": "r", "things": [{"what": "Saw"}]}


def test_a_draft_page_of_what_came_back_shows_what_was_filed(made: Peopled, browser: Opened) -> None:
    """Filed again from it, nothing is lost that its author did not empty."""
    ref = sheets.filed(made.people)
    with made.people.acting("risk-head") as work:
        records.give_back(work, ref, "review", "No")
        url = f"/records/draft/{records.record_of(work.session, work.rights, ref, work.today).id}"
    author = browser("author")
    assert author.dom(url).xpath("//input[@name='purpose']/@value") == ["设备"]
    author.post(url, {"do": "keep", "purpose": "", "amount": "5"})
    assert author.dom(url).xpath("//input[@name='purpose']/@value") == [""]
    author.post(url, {"do": "file", "purpose": "车辆", "amount": "5"})
    assert sheets.answers(made.people, ref) == {"purpose": "车辆", "amount": "5.00"}


def test_who_pauses_a_time_limit_keeps_what_they_typed(made: Peopled, browser: Opened) -> None:
    """Opinion and answers come along and stand there again; the step itself is kept on the device too."""
    steps = sheets.STEPS.replace("opinion: required}", "opinion: required, within: T+3}", 1)
    sheets.issue(made.people, sheets.form("FM-07-02", steps=steps))
    ref = sheets.filed(made.people, number="FM-07-02")
    head, url = browser("risk-head"), f"/records/{ref.key}"
    form = head.dom(url).get_element_by_id("step-form")
    assert form.get("data-keep").endswith("-review-1")
    assert int(form.get("data-changed")) == int(form.get("data-since"))
    typed = {"remark": "half a wor", "opinion": "I think"}
    answer = head.post(f"{url}/step/review", {"do": "hold", "reason": "the bank", **typed})
    for page in (
        html.fromstring(answer.text),
        html.fromstring(head.post(f"{url}/step/review", {"do": "go-on", "reason": "", **typed}).text),
    ):
        assert page.xpath("//input[@name='remark']/@value") == ["half a wor"]
        assert [each.text for each in page.xpath("//textarea[@name='opinion']")] == ["I think"]
    assert "stands still" in words_of(html.fromstring(answer.text))
    refused = head.post(f"{url}/step/review", {"do": "hold", "reason": " ", **typed})
    assert refused.status_code == 422
    assert "I think" in refused.text
    assert "half a wor" in refused.text
    assert head.post(f"{url}/step/review", {"do": "hold", "reason": "the bank"}).status_code == 303


def _line(browser: Browser, url: str) -> list[tuple[str, str]]:
    """The steps on the page: the class of each, and its words."""
    found = browser.dom(url).xpath("//ol[@class='timeline']/li")
    return [(each.get("class"), _told(each)) for each in found]


def _told(part: html.HtmlElement) -> str:
    """The words in a part of a page."""
    return " ".join(" ".join(part.itertext()).split())


def test_the_steps_show_what_is_done_what_waits_and_what_is_to_come(made: Peopled, browser: Opened) -> None:
    """Each by its own mark and words; one that may be left out says on what it depends."""
    steps = sheets.STEPS.replace("id: approve, ", 'id: approve, when: "amount > 1000", ')
    sheets.issue(made.people, sheets.form("FM-07-02", steps=steps))
    ref = sheets.filed(made.people, number="FM-07-02")
    author, url = browser("author"), f"/records/{ref.key}"
    filed, waits, coming = _line(author, url)
    assert (filed[0], waits[0], coming[0]) == ("done", "now", "coming")
    assert filed[1].startswith("Filing done Author")
    assert "waits for" in waits[1]
    assert coming[1] == "Approval to come, only where Amount > 1,000"
    head = browser("risk-head")
    said = {"do": "done", "remark": "r", "opinion": "ok"}
    assert "The record goes on." in head.get(head.post(f"{url}/step/review", said).headers["Location"]).text
    sheets.approved(made.people, ref)
    assert [mark for mark, _ in _line(author, url)] == ["done"] * 3
    small = sheets.filed(made.people, number="FM-07-02", purpose="a", amount="5")
    url = f"/records/{small.key}"
    last = head.get(head.post(f"{url}/step/review", said).headers["Location"]).text
    assert "With this step the record is closed." in last


def test_a_return_says_who_when_and_why_to_its_author(made: Peopled, browser: Opened) -> None:
    """At the head of what the author must do, on the draft page, and on the line of steps."""
    ref = sheets.filed(made.people)
    with made.people.acting("risk-head") as work:
        records.give_back(work, ref, "review", "The use is missing")
        draft = records.record_of(work.session, work.rights, ref, work.today).id
    author, url = browser("author"), f"/records/{ref.key}"
    for address in (url, f"/records/draft/{draft}"):
        (note,) = author.dom(address).xpath("//*[@class='note warn']")
        assert _told(note).startswith("Sent back by Risk-Head, 2026-")
        assert _told(note).endswith("The use is missing")
    marks = [mark for mark, _ in _line(author, url)]
    assert marks == ["lapsed", "sent-back", "now", "coming", "coming"]
    assert "Sent back by Risk-Head, 2026-" in _line(author, url)[1][1]
    assert not browser("manager").dom(url).xpath("//*[@class='note warn']")
