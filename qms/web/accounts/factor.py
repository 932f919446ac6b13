"""One's own second factor: set up with a device, on by its first code, given up by another (SEC-10)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import segno
from flask import redirect, url_for

from qms import accounts
from qms.http.edge import NothingToSee, act, look, page, signed_in, tell
from qms.http.forms import Form
from qms.http.refusals import journal
from qms.kernel.labels import N_
from qms.web.accounts._pages import pages

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.typing import ResponseReturnValue

_REFUSED: Final = (accounts.SecondFactorWrong, accounts.TooManyCodes)


@pages.get("/me/second-factor")
def second_factor() -> ResponseReturnValue:
    """Where the second factor stands: off, waiting for its first code, or on."""
    return _shown(Form())


@pages.post("/me/second-factor/<verb>")
def change_factor(verb: str) -> ResponseReturnValue:
    """One step of setting up, renewing or giving up; each needs a fresh proof of the password (SEC-12)."""
    step = _STEPS.get(verb)
    if step is None:
        raise NothingToSee
    form = Form()
    try:
        with form.catch(field="code"):
            made = step(form)
            if made is None:
                return redirect(url_for("accounts.second_factor"), 303)
            return page("accounts/recovery_codes.html", codes=made)
    except _REFUSED as error:
        journal(error)
        form.take(error, "code")
    return _shown(form)


def _shown(form: Form) -> ResponseReturnValue:
    work, who = look(), signed_in()
    pending = accounts.pending_factor(work.session, work.settings, who.person_id)
    body = page(
        "accounts/second_factor.html",
        form=form,
        seen=accounts.guarded(work.session, who.person_id, work.now),
        secret=_grouped(pending[0]) if pending else "",
        picture=_picture(pending[1]) if pending else "",
        demanded=who.must_enrol,
    )
    return body, form.status


def _grouped(secret: str) -> str:
    return " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))


def _picture(address: str) -> str:
    """The QR code as an address of its own, which the content policy lets an image have."""
    made: str = segno.make(address, error="m").svg_data_uri(scale=5, border=3, light="#fff", dark="#000")
    return made


def _begin(_: Form) -> None:
    with act() as work:
        accounts.begin_factor(work)


def _on(form: Form) -> list[str]:
    kept = signed_in().session_id
    with act() as work:
        made = accounts.switch_on(work, form.get("code"))
        accounts.end_other_sessions(work, kept)
    return made


def _codes(_: Form) -> list[str]:
    with act() as work:
        return accounts.renew_codes(work)


def _off(form: Form) -> None:
    with act() as work:
        accounts.switch_off(work, form.get("code"))
    tell(N_("The second factor is switched off."))


_STEPS: Final[dict[str, Callable[[Form], list[str] | None]]] = {
    "begin": _begin,
    "on": _on,
    "codes": _codes,
    "off": _off,
}
