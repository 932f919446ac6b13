"""Parties: found, read as one file, added, kept, merged, erased (S31, S33, S36, R59)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import Blueprint, jsonify, redirect, request, url_for

from qms import accounts, parties, trail
from qms.http.edge import NothingToSee, act, look, page, t, tell
from qms.http.forms import Form
from qms.kernel.labels import N_, in_language
from qms.kernel.ports import Secrecy
from qms.parties import Contact, Facts, Kind, State, Wanted
from qms.runtime import sentences
from qms.web.links import link
from qms.web.revisions import shared, titles

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from flask.typing import ResponseReturnValue
    from werkzeug.wrappers import Response

    from qms.kernel.work import Work
    from qms.parties import Card

pages = Blueprint("parties", __name__)
_LONGEST: Final = 100
_CONTACTS: Final = ("name", "post", "phone", "email", "note")
_SPARE: Final = 2
# Verb: title, what it does, the button, what is told afterwards.
_ACTS: Final = {
    "end": (
        N_("End"),
        N_("Nothing is scheduled for it any more; everything that is kept stays."),
        N_("End it"),
        N_("It is dealt with no more."),
    ),
    "resume": (
        N_("Take up again"),
        N_("It is dealt with again; schedules count it from their next period on."),
        N_("Take it up again"),
        N_("It is dealt with again."),
    ),
    "merge": (
        N_("Merge a duplicate"),
        N_("This number will lead to the party that is kept; its contacts and identifiers go along."),
        N_("Merge it"),
        N_("The two are one now."),
    ),
    "erase": (
        N_("Erase personal data"),
        N_(
            "Contacts, and the name of an outside person, are gone for ever. Copies in older backups stay"
            " readable with an older backup of the keys: destroy those too."
        ),
        N_("Erase for ever"),
        N_("The personal data are erased."),
    ),
}


def _seen() -> Work:
    work = look()
    if not work.rights.may(parties.READ):
        raise NothingToSee
    return work


def _words(work: Work) -> dict[str, Any]:
    """Names of what parties are told by."""
    lists = parties.lists(work.session)

    def named(values: Mapping[str, Mapping[str, str]]) -> list[tuple[str, str]]:
        return [(code, in_language(dict(names), work.language)) for code, names in values.items()]

    return {
        **shared(work),
        "kinds_of_party": [(each.value, t(text)) for each, text in parties.KINDS.items()],
        "states_of_party": parties.STATES,
        "tiers": named(lists.tiers),
        "stages": named(lists.stages),
        "identifiers": named(lists.identifiers),
    }


@pages.get("/parties")
def listing() -> str:
    """The parties that exist for who asks, by number, filtered."""
    work = _seen()
    form = Form()
    kind, state = form.get("kind"), form.get("state") or "active"
    wanted = Wanted(
        words=form.get("q")[:_LONGEST],
        kind=Kind(kind) if kind in set(Kind) else None,
        state=State(state) if state in set(State) else None,
        tier=form.get("tier"),
        department=form.get("department"),
    )
    rows = parties.listing(work.session, work.rights, wanted, after=form.get("after"), limit=parties.PAGE + 1)
    more = rows[parties.PAGE - 1].number if len(rows) > parties.PAGE else ""
    asked = {key: form.get(key) for key in ("q", "kind", "state", "tier", "department") if form.get(key)}
    return page(
        "parties/list.html",
        rows=rows[: parties.PAGE],
        count=parties.count(work.session, work.rights, wanted),
        more=more,
        asked=asked,
        form=form,
        query=wanted.words,
        **_words(work),
    )


@pages.get("/parties/suggest")
def suggest() -> Response:
    """Parties that go on from what is typed, for the pickers of fields; personal data are not among them."""
    work = _seen()
    kinds = [Kind(each) for each in request.args.getlist("kind") if each in set(Kind)]
    text = request.args.get("q", "").strip()[:_LONGEST]
    found = parties.matching(work.session, work.rights, text, kinds) if text else []
    return jsonify([{"number": each.number, "name": each.name, "kind": each.kind} for each in found])


@pages.get("/parties/<number>")
def one(number: str) -> str:
    """One party: what is told of it, whom one speaks to, what its file lacks, records, history."""
    work = _seen()
    card = parties.party(work.session, work.rights, number)
    records = parties.dossier(work, card)
    return page(
        "parties/one.html",
        card=card,
        row=card.line,
        people=parties.contacts(work, number),
        lacks=parties.completeness(work, card, records),
        records=records,
        entries=_history(work, card),
        titles=titles(work),
        link=link,
        **_words(work),
    )


def _history(work: Work, card: Card) -> list[tuple[Any, str]]:
    told = sentences()
    rows = parties.history(work.session, card)
    return [(row, trail.describe(row, work.language, told)) for row in rows]


@pages.route("/parties/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """Add a party; one with a name like it is shown first, so that nobody is added twice."""
    work = _seen()
    if not work.rights.may(parties.MANAGE):
        raise NothingToSee
    form = Form(kind="client", secrecy="1")
    if request.method == "POST":
        with form.catch(fields={parties.IdentifierTaken: "identifiers"}):
            kind = Kind(form.chosen("kind", [(each.value, "") for each in Kind]))
            facts = _facts(work, form)
            with act() as writing:
                made = parties.add(writing, kind, facts)
            tell(N_("{number} is added."), number=made.number)
            return redirect(url_for("parties.one", number=made.number), 303)
        work = _seen()
    like = parties.matching(work.session, work.rights, form.get("name")) if form.get("name") else []
    return page("parties/edit.html", form=form, card=None, like=like, **_choices(work)), form.status


@pages.route("/parties/<number>/edit", methods=["GET", "POST"])
def edit(number: str) -> ResponseReturnValue:
    """Change what is told of a party; somebody else's change meanwhile is shown and not written over."""
    work = _managed(number)
    card = parties.party(work.session, work.rights, number)
    row = card.line
    form = Form(
        name=row.name, short_name=row.short_name, department=row.department, owner=card.owner_login,
        tier=row.tier or "", stage=row.stage or "", secrecy=str(row.secrecy), circle=row.circle or "",
        note=card.note, version=str(card.version),
        **{f"identifier-{scheme}": value for scheme, value in card.identifiers.items()},
    )  # fmt: skip
    if request.method == "POST":
        with form.catch(fields={parties.IdentifierTaken: "identifiers"}):
            facts = _facts(work, form)
            version = form.get("version")
            with act() as writing:
                read = int(version) if version.isascii() and version.isdecimal() else 0
                parties.change(writing, number, facts, version=read)
            tell(N_("The facts of {number} are changed."), number=number)
            return redirect(url_for("parties.one", number=number), 303)
        work = _managed(number)
    return page("parties/edit.html", form=form, card=card, like=[], **_choices(work)), form.status


