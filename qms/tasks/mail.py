"""Messages as mail: composed here, sent over SMTP, or written as .eml files where no server is set."""

from __future__ import annotations

import logging
import os
import smtplib
import ssl
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select

from qms.accounts import Person, rights_of
from qms.kernel.labels import Phrase, say
from qms.tasks.chasing import back_off_minutes
from qms.tasks.errors import MailDoubtful, MailNotSent
from qms.tasks.models import Notice
from qms.tasks.operations import MAIL
from qms.tasks.queries import MAYBE_TWICE, NO_LONGER, waiting
from qms.tasks.telling import may_be_told

if TYPE_CHECKING:
    from collections.abc import Mapping

    from qms.kernel.ports import Actor
    from qms.kernel.settings import Settings
    from qms.kernel.work import Work, Works

LOG: Final = logging.getLogger("qms.mail")
LEASE: Final = timedelta(minutes=5)
MOST_DOUBTFUL: Final = 5
_SECONDS: Final = 20
_TLS_PORT: Final = 465


@dataclass(frozen=True, slots=True)
class Letter:
    """One claimed message with all that is needed to send it outside any transaction."""

    notice_id: int
    name: str
    email: str
    language: str
    subject: str
    text: str
    facts: Mapping[str, Any]
    at: datetime
    again: bool = False
    """Whether an earlier handing over has no known end, so that this one may be the second."""


def compose(letter: Letter, settings: Settings) -> EmailMessage:
    """The message in its receiver's language; the same letter always gives the same Message-ID."""
    facts = {key: _phrase(value) for key, value in letter.facts.items()}
    message = EmailMessage(policy=SMTP)
    sender = settings.mail_from
    message["Message-ID"] = f"<notice-{letter.notice_id}@{sender.rpartition('@')[2] or 'localhost'}>"
    message["Date"] = format_datetime(letter.at)
    message["From"] = Address(_one_line(settings.organisation), addr_spec=sender)
    message["To"] = Address(_one_line(letter.name), addr_spec=letter.email)
    message["Subject"] = _one_line(say(letter.subject, letter.language, **facts))
    message["Auto-Submitted"] = "auto-generated"
    message["Content-Language"] = letter.language
    message.set_content(say(letter.text, letter.language, **facts).strip() + "\n")
    return message


def _phrase(value: object) -> object:
    # A pair of a text and its facts is itself said in the receiver's language.
    match value:
        case [str(text), dict(facts)]:
            return Phrase(text, **facts)
        case None:
            return ""
        case _:
            return value


def _one_line(text: str) -> str:
    """A header is one line, whatever a title holds."""
    return " ".join(text.split())


def deliver(message: EmailMessage, name: str, settings: Settings) -> None:
    """Send by the settings' server, or write `name`.eml into the outbox; outside any Work (law 2)."""
    if settings.smtp_host:
        _by_smtp(message, settings)
    else:
        _into_folder(message, name, settings)


def _into_folder(message: EmailMessage, name: str, settings: Settings) -> None:
    folder = settings.at(settings.outbox)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        temporary = folder / f".{name}.new"
        with temporary.open("wb") as stream:
            stream.write(message.as_bytes())
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(folder / f"{name}.eml")
    except OSError as fault:
        raise MailNotSent(fault=fault) from fault


def _by_smtp(message: EmailMessage, settings: Settings) -> None:
    """Only a break after the message has begun to leave is doubtful; all before is a sure refusal."""
    try:
        server = _connected(settings)
    except (OSError, smtplib.SMTPException) as fault:
        raise MailNotSent(fault=fault) from fault
    try:
        server.send_message(message)
    except (
        smtplib.SMTPResponseException,
        smtplib.SMTPRecipientsRefused,
        smtplib.SMTPNotSupportedError,
    ) as fault:
        raise MailNotSent(fault=fault) from fault
    except (OSError, smtplib.SMTPException) as fault:
        raise MailDoubtful(fault=fault) from fault
    finally:
        server.close()


def _connected(settings: Settings) -> smtplib.SMTP:
    context = ssl.create_default_context()
    host, port = settings.smtp_host, settings.smtp_port
    if port == _TLS_PORT:
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=_SECONDS, context=context)
    else:
        server = smtplib.SMTP(host, port, timeout=_SECONDS)
    try:
        server.ehlo()
        if server.has_extn("starttls"):
            server.starttls(context=context)
            server.ehlo()
        if settings.smtp_user:
            _log_in(server, settings)
    except BaseException:
        server.close()
        raise
    return server


