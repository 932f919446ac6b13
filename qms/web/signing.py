"""Signing on a page: the key is opened outside the act, and what is refused stands beside its field."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from flask import g

from qms import accounts
from qms.http.edge import look, signed_in
from qms.http.problems import status
from qms.http.refusals import journal
from qms.kernel.errors import Forbidden, Invalid, Problem
from qms.kernel.labels import N_

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from qms.accounts import Meaning, OpenKey
    from qms.http.forms import Form
    from qms.kernel.errors import QmsError
    from qms.kernel.refs import Ref

PASSWORD: Final = "password"  # noqa: S105 - the name of a field
_OF_PASSWORD = (accounts.SigningRefused, accounts.TooManyAttempts, accounts.KeyNotConfirmed)


def key(form: Form, ref: Ref, meaning: Meaning) -> OpenKey:
    """The signing key of who asks, opened with the password before any writing Work (law 2, P11-200)."""
    work = look()
    g.actor = work.actor
    password = form.get(PASSWORD)
    if not password:
        raise Invalid([Problem(N_("Type your password: it is your signature."), field=PASSWORD)])
    return accounts.open_key(
        work.session, signed_in().person_id, password, ref=ref, meaning=meaning, now=work.now
    )


@contextmanager
def _journalling() -> Iterator[None]:
    """What asks for it is journalled although it is shown on the form as what was typed wrongly is."""
    try:
        yield
    except Invalid as error:
        if getattr(error, "journalled", False):
            journal(error)
        raise


@contextmanager
def trying(
    form: Form, field: str | None = None, fields: Mapping[type[QmsError], str] | None = None
) -> Iterator[None]:
    """Try an act: whatever refuses it is shown on the form with everything typed still there.

    What is forbidden, wrong passwords included, is journalled after the rollback (law 10).
    """
    try:
        with form.catch(field, fields), _journalling():
            yield
    except Forbidden as error:
        journal(error)
        form.take(error, PASSWORD if isinstance(error, _OF_PASSWORD) else field)
        form.status = status(error)
