"""People at their browsers: each walks documents through the pages, and remembers what was acknowledged."""

from __future__ import annotations

import http.client
import threading
from contextlib import closing
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode
from uuid import uuid4

from lxml import html  # type: ignore[import-untyped]  # it comes without stubs

from qms import documents, jobs
from qms.documents import State
from qms.documents.errors import NothingIssued
from qms.kernel.errors import Missing
from qms.kernel.refs import Ref
from qms.runtime import KEEPER, every_permission
from tests.cli.terminal import PASSWORD, SOURCE
from tests.web.house import the_form

if TYPE_CHECKING:
    from qms.runtime import Runtime

PATIENCE: Final = 30.0
GONE: Final = (OSError, http.client.HTTPException)
"""What a browser sees of a server that was killed."""
AT_ONCE: Final = 4
"""How many documents a walker has under way while others are being issued."""
_DONE: Final = 303
_FORM: Final = "application/x-www-form-urlencoded"


@dataclass(slots=True)
class Answer:
    """What came back: status, place to go on, text."""

    status: int
    location: str
    text: str


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that is chosen in a form."""

    field: str
    name: str
    content: bytes


@dataclass(slots=True)
class Client:
    """One person's browser: keeps cookies, takes the token from a page, and posts its forms."""

    port: int
    login: str
    cookies: dict[str, str] = field(default_factory=dict)

    def ask(self, method: str, path: str, body: str | bytes | None = None, kind: str = _FORM) -> Answer:
        """One request on a connection of its own."""
        sent = {
            "Host": "localhost",
            "Cookie": "; ".join(f"{key}={value}" for key, value in self.cookies.items()),
        }
        if body is not None:
            sent["Content-Type"] = kind
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)) as line:
            line.request(method, path, body, sent)
            answer = line.getresponse()
            text = answer.read().decode("utf-8", "replace")
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                self.cookies.update({key: each.value for key, each in SimpleCookie(value).items()})
        return Answer(answer.status, answer.getheader("Location", ""), text)

    def submit(self, page: str, data: dict[str, str], action: str = "", file: Upload | None = None) -> Answer:
        """Fill in a form of a page as a person would and send it."""
        shown = self.ask("GET", page)
        if shown.location.startswith("/sign-in") and page != "/sign-in":
            self.sign_in()
            shown = self.ask("GET", page)
        if shown.status != http.client.OK:
            return shown
        form = the_form(html.fromstring(shown.text), action or page)
        fields = {**dict(form.form_values()), **data}
        target = form.get("action") or page
        if file is None:
            return self.ask("POST", target, urlencode(fields))
        body, kind = _parts(fields, file)
        return self.ask("POST", target, body, kind)

    def sign_in(self) -> None:
        """By the page, with the password."""
        self.submit("/sign-in", {"login": self.login, "password": PASSWORD})


def _parts(fields: dict[str, str], file: Upload) -> tuple[bytes, str]:
    """The fields of a form and a file, as a browser sends them together."""
    border = uuid4().hex
    said = "Content-Disposition: form-data; name="
    lines = [f'--{border}\r\n{said}"{name}"\r\n\r\n{value}\r\n' for name, value in fields.items()]
    head = f'--{border}\r\n{said}"{file.field}"; filename="{file.name}"\r\nContent-Type: text/plain\r\n\r\n'
    body = "".join([*lines, head]).encode() + file.content + f"\r\n--{border}--\r\n".encode()
    return body, f"multipart/form-data; boundary={border}"


@dataclass(frozen=True, slots=True)
class Fact:
    """An act the server has acknowledged: its entry, what it was on, who did it."""

    action: str
    ref: str
    login: str


