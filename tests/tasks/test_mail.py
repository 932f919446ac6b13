"""Messages: composed in the receiver's language, sent outside any Work, never twice."""

from __future__ import annotations

import email
import email.policy
import socketserver
import ssl
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from typing import TYPE_CHECKING, ClassVar

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from sqlalchemy import select

from qms import tasks
from qms.kernel.labels import N_
from qms.tasks import Notice
from qms.tasks.mail import LEASE, MOST_DOUBTFUL, Letter, claim, compose, deliver, mark
from qms.tasks.queries import MAYBE_TWICE
from tests.accounts.factories import person

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import EmailMessage
    from pathlib import Path

    from qms.kernel.clock import SimulatedClock
    from qms.kernel.ports import Actor, Rights
    from qms.kernel.settings import Settings
    from qms.kernel.work import Works

NOW = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
NEW = N_("New task: {task}")
BODY = N_("{task}\nDue on: {due}\n{link}")
LETTER = Letter(
    notice_id=7,
    name="张三",
    email="zhang@example.org",
    language="zh-Hans",
    subject=NEW,
    text=BODY,
    facts={
        "task": ["Reminder: {task}", {"task": {"zh-Hans": "文件\r\nBcc: x@example.org", "en": "Document"}}],
        "due": "2026-11-12",
        "link": None,
    },
    at=NOW,
)


def _certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate of this machine for one day, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, SHA256())
    )
    paths = folder / "server.pem", folder / "server.key"
    paths[0].write_bytes(made.public_bytes(Encoding.PEM))
    paths[1].write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return paths


class _Smtp(socketserver.StreamRequestHandler):
    """A small real SMTP server; `plan` says where it refuses or hangs up."""

    plan: ClassVar[str] = ""
    received: ClassVar[list[bytes]] = []
    logins: ClassVar[list[bytes]] = []
    tls: ClassVar[ssl.SSLContext | None] = None

    def finish(self) -> None:
        super().finish()
        self.request.close()  # the server itself knows only the socket from before STARTTLS

    def handle(self) -> None:
        self.wfile.write(b"220 test\r\n")
        while line := self.rfile.readline():
            verb = line.split()[0].upper()
            if verb == b"QUIT":
                self.wfile.write(b"221 bye\r\n")
                return
            if verb == b"RCPT" and self.plan == "refuse":
                self.wfile.write(b"550 no such mailbox\r\n")
            elif verb == b"EHLO":
                more = b"250-STARTTLS\r\n250-AUTH PLAIN\r\n" if self.tls else b""
                self.wfile.write(b"250-test\r\n" + more + b"250 HELP\r\n")
            elif verb == b"STARTTLS" and self.tls:
                self.wfile.write(b"220 go on\r\n")
                self.request = self.tls.wrap_socket(self.request, server_side=True)
                self.setup()
            elif verb == b"AUTH":
                self.logins.append(line)
                self.wfile.write(b"235 welcome\r\n")
            elif verb == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                lines = []
                while (line := self.rfile.readline()) != b".\r\n":
                    lines.append(line)
                if self.plan == "hang-up":
                    return
                self.received.append(b"".join(lines))
                self.wfile.write(b"250 taken\r\n")
            else:
                self.wfile.write(b"250 ok\r\n")


@pytest.fixture
def smtp(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[_Smtp]]:
    """A mail server on this machine."""
    monkeypatch.setattr(_Smtp, "plan", "")
    monkeypatch.setattr(_Smtp, "received", [])
    monkeypatch.setattr(_Smtp, "logins", [])
    monkeypatch.setattr(_Smtp, "tls", None)
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Smtp) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        monkeypatch.setattr(_Smtp, "port", server.server_address[1], raising=False)
        yield _Smtp
        server.shutdown()
        thread.join()


def _over(smtp: type[_Smtp], works: Works) -> Works:
    port: int = smtp.port  # type: ignore[attr-defined]  # set by the fixture
    return replace(works, settings=replace(works.settings, smtp_host="127.0.0.1", smtp_port=port))


def _text(message: EmailMessage) -> str:
    part = message.get_body()
    assert part is not None
    return str(part.get_content())


