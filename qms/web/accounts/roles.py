"""Roles for the security administrator: what each allows, changed on a page and in the trail (MLP-04)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import redirect, request, url_for

from qms import accounts
from qms.accounts import PERMISSIONS, RESERVED
from qms.http.edge import act, look, page, tell
from qms.http.forms import Form
from qms.kernel.labels import LANGUAGES, N_
from qms.web.accounts._pages import pages
from qms.web.accounts.acts import only

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flask.typing import ResponseReturnValue

_GRANTS: Final = "grants:manage"


@pages.route("/people/organisation/roles", methods=["GET", "POST"])
def new_role() -> ResponseReturnValue:
    """Make a role: a name, a code, and what it allows."""
    form = Form()
    if request.method == "POST":
        with form.catch(fields={accounts.CodeTaken: "code"}):
            code = form.text("code")
            names = _names(form)
            if code in {each.code for each in accounts.roles(look().session)}:
                raise accounts.CodeTaken(code=code)
            return _set(code, names)
    only(look(), _GRANTS)
    return _shown(form, "", request.form.getlist("permissions"))


@pages.route("/people/organisation/roles/<code>", methods=["GET", "POST"])
def role(code: str) -> ResponseReturnValue:
    """Change what a role allows; it holds from everybody's next page on."""
    found = next((each for each in accounts.roles(look().session) if each.code == code), None)
    if found is None:
        raise accounts.NoSuchRole(role=code)
    form = Form(**{f"name-{language}": found.names.get(language, "") for language in LANGUAGES})
    chosen: Iterable[str] = accounts.permissions_of(look().session, code)
    if request.method == "POST":
        chosen = request.form.getlist("permissions")
        with form.catch():
            return _set(code, _names(form))
    only(look(), _GRANTS)
    return _shown(form, code, chosen, fixed=found.administrator)


def _names(form: Form) -> dict[str, str]:
    form.text("name-zh-Hans")
    form.check()
    return {each: form.get(f"name-{each}").strip() for each in LANGUAGES if form.get(f"name-{each}").strip()}


def _set(code: str, names: dict[str, str]) -> ResponseReturnValue:
    wanted = request.form.getlist("permissions")
    with act() as work:
        accounts.set_role(work, code, names, wanted)
    tell(N_("The role is set; it holds from the next page of everybody who has it."))
    return redirect(url_for("accounts.organisation", _anchor="roles"), 303)


def _shown(form: Form, code: str, chosen: Iterable[str], *, fixed: bool = False) -> ResponseReturnValue:
    own = {each.code for each in PERMISSIONS.values() if each.code not in RESERVED}
    body = page(
        "people/role.html",
        form=form,
        code=code,
        chosen=frozenset(chosen),
        offered=[PERMISSIONS[each] for each in PERMISSIONS if each in own or fixed],
        fixed=fixed,
    )
    return body, form.status
