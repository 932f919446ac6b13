"""A small organisation for tests, made by the real operations."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from qms import accounts
from qms.accounts import secrets
from qms.accounts.models import Credential
from qms.accounts.operations.founding import _write_roles
from qms.kernel.ports import Rights

if TYPE_CHECKING:
    from qms.kernel.work import Work

PASSWORD = "a sentence nobody guesses"  # noqa: S105 - of people who exist in tests alone
OTHER = "an entirely other sentence"
DEPARTMENTS = {"centre": None, "credit": "centre", "outlet-east": "credit", "risk": "centre"}
POSTS = {"general-manager": "centre", "credit-head": "credit", "risk-head": "risk", "reviewer": None}


def organisation(work: Work) -> None:
    """Departments, posts and the shipped roles; nobody yet."""
    _write_roles(work)
    for code, parent in DEPARTMENTS.items():
        accounts.add_department(work, code, {"en": code, "zh-Hans": code}, parent)
    for code, home in POSTS.items():
        head = home is not None
        names = {"zh-Hans": f"{code} 岗", "en": code.replace("-", " ").title()}
        accounts.add_post(work, code, names, department_code=home, is_head=head)


def person(
    work: Work,
    login: str,
    *,
    department: str | None = None,
    post: str | None = None,
    role: str | None = None,
    email: str | None = None,
    language: str | None = None,
) -> int:
    """Somebody enrolled, placed and granted; their first password is still unchanged."""
    row, _ = accounts.add_person(work, login, login.title(), email=email, language=language)
    if department is not None:
        accounts.join(work, row.id, department, work.today)
    if post is not None:
        accounts.hold_post(work, row.id, post, work.today)
    if role is not None:
        accounts.grant(work, row.id, role)
    return row.id


def signer(work: Work, login: str, **more: str) -> int:
    """Somebody who has chosen PASSWORD as their own, and so can sign."""
    row, first = accounts.add_person(work, login, login.title())
    as_person(work, row.id)
    accounts.change_password(work, first, PASSWORD)
    as_service(work)
    if "department" in more:
        accounts.join(work, row.id, more["department"], work.today)
    if "post" in more:
        accounts.hold_post(work, row.id, more["post"], work.today)
    return row.id


_HASHED = secrets.hashed(PASSWORD)


def known(work: Work, login: str) -> int:
    """Somebody who signs in with PASSWORD and has no key to sign with: cheaper than a signer."""
    row, _ = accounts.add_person(work, login, login.title())
    credential = work.session.get_one(Credential, row.id)
    credential.hashed, credential.must_change = _HASHED, False
    work.session.flush()
    return row.id


def as_person(work: Work, person_id: int) -> None:
    """Act as this person with their own rights."""
    work.actor = accounts.actor_of(work.session, person_id)
    work.rights = accounts.rights_of(work.session, person_id, work.today)


def as_service(work: Work, rights: Rights | None = None) -> None:
    """Act as the set-up service again."""
    work.actor = replace(work.actor, id="service:test", name="test service", person_id=None)
    work.rights = rights or Rights(permissions=dict.fromkeys(accounts.PERMISSIONS))
