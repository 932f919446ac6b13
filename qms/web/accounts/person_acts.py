"""What administrators do with one person, as a table of acts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from qms import accounts
from qms.kernel.labels import N_, in_language, say
from qms.kernel.ports import Secrecy
from qms.runtime import alarms
from qms.web.accounts.acts import DAY, FROM, LAST, LAST_IF_ANY, WHY, Act, Field, after

if TYPE_CHECKING:
    from datetime import date

    from qms.http.forms import Form
    from qms.kernel.work import Work
    from qms.web.accounts.acts import Choices

GRADES: Final = {
    Secrecy.PUBLIC: N_("public"),
    Secrecy.INTERNAL: N_("internal"),
    Secrecy.CONFIDENTIAL: N_("confidential"),
    Secrecy.SECRET: N_("secret"),
}
EVERYWHERE: Final = N_("the whole organisation")
_PEOPLE: Final = "people:manage"
_GRANTS: Final = "grants:manage"


def others(work: Work, about: int) -> Choices:
    """The active people but this one, by name with login."""
    return [
        (str(each.id), f"{each.name} ({each.login})")
        for each in accounts.people(work.session)
        if each.id != about
    ]


def departments(work: Work, _: int = 0) -> Choices:
    """All departments by name with code."""
    return [
        (each.code, f"{in_language(each.names, work.language)} ({each.code})")
        for each in accounts.departments(work.session)
    ]


def _own_departments(work: Work, about: int) -> Choices:
    held = accounts.profile(work.session, about, work.today).departments
    return [(each.code, in_language(each.names, work.language)) for each in held]


def _posts(work: Work, _: int) -> Choices:
    return [
        (each.code, f"{in_language(each.names, work.language)} ({each.code})")
        for each in accounts.posts(work.session)
    ]


def _own_posts(work: Work, about: int) -> Choices:
    held = accounts.profile(work.session, about, work.today).posts
    return [(each.code, in_language(each.names, work.language)) for each in held]


def _roles(work: Work, _: int) -> Choices:
    return [(each.code, in_language(each.names, work.language)) for each in accounts.roles(work.session)]


def _own_grants(work: Work, about: int) -> Choices:
    return [
        (f"{each.role}@{each.department or ''}", granted_in_words(each, work.language))
        for each in accounts.granted(work.session, about)
    ]


def granted_in_words(grant: accounts.Granted, language: str) -> str:
    """A role with where it holds."""
    where = (
        say(EVERYWHERE, language)
        if grant.department_names is None
        else in_language(grant.department_names, language)
    )
    return f"{in_language(grant.names, language)} · {where}"


def _grades(work: Work, _: int) -> Choices:
    return [(str(int(grade)), say(name, work.language)) for grade, name in GRADES.items()]


def _circles(work: Work, _: int) -> Choices:
    return [(each.code, in_language(each.names, work.language)) for each in accounts.circles(work.session)]


def _own_circles(work: Work, about: int) -> Choices:
    inside = accounts.circles_of(work.session, about)
    return [choice for choice in _circles(work, about) if choice[0] in inside]


def own_substitutes(work: Work, about: int) -> Choices:
    """Who stands in for this person, now or later."""
    return [
        (str(each.id), f"{each.substitute} · {each.from_on} – {last_day(each.until_on)}")
        for each in accounts.profile(work.session, about, work.today).substitutes
    ]


def last_day(until_on: date) -> date:
    """The last day of a span whose end is exclusive."""
    return until_on - DAY


def _rename(work: Work, form: Form, about: int) -> None:
    accounts.rename_person(work, about, form.get("name"), form.get("why"))


def _join(work: Work, form: Form, about: int) -> None:
    accounts.join(work, about, form.get("department"), form.day("from"), after(form.maybe_day("until")))


def _leave(work: Work, form: Form, about: int) -> None:
    accounts.leave(work, about, form.get("department"), form.next_day("until"))


def _hold(work: Work, form: Form, about: int) -> None:
    accounts.hold_post(work, about, form.get("post"), form.day("from"), after(form.maybe_day("until")))


def _leave_post(work: Work, form: Form, about: int) -> None:
    accounts.leave_post(work, about, form.get("post"), form.next_day("until"))


def _grant(work: Work, form: Form, about: int) -> None:
    accounts.grant(work, about, form.get("role"), form.get("department") or None)


def _withdraw(work: Work, form: Form, about: int) -> None:
    role, _, where = form.get("grant").partition("@")
    accounts.withdraw_grant(work, about, role, where or None)


def _clear(work: Work, form: Form, about: int) -> None:
    accounts.clear(work, about, Secrecy(int(form.chosen("grade", _grades(work, about)))))


def _enter(work: Work, form: Form, about: int) -> None:
    accounts.enter_circle(work, about, form.get("circle"))


def _leave_circle(work: Work, form: Form, about: int) -> None:
    accounts.leave_circle(work, about, form.get("circle"))


def stand_in(work: Work, form: Form, about: int) -> None:
    """Let another stand in for this person."""
    other = int(form.chosen("substitute", others(work, about)))
    accounts.substitute(work, about, other, from_on=form.day("from"), until_on=form.next_day("until"))


def end_standing_in(work: Work, form: Form, about: int) -> None:
    """Take back a substitution of this person, and of nobody else."""
    accounts.end_substitution(work, int(form.chosen("substitution", own_substitutes(work, about))))


def _confirm(work: Work, form: Form, about: int) -> None:
    accounts.confirm_key(work, about, form.get("verified"))


def _reset(work: Work, form: Form, about: int) -> str:
    return accounts.reset_password(work, about, form.get("why"))


def _unlock(work: Work, form: Form, about: int) -> None:
    alarms.unlock(work, about, form.get("why"))


def _remove_factor(work: Work, form: Form, about: int) -> None:
    accounts.remove_factor(work, about, form.get("why"))


def _deactivate(work: Work, form: Form, about: int) -> None:
    accounts.deactivate(work, about, form.get("why"))


def _reactivate(work: Work, form: Form, about: int) -> str:
    return accounts.reactivate(work, about, form.get("why"))


_DEPARTMENT: Final = N_("Department")
SUBSTITUTE: Final = Act(
    N_("Name a substitute"),
    N_("Let them stand in"),
    N_("The substitute is named."),
    stand_in,
    (Field("substitute", N_("Substitute"), choices=others, empty=N_("Choose a person")), FROM, LAST),
    _PEOPLE,
    N_("On these days the substitute sees the tasks and signs as substitute, under their own name."),
)
END_SUBSTITUTE: Final = Act(
    N_("End a substitution"),
    N_("End it today"),
    N_("The substitution has ended."),
    end_standing_in,
    (Field("substitution", N_("Substitution"), choices=own_substitutes),),
    _PEOPLE,
    N_("What was signed under it stays as it is."),
)
ACTS: Final = {
    "rename": Act(
        N_("Change the name"),
        N_("Change the name"),
        N_("The name is changed."),
        _rename,
        (Field("name", N_("Name")), WHY),
        _PEOPLE,
        N_("Signatures keep the name they were made under."),
    ),
    "join": Act(
        N_("Put into a department"),
        N_("Put into the department"),
        N_("The department is entered."),
        _join,
        (
            Field("department", _DEPARTMENT, choices=departments, empty=N_("Choose a department")),
            FROM,
            LAST_IF_ANY,
        ),
        _PEOPLE,
        N_("Reading duties of the department begin on the first day."),
    ),
    "leave": Act(
        N_("Take out of a department"),
        N_("Take out"),
        N_("The end is entered."),
        _leave,
        (Field("department", _DEPARTMENT, choices=_own_departments), LAST),
        _PEOPLE,
    ),
    "hold-post": Act(
        N_("Give a post"),
        N_("Give the post"),
        N_("The post is entered."),
        _hold,
        (Field("post", N_("Post"), choices=_posts, empty=N_("Choose a post")), FROM, LAST_IF_ANY),
        _PEOPLE,
        N_("Routes that name the post then lead to this person."),
    ),
    "leave-post": Act(
        N_("End the holding of a post"),
        N_("End it"),
        N_("The end is entered."),
        _leave_post,
        (Field("post", N_("Post"), choices=_own_posts), LAST),
        _PEOPLE,
    ),
    "grant": Act(
        N_("Give a role"),
        N_("Give the role"),
        N_("The role is given."),
        _grant,
        (
            Field("role", N_("Role"), choices=_roles, empty=N_("Choose a role")),
            Field(
                "department",
                _DEPARTMENT,
                N_("It then holds there and in all departments below."),
                needed=False,
                choices=departments,
                empty=EVERYWHERE,
            ),
        ),
        _GRANTS,
        N_("It holds from the next page on."),
    ),
    "withdraw": Act(
        N_("Take a role back"),
        N_("Take the role back"),
        N_("The role is taken back."),
        _withdraw,
        (Field("grant", N_("Role"), choices=_own_grants),),
        _GRANTS,
        N_("It ends with the next page."),
    ),
    "clear": Act(
        N_("Set the clearance"),
        N_("Set the clearance"),
        N_("The clearance is set."),
        _clear,
        (Field("grade", N_("Highest grade this person may see"), choices=_grades),),
        _GRANTS,
    ),
    "enter-circle": Act(
        N_("Let into a closed circle"),
        N_("Let in"),
        N_("The person is in the circle."),
        _enter,
        (Field("circle", N_("Closed circle"), choices=_circles, empty=N_("Choose a circle")),),
        _GRANTS,
        N_("What is marked with the circle exists for its members only."),
    ),
    "leave-circle": Act(
        N_("Take out of a closed circle"),
        N_("Take out"),
        N_("The person is out of the circle."),
        _leave_circle,
        (Field("circle", N_("Closed circle"), choices=_own_circles),),
        _GRANTS,
    ),
    "substitute": SUBSTITUTE,
    "end-substitute": END_SUBSTITUTE,
    "confirm-key": Act(
        N_("Confirm the signing key"),
        N_("Confirm the key"),
        N_("The signing key is confirmed."),
        _confirm,
        (
            Field(
                "verified",
                N_("How you checked who it is"),
                N_("For example: face to face, with an identity document."),
            ),
        ),
        _GRANTS,
        N_("After a reset the new key signs only once another administrator has checked the person."),
    ),
    "unlock": Act(
        N_("Unlock after wrong passwords"),
        N_("Unlock"),
        N_("Signing and codes are unlocked."),
        _unlock,
        (Field("why", N_("What you found out"), N_("It stands in the trail for ever.")),),
        _GRANTS,
        N_("Ask the person first whether it was them; if it was not, have the password reset."),
    ),
    "remove-second-factor": Act(
        N_("Remove the second factor"),
        N_("Remove it"),
        N_("The second factor is removed; all sessions of the person have ended."),
        _remove_factor,
        (WHY,),
        _GRANTS,
        N_("For a lost or stolen device, after you have made sure who asks. The password stays."),
        danger=True,
    ),
    "reset-password": Act(
        N_("Reset the password"),
        N_("Reset the password"),
        N_("The password is reset."),
        _reset,
        (WHY,),
        _PEOPLE,
        N_("All sessions end; the new signing key waits until the security administrator confirms it."),
        danger=True,
    ),
    "deactivate": Act(
        N_("Let this person go"),
        N_("Deactivate the account"),
        N_("The account is deactivated."),
        _deactivate,
        (WHY,),
        _PEOPLE,
        N_("Sessions, rights, places and the signing key end now. What was signed stays, with the name."),
        danger=True,
    ),
    "reactivate": Act(
        N_("Take this person back"),
        N_("Activate the account"),
        N_("The account is active again."),
        _reactivate,
        (WHY,),
        _PEOPLE,
        N_("The same account returns, with a new first password and without any rights."),
    ),
}