@dataclass
class Walker:
    """Walks one document after the other from draft to reading; looks at the register for the next step."""

    runtime: Runtime
    port: int
    numbers: list[str]
    facts: list[Fact] = field(default_factory=list)
    answers: dict[int, int] = field(default_factory=dict)
    people: dict[str, Client] = field(default_factory=dict)
    faults: list[Exception] = field(default_factory=list)

    def person(self, login: str) -> Client:
        """The browser of a login."""
        return self.people.setdefault(login, Client(self.port, login))

    def walk(self, stop: threading.Event) -> None:
        """Go on until told to stop, or until nobody answers any more."""
        while not stop.is_set() and self.numbers:
            try:
                self.step(self.numbers[0])
            except GONE:
                return
            except Exception as fault:  # noqa: BLE001 - told in the thread of the test
                self.faults.append(fault)
                return

    def step(self, number: str) -> None:
        """The next act on a document, whatever was lost before."""
        ref = Ref("revision", f"{number}@zh-Hans@A/0")
        at, read = f"/drafts/{number}/zh-Hans/A-0", {"password": PASSWORD}
        state, owes = self._state(ref)
        signed = {**read, "opinion": "同意"}
        match state:
            case None:
                self._begin(number, ref)
            case State.DRAFT:
                self._write(number, at)
                self._do("author", "submit", ref, f"{at}/submit", read)
            case State.IN_REVIEW if owes == "review":
                self._do("manager", "review", ref, f"{at}/review", signed, f"{at}/sign")
            case State.IN_REVIEW:
                self._do("deputy", "approve", ref, f"{at}/review", signed, f"{at}/sign")
            case State.APPROVED:
                self._release(at, ref)
            case State.ISSUING:
                self.person("reader").ask("GET", "/search?" + urlencode({"q": "风险 登记"}))
                self.numbers.insert(AT_ONCE, self.numbers.pop(0))  # to another document meanwhile
            case _ if owes == "read":
                self._do("reader", "acknowledge", ref, f"/d/{number}", read, f"/d/{number}/A-0")
            case _:
                self.numbers.pop(0)

    def _state(self, ref: Ref) -> tuple[State | None, str]:
        with self.runtime.works.reading(KEEPER, every_permission()) as work:
            try:
                found = documents.revision(work.session, work.rights, ref, work.today)
            except (Missing, NothingIssued):
                return None, ""
            waits = documents.waiting(work.session, work.rights, ref, work.today)
            if found.state is not State.ISSUED:
                return found.state, waits.stage.value if waits else ""
            _, reader = self.runtime.person("reader")
            owing = documents.outstanding(work.session, work.rights, ref, work.today)
            return found.state, "read" if reader.person_id in {each.person_id for each in owing} else ""

    def _begin(self, number: str, ref: Ref) -> None:
        facts = {"kind": "control-procedure", "number": number, "title": "风险控制程序",
                 "lang": "zh-Hans", "owner": "risk"}  # fmt: skip
        self._do("author", "draft", ref, "/drafts/new", facts)

    def _write(self, number: str, at: str) -> None:
        self._count(self.person("author").submit(at, {"source": SOURCE.replace("CP-07", number)}))

    def _release(self, at: str, ref: Ref) -> None:
        with self.runtime.works.reading(KEEPER) as work:
            job = jobs.latest(work.session, "documents.issue", str(ref))
        if job is not None and job.state is jobs.State.DEAD:
            self._do("controller", "retry-issue", ref, f"{at}/issue", {}, f"{at}/retry")
        else:
            self._do("controller", "release", ref, f"{at}/release", {"password": PASSWORD})

    def _do(  # noqa: PLR0917 - who, what, on what, where
        self, login: str, verb: str, ref: Ref, page: str, data: dict[str, str], action: str = ""
    ) -> None:
        answer = self.person(login).submit(page, data, action)
        self._count(answer)
        if answer.status == _DONE and not answer.location.startswith("/sign-in"):
            self.facts.append(Fact(f"document:revision:{verb}", str(ref), login))

    def _count(self, answer: Answer) -> None:
        self.answers[answer.status] = self.answers.get(answer.status, 0) + 1


def numbers(lane: int, lanes: int) -> list[str]:
    """The numbers one of several walkers gives; none is another's."""
    every = [f"{kind}-{count:02d}" for kind in ("CP", "PL", "QM") for count in range(1, 100)]
    return every[lane::lanes]
