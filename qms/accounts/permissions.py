"""The one table of permissions and the shipped roles; pure, written into a workspace at its founding."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

from qms.kernel.labels import N_


class Reach(Enum):
    """How far a permission goes when its role is granted for one department."""

    DEPARTMENT = "department"  # that department and all below it
    OWN = "own"  # it concerns the person's own things, so the department does not matter
    WHOLE = "whole"  # it cannot be divided: a grant for one department does not give it


@dataclass(frozen=True, slots=True)
class Permission:
    """A right to do one thing, tagged `slice:verb`, with its name for people."""

    code: str
    name: str
    reach: Reach


@dataclass(frozen=True, slots=True)
class ShippedRole:
    """A role every workspace starts with; `administrator` roles exclude each other (MLP-04)."""

    code: str
    name: str
    permissions: tuple[str, ...]
    oversees: bool = False
    administrator: bool = False


PERMISSIONS: Final = {
    permission.code: permission
    for permission in (
        Permission("documents:read", N_("Read documents"), Reach.DEPARTMENT),
        Permission("documents:draft", N_("Draft documents"), Reach.DEPARTMENT),
        Permission("documents:submit", N_("Submit drafts for review"), Reach.DEPARTMENT),
        Permission("documents:review", N_("Review documents"), Reach.DEPARTMENT),
        Permission("documents:approve", N_("Approve documents"), Reach.DEPARTMENT),
        Permission("documents:release", N_("Release documents"), Reach.DEPARTMENT),
        Permission("documents:withdraw", N_("Withdraw documents"), Reach.DEPARTMENT),
        Permission("documents:control", N_("Control originals and the master list"), Reach.DEPARTMENT),
        Permission("documents:comment", N_("Comment on drafts"), Reach.DEPARTMENT),
        Permission("documents:acknowledge", N_("Acknowledge reading"), Reach.OWN),
        Permission("actions:read", N_("See actions"), Reach.DEPARTMENT),
        Permission("actions:open", N_("Open actions"), Reach.DEPARTMENT),
        Permission("actions:manage", N_("Close and cancel actions"), Reach.DEPARTMENT),
        Permission("parties:read", N_("See parties"), Reach.DEPARTMENT),
        Permission("parties:manage", N_("Manage parties"), Reach.DEPARTMENT),
        Permission("competence:read", N_("See the competence of a department"), Reach.DEPARTMENT),
        Permission("competence:manage", N_("Record and verify competence"), Reach.DEPARTMENT),
        Permission("competence:define", N_("Say which competence posts need"), Reach.WHOLE),
        Permission("evidence:request", N_("Request evidence"), Reach.DEPARTMENT),
        Permission("evidence:approve", N_("Approve requests for evidence"), Reach.DEPARTMENT),
        Permission("evidence:build", N_("Build evidence bundles"), Reach.DEPARTMENT),
        Permission("trail:read", N_("Read the trail"), Reach.WHOLE),
        Permission("trail:verify", N_("Verify the trail and set checkpoints"), Reach.WHOLE),
        Permission("trail:erase", N_("Erase personal values from the trail"), Reach.WHOLE),
        Permission("trail:restart", N_("Let the trail go on after a restore"), Reach.WHOLE),
        Permission("people:manage", N_("Manage people, departments and posts"), Reach.WHOLE),
        Permission("grants:manage", N_("Manage roles, grants, clearance and circles"), Reach.WHOLE),
        Permission("settings:manage", N_("Manage settings"), Reach.WHOLE),
        Permission("jobs:read", N_("See background jobs"), Reach.WHOLE),
        Permission("jobs:manage", N_("Retry background jobs"), Reach.WHOLE),
        Permission("search:find", N_("Search"), Reach.OWN),
        Permission("search:rebuild", N_("Rebuild the search index"), Reach.WHOLE),
        Permission("standards:import", N_("Import editions of standards"), Reach.WHOLE),
        Permission("records:file", N_("File records"), Reach.DEPARTMENT),
        Permission("records:read", N_("Read all records of a department"), Reach.DEPARTMENT),
        Permission("records:amend", N_("Amend filed records"), Reach.DEPARTMENT),
        Permission("records:cancel", N_("Cancel filed records"), Reach.DEPARTMENT),
        Permission("records:erase", N_("Erase what is sealed in records"), Reach.DEPARTMENT),
        Permission("retention:manage", N_("Hold records and propose their disposal"), Reach.WHOLE),
        Permission("retention:approve", N_("Approve the disposal of records"), Reach.WHOLE),
        Permission("tasks:own", N_("See one's own tasks"), Reach.OWN),
        Permission("tasks:oversee", N_("See the open tasks of a department"), Reach.DEPARTMENT),
    )
}

_READ: Final = (
    "documents:read",
    "documents:acknowledge",
    "actions:read",
    "records:file",
    "search:find",
    "tasks:own",
    "parties:read",
)
_WORK: Final = (*_READ, "actions:open")
_KEEP: Final = ("records:read", "records:amend", "records:cancel")
_ADMINISTER: Final = ("tasks:own",)

ROLES: Final = {
    role.code: role
    for role in (
        ShippedRole("reader", N_("Reader"), _READ),
        ShippedRole(
            "author",
            N_("Author"),
            (*_WORK, "documents:draft", "documents:submit", "documents:comment"),
        ),
        ShippedRole("reviewer", N_("Reviewer"), (*_WORK, "documents:review", "documents:comment")),
        ShippedRole("approver", N_("Approver"), (*_WORK, "documents:approve", "documents:comment")),
        ShippedRole(
            "document-controller",
            N_("Document controller"),
            (
                *_WORK,
                "documents:draft",
                "documents:submit",
                "documents:comment",
                "documents:release",
                "documents:withdraw",
                "documents:control",
                "retention:manage",
                "evidence:request",
                "evidence:build",
                "standards:import",
                "jobs:read",
                "tasks:oversee",
            ),
            oversees=True,
        ),
        ShippedRole(
            "quality-manager",
            N_("Quality manager"),
            (
                *_WORK,
                "actions:manage",
                "competence:read",
                "competence:manage",
                "competence:define",
                "documents:draft",
                "documents:submit",
                "documents:comment",
                "documents:review",
                "documents:approve",
                "documents:release",
                "documents:withdraw",
                "parties:manage",
                *_KEEP,
                "records:erase",
                "retention:manage",
                "retention:approve",
                "evidence:request",
                "evidence:approve",
                "evidence:build",
                "standards:import",
                "trail:read",
                "trail:verify",
                "jobs:read",
                "tasks:oversee",
            ),
            oversees=True,
        ),
        ShippedRole(
            "department-head",
            N_("Department head"),
            (
                *_WORK,
                "actions:manage",
                "competence:read",
                "competence:manage",
                "documents:draft",
                "documents:submit",
                "documents:comment",
                "documents:review",
                "documents:approve",
                "parties:manage",
                *_KEEP,
                "evidence:request",
                "evidence:approve",
                "tasks:oversee",
            ),
        ),
        ShippedRole(
            "auditor",
            N_("Auditor"),
            (*_READ, "competence:read", "records:read", "evidence:request", "trail:read"),
            oversees=True,
        ),
        ShippedRole(
            "system-administrator",
            N_("System administrator"),
            (
                *_ADMINISTER,
                "people:manage",
                "settings:manage",
                "jobs:read",
                "jobs:manage",
                "search:rebuild",
            ),
            administrator=True,
        ),
        ShippedRole(
            "security-administrator",
            N_("Security administrator"),
            (*_ADMINISTER, "grants:manage"),
            administrator=True,
        ),
        ShippedRole(
            "audit-administrator",
            N_("Audit administrator"),
            (*_ADMINISTER, "trail:read", "trail:verify", "trail:erase", "trail:restart"),
            administrator=True,
        ),
    )
}

ADMINISTRATORS: Final = tuple(code for code, role in ROLES.items() if role.administrator)


_SHARED: Final = {each for role in ROLES.values() if not role.administrator for each in role.permissions}
RESERVED: Final = frozenset(
    each for role in ROLES.values() if role.administrator for each in role.permissions if each not in _SHARED
)
"""What only the three administrators may, each their own part: no other role is given any of it (MLP-04)."""


def covered(permission: str, granted: frozenset[str] | None) -> frozenset[str] | None:
    """The departments in which a permission holds, from a role granted for these (None: all).

    An indivisible permission from a grant for one department holds nowhere: the empty set.
    """
    if granted is None:
        return None
    reach = PERMISSIONS[permission].reach
    if reach is Reach.OWN:
        return None
    return granted if reach is Reach.DEPARTMENT else frozenset()


def joined(one: frozenset[str] | None, other: frozenset[str] | None) -> frozenset[str] | None:
    """Both coverages together; None is everywhere."""
    return None if one is None or other is None else one | other


def combined(
    grants: list[tuple[tuple[str, ...], frozenset[str] | None]],
) -> dict[str, frozenset[str] | None]:
    """What several granted roles allow together, each with the departments it was granted for."""
    result: dict[str, frozenset[str] | None] = {}
    for permissions, departments in grants:
        for permission in permissions:
            where = covered(permission, departments)
            if where is not None and not where:
                continue
            result[permission] = joined(result.get(permission, frozenset()), where)
    return result