def test_a_letter_speaks_its_receivers_language(settings: Settings) -> None:
    message = compose(LETTER, replace(settings, mail_from="qms@example.org"))
    assert message["Subject"] == "新待办：提醒：文件 Bcc: x@example.org"
    assert message["To"] == "张三 <zhang@example.org>"
    assert message["Message-ID"] == "<notice-7@example.org>"
    assert message["Bcc"] is None
    assert "办理期限：2026-11-12" in _text(message)
    english = compose(replace(LETTER, language="en"), settings)
    assert english["Subject"] == "New task: Reminder: Document"
    assert _text(english).endswith("Due on: 2026-11-12\n")


def test_a_title_makes_no_header(settings: Settings) -> None:
    """A line break in a title or name never begins another header."""
    raw = compose(replace(LETTER, name="Zhang\r\nBcc: y@example.org"), settings).as_bytes()
    head = raw.partition(b"\r\n\r\n")[0]
    assert not any(line.startswith(b"Bcc") for line in head.split(b"\r\n"))


def test_the_same_letter_has_the_same_bytes(settings: Settings) -> None:
    assert compose(LETTER, settings).as_bytes() == compose(LETTER, settings).as_bytes()


def test_without_a_server_letters_become_files(settings: Settings) -> None:
    deliver(compose(LETTER, settings), "notice-7", settings)
    (path,) = settings.at(settings.outbox).iterdir()
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    assert (path.name, message["Message-ID"]) == ("notice-7.eml", "<notice-7@localhost>")


@pytest.fixture
def queued(works: Works, service: Actor, every_right: Rights) -> Works:
    """Two messages waiting."""
    with works.writing(service, every_right) as work:
        who = person(work, "zhang", email="zhang@example.org", language="en")
        for number in range(2):
            facts = {"task": f"task {number}", "due": "2026-11-12", "link": ""}
            assert tasks.notify(work, who, source=f"trail:{number}", subject=NEW, text=BODY, facts=facts)
    return works


def _rows(works: Works, actor: Actor) -> list[Notice]:
    with works.reading(actor) as look:
        return list(look.session.scalars(select(Notice).order_by(Notice.id)))


def test_waiting_letters_leave_once(queued: Works, service: Actor) -> None:
    assert tasks.send_waiting(queued, service) == 2
    assert tasks.send_waiting(queued, service) == 0
    names = sorted(path.name for path in queued.settings.at(queued.settings.outbox).iterdir())
    assert names == ["notice-1.eml", "notice-2.eml"]
    assert all(row.sent_at and row.error is None for row in _rows(queued, service))


def test_letters_leave_over_smtp(queued: Works, service: Actor, smtp: type[_Smtp]) -> None:
    assert tasks.send_waiting(_over(smtp, queued), service, limit=1) == 1
    assert tasks.send_waiting(_over(smtp, queued), service) == 1
    assert [b"task 0" in letter or b"task 1" in letter for letter in smtp.received] == [True, True]


def test_a_refused_letter_waits_and_is_tried_again(
    queued: Works, service: Actor, smtp: type[_Smtp], clock: SimulatedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smtp, "plan", "refuse")
    works = _over(smtp, queued)
    assert tasks.send_waiting(works, service) == 0
    assert [(row.failures, row.claimed_at, row.sent_at) for row in _rows(works, service)] == [
        (1, None, None)
    ] * 2
    assert "550" in (_rows(works, service)[0].error or "")
    monkeypatch.setattr(smtp, "plan", "")
    assert tasks.send_waiting(works, service) == 0
    clock.advance(timedelta(minutes=1))
    assert tasks.send_waiting(works, service) == 2
    assert len(smtp.received) == 2


def _with_password(works: Works) -> Works:
    return replace(works, settings=replace(works.settings, smtp_user="qms", smtp_password="mailbox"))  # noqa: S106 - of the server above


def test_a_password_never_goes_over_an_open_line(queued: Works, service: Actor, smtp: type[_Smtp]) -> None:
    """A server that offers no encryption gets neither the password nor the letter."""
    assert tasks.send_waiting(_with_password(_over(smtp, queued)), service) == 0
    assert (smtp.logins, smtp.received) == ([], [])
    assert [row.failures for row in _rows(queued, service)] == [1, 1]