def _managed(number: str) -> Work:
    """A look at a party that who asks may change; for others the page does not exist."""
    work = _seen()
    if not parties.party(work.session, work.rights, number).manages:
        raise NothingToSee
    return work


def _facts(work: Work, form: Form) -> Facts:
    form.text("name"), form.text("department")
    form.check()
    grade = form.get("secrecy")
    schemes = parties.lists(work.session).identifiers
    return Facts(
        name=form.get("name"),
        department=form.get("department"),
        short_name=form.get("short_name"),
        owner=form.get("owner"),
        tier=form.get("tier"),
        stage=form.get("stage"),
        secrecy=int(grade) if grade.isascii() and grade.isdecimal() and len(grade) == 1 else -1,
        circle=form.get("circle"),
        note=form.get("note"),
        identifiers={each: form.get(f"identifier-{each}") for each in schemes},
    )


def _choices(work: Work) -> dict[str, Any]:
    words = _words(work)
    rights = work.rights
    return {
        **words,
        "offered": [
            (code, name)
            for code, name in sorted(words["departments"].items(), key=lambda each: each[1])
            if rights.may(parties.MANAGE, code)
        ],
        "people": [(each.login, each.name) for each in accounts.people(work.session)],
        "circles": [
            (each.code, in_language(each.names, work.language))
            for each in accounts.circles(work.session)
            if each.code in rights.circles
        ],
        "secrecies": [(str(int(each)), each) for each in Secrecy if each <= rights.secrecy],
    }


@pages.route("/parties/<number>/contacts", methods=["GET", "POST"])
def contacts(number: str) -> ResponseReturnValue:
    """Whom one speaks to: personal data, kept sealed (R17)."""
    work = _managed(number)
    found = parties.contacts(work, number)
    start = {
        f"{field}-{place}": getattr(each, field) for place, each in enumerate(found) for field in _CONTACTS
    }
    form = Form(**start)
    rows = len(found) + _SPARE
    if request.method == "POST":
        with form.catch(field="contacts"):
            told = [
                Contact(**{field: form.get(f"{field}-{place}").strip() for field in _CONTACTS})
                for place in range(rows)
            ]
            with act() as writing:
                parties.set_contacts(writing, number, [each for each in told if each != Contact("")])
            tell(N_("The contacts of {number} are kept."), number=number)
            return redirect(url_for("parties.one", number=number), 303)
        work = _managed(number)
    return page("parties/contacts.html", form=form, number=number, lines=range(rows)), form.status


@pages.route("/parties/<number>/act/<verb>", methods=["GET", "POST"])
def change(number: str, verb: str) -> ResponseReturnValue:
    """End, take up again, merge or erase, each on a page of its own with its reason."""
    if verb not in _ACTS:
        raise NothingToSee
    work = _managed(number)
    form = Form()
    if request.method == "POST":
        with form.catch(fields={parties.ReasonNeeded: "why", parties.NoSuchParty: "into"}):
            to = _done(number, verb, form)
            tell(_ACTS[verb][3])
            return redirect(url_for("parties.one", number=to), 303)
        work = _managed(number)
    card = parties.party(work.session, work.rights, number)
    return page("parties/act.html", form=form, card=card, verb=verb, words=_ACTS[verb]), form.status


def _done(number: str, verb: str, form: Form) -> str:
    why = form.get("why")
    if verb == "merge":
        into = form.text("into")
        form.check()
        with act() as work:
            return parties.merge(work, number, into, why=why).number
    with act() as work:
        verbs = {"end": parties.end, "resume": parties.resume, "erase": parties.erase}
        verbs[verb](work, number, why=why)
    if verb == "erase":
        # After the act is committed: a key that is destroyed comes back by no rollback (D-0022).
        parties.destroy_erased(look())
    return number


@pages.route("/parties/lists", methods=["GET", "POST"])
def lists() -> ResponseReturnValue:
    """The organisation's own lists: tiers, stages of collecting data, identifiers, what a file needs."""
    work = _seen()
    if not work.rights.may(parties.MANAGE) or work.rights.permissions[parties.MANAGE] is not None:
        raise NothingToSee
    form = Form(lists=parties.lists_text(work.session))
    if request.method == "POST":
        with form.catch(field="lists"):
            with act() as writing:
                parties.set_lists(writing, form.get("lists").replace("\r\n", "\n"))
            tell(N_("The lists of parties are kept."))
            return redirect(url_for("parties.listing"), 303)
    return page("parties/lists.html", form=form), form.status