def _log_in(server: smtplib.SMTP, settings: Settings) -> None:
    # A password never goes over an open line, also not when somebody on the way hides STARTTLS.
    if not isinstance(server.sock, ssl.SSLSocket):
        raise smtplib.SMTPNotSupportedError(settings.smtp_host)
    server.login(settings.smtp_user, settings.smtp_password)


def send_waiting(works: Works, actor: Actor, limit: int = 50) -> int:
    """Send what waits, one at a time: claim, send outside, mark; says how many left.

    Nothing leaves before the act that caused it is committed, and everything leaves at least once: whoever
    falls silent between claim and mark is made up for, with the same Message-ID, so that receivers see one.
    """
    with works.reading(actor) as look:
        limit = min(limit, waiting(look.session))
    sent = 0
    for _ in range(limit):
        with works.writing(actor) as work:
            letter = claim(work)
        if letter is None:
            break
        sent += _send(works, actor, letter)
    return sent


def claim(work: Work) -> Letter | None:
    """Take up the next waiting message; until the lease ends nobody else takes it (REL-16).

    The row says from now on that the message may arrive twice; only `mark` takes that back. What its
    receiver may no longer be told, or can no longer get, is given up on the way (SEC-06, SEC-07).
    """
    while (row := _next(work)) is not None:
        receiver = work.session.get_one(Person, row.person_id)
        if _is_for(work, row, receiver):
            return _taken(work, row, receiver)
        again = (row.error or "").startswith(MAYBE_TWICE)
        row.claimed_at, row.error = work.now, f"{MAYBE_TWICE} {NO_LONGER}" if again else NO_LONGER
        work.session.flush()
    return None


def _next(work: Work) -> Notice | None:
    return work.session.scalar(
        select(Notice)
        .where(Notice.channel == MAIL, Notice.claimed_at.is_(None), Notice.not_before <= work.now)
        .order_by(Notice.not_before, Notice.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )


def _is_for(work: Work, row: Notice, receiver: Person) -> bool:
    """Whether the receiver is still there and may still be told; what was queued may have waited."""
    about = row.facts.get("task")
    facts = about[1] if isinstance(about, list) else row.facts
    rights = rights_of(work.session, receiver.id, work.today)
    return receiver.active and bool(receiver.email) and may_be_told(facts, rights)


def _taken(work: Work, row: Notice, receiver: Person) -> Letter:
    again = (row.error or "").startswith(MAYBE_TWICE)
    row.not_before, row.error = work.now + LEASE, MAYBE_TWICE
    return Letter(
        notice_id=row.id,
        name=receiver.name,
        email=receiver.email or "",
        language=receiver.language or work.settings.language,
        subject=row.subject,
        text=row.text,
        facts=row.facts,
        at=row.created_at,
        again=again,
    )


def _send(works: Works, actor: Actor, letter: Letter) -> bool:
    fault: MailNotSent | MailDoubtful | None = None
    if letter.again:
        LOG.warning("notice %s is sent again: whoever sent it before fell silent", letter.notice_id)
    try:
        deliver(compose(letter, works.settings), f"notice-{letter.notice_id}", works.settings)
    except (MailNotSent, MailDoubtful) as refused:
        fault = refused
    with works.writing(actor) as work:
        mark(work, letter, fault)
    return fault is None


def mark(work: Work, letter: Letter, fault: MailNotSent | MailDoubtful | None) -> None:
    """Write down how sending went: gone; or not, so that it waits again, unless it may have gone often.

    What cannot be known is kept on the row also when a later attempt went well (`doubtful`).
    """
    row = work.session.get_one(Notice, letter.notice_id, with_for_update=True)
    if fault is None:
        row.claimed_at = row.sent_at = work.now
        row.error = MAYBE_TWICE if letter.again else None
        return
    doubtful = letter.again or isinstance(fault, MailDoubtful)
    row.error = f"{MAYBE_TWICE} {fault}" if doubtful else str(fault)
    row.failures += 1
    row.not_before = work.now + timedelta(minutes=back_off_minutes(row.failures))
    if doubtful and row.failures >= MOST_DOUBTFUL:
        row.claimed_at = work.now