def test_letters_leave_encrypted_where_the_server_is_trusted(
    queued: Works, service: Actor, smtp: type[_Smtp], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    certificate, key = _certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    monkeypatch.setattr(smtp, "tls", context)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    sent = tasks.send_waiting(_with_password(_over(smtp, queued)), service)
    assert [row.error for row in _rows(queued, service)] == [None, None]
    assert (sent, len(smtp.logins), len(smtp.received)) == (2, 2, 2)


def test_no_server_is_a_sure_refusal(queued: Works, service: Actor) -> None:
    works = replace(queued, settings=replace(queued.settings, smtp_host="127.0.0.1", smtp_port=1))
    assert tasks.send_waiting(works, service) == 0
    assert [row.failures for row in _rows(works, service)] == [1, 1]


def test_an_unwritable_outbox_is_a_sure_refusal(queued: Works, service: Actor) -> None:
    outbox = queued.settings.at(queued.settings.outbox)
    outbox.parent.mkdir(exist_ok=True)
    outbox.write_text("in the way")
    assert tasks.send_waiting(queued, service) == 0
    assert [row.failures for row in _rows(queued, service)] == [1, 1]


def test_a_broken_connection_leaves_a_doubtful_letter(
    queued: Works, service: Actor, smtp: type[_Smtp], clock: SimulatedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What may have left is sent again with the same Message-ID, and the row tells of it for ever."""
    monkeypatch.setattr(smtp, "plan", "hang-up")
    works = _over(smtp, queued)
    assert tasks.send_waiting(works, service) == 0
    monkeypatch.setattr(smtp, "plan", "")
    clock.advance(timedelta(minutes=2))
    assert tasks.send_waiting(works, service) == 2
    assert [b"task" in letter for letter in smtp.received] == [True, True]
    assert all(row.sent_at and MAYBE_TWICE in (row.error or "") for row in _rows(works, service))
    with works.reading(service) as look:
        assert len(tasks.doubtful(look.session, look.now + timedelta(seconds=1))) == 2
        assert tasks.doubtful(look.session, look.now - timedelta(days=2)) == []


def test_a_letter_that_breaks_every_time_is_given_up(
    queued: Works, service: Actor, smtp: type[_Smtp], clock: SimulatedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody may have it five times already: it is left to a person, and listed."""
    monkeypatch.setattr(smtp, "plan", "hang-up")
    works = _over(smtp, queued)
    for _ in range(MOST_DOUBTFUL + 2):
        assert tasks.send_waiting(works, service) == 0
        clock.advance(timedelta(days=1))
    assert {(row.failures, row.sent_at) for row in _rows(works, service)} == {(MOST_DOUBTFUL, None)}
    with works.reading(service) as look:
        assert (len(tasks.doubtful(look.session, look.now)), tasks.waiting(look.session)) == (2, 0)


def test_who_fell_silent_while_sending_is_made_up_for(
    queued: Works, service: Actor, clock: SimulatedClock
) -> None:
    """Claimed and never marked: nobody else takes it before the lease ends, and then it is sent and told."""
    with queued.writing(service) as work:
        first = claim(work)
    with queued.writing(service) as work:
        second = claim(work)
        assert claim(work) is None
    assert first is not None
    assert second is not None
    assert first.notice_id != second.notice_id
    with queued.writing(service) as work:
        mark(work, second, None)
    assert tasks.send_waiting(queued, service) == 0
    clock.advance(LEASE)
    assert tasks.send_waiting(queued, service) == 1
    assert [(row.sent_at is None, row.error) for row in _rows(queued, service)] == [
        (False, MAYBE_TWICE),
        (False, None),
    ]


def test_nothing_leaves_before_the_act_is_committed(
    works: Works, service: Actor, every_right: Rights, smtp: type[_Smtp]
) -> None:
    """A message of an act that is rolled back is never sent (the outbox is part of the transaction)."""

    def act() -> None:
        with works.writing(service, every_right) as work:
            who = person(work, "zhang", email="zhang@example.org", language="en")
            assert tasks.notify(work, who, source="trail:1", subject=NEW, text=BODY, facts={"task": "x"})
            raise InterruptedError

    with pytest.raises(InterruptedError):
        act()
    assert tasks.send_waiting(_over(smtp, works), service) == 0
    assert (smtp.received, _rows(works, service)) == ([], [])
