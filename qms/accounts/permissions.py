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
        Permission("tasks:own", N_("See one's own tasks"), Reach.OWN),
        Permission("tasks:oversee", N_("See the open tasks of a department"), Reach.DEPARTMENT),
    )
}

_READ: Final = ("documents:read", "documents:acknowledge", "search:find", "tasks:own")
_ADMINISTER: Final = ("tasks:own",)

ROLES: Final = {
    role.code: role
    for role in (
        ShippedRole("reader", N_("Reader"), _READ),
        ShippedRole(
            "author",
            N_("Author"),
            (*_READ, "documents:draft", "documents:submit", "documents:comment"),
        ),
        ShippedRole("reviewer", N_("Reviewer"), (*_READ, "documents:review", "documents:comment")),
        ShippedRole("approver", N_("Approver"), (*_READ, "documents:approve", "documents:comment")),
        ShippedRole(
            "document-controller",
            N_("Document controller"),
            (
                *_READ,
                "documents:draft",
                "documents:submit",
                "documents:comment",
                "documents:release",
                "documents:withdraw",
                "documents:control",
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
                *_READ,
                "documents:draft",
                "documents:submit",
                "documents:comment",
                "documents:review",
                "documents:approve",
                "documents:release",
                "documents:withdraw",
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
                *_READ,
                "documents:draft",
                "documents:submit",
                "documents:comment",
                "documents:review",
                "documents:approve",
                "evidence:request",
                "evidence:approve",
                "tasks:oversee",
            ),
        ),
        ShippedRole("auditor", N_("Auditor"), (*_READ, "evidence:request", "trail:read"), oversees=True),
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
