"""What is tried and refused is journalled at both edges, since none can forget to (TRL-16, law 10)."""

from __future__ import annotations

import ast
from typing import Final

from qms import accounts, trail
from qms.kernel.errors import Forbidden
from qms.kernel.ports import Actor
from tests.house.reading import called_name, modules

OPENS_KEYS: Final = {
    "qms/accounts/operations/signing.py": "it is where signing is",
    "qms/cli/session.py": "inside `journalled`",
    "qms/cli/demo/cast.py": "the people of the demonstration, whose passwords are right",
    "qms/web/signing.py": "inside `trying`, or the handler of the application",
}
PROVES: Final = {
    "qms/cli/session.py": "inside `journalled`",
    "qms/http/entering.py": "its callers take up what is refused",
    "qms/accounts/operations/sign_in.py": "it is where signing in is",
}

ACTS: Final = {
    "qms/cli/doctor.py": "the keeper notes that he checked",
    "qms/cli/guarding.py": "inside `journalled`, for whom no second factor is asked yet",
    "qms/cli/people.py": "inside `journalled`, for whose password must change",
    "qms/cli/starter.py": "the keeper founds a workspace",
}


def _callers(name: str) -> set[str]:
    return {
        path
        for path, tree in modules().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and called_name(node) == name
    }


def test_keys_are_opened_where_failures_are_journalled() -> None:
    """A page or command that opened a key by itself could lose a wrong password."""
    assert _callers("open_key") - {"qms/accounts/operations/factor.py"} == set(OPENS_KEYS)


def test_passwords_are_checked_where_failures_are_journalled() -> None:
    """The same of signing in."""
    assert {
        path for path in _callers("check_password") if path.startswith(("qms/cli", "qms/http", "qms/web"))
    } <= set(PROVES)


def test_commands_act_through_the_session() -> None:
    """No command opens an act of a person by itself: `Session.writing` journals what is denied."""
    strays = {
        path
        for path, tree in modules().items()
        if path.startswith("qms/cli/") and path != "qms/cli/session.py" and "/demo/" not in path
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "writing"
        and "works" in ast.unparse(node.func.value)
    }
    assert strays <= set(ACTS), strays


def test_every_kind_of_refusal_has_its_entry() -> None:
    """Failed sign-in, failed signing and denial give an entry of their own, which the filter finds."""
    actor = Actor("person:7", "一位文控员", 7)
    refusals = (
        accounts.SignInRefused(account="x" * 64, address="terminal", person_id=None),
        accounts.SigningRefused(person_id=7, ref="document:CP-12", meaning="approved"),
        *(
            kind()
            for kind in Forbidden.__subclasses__()
            if kind.message.count("{") == 0 and "__init__" not in vars(kind)
        ),
    )
    assert len(refusals) > 6
    for refusal in refusals:
        change = accounts.refusal_change(refusal, actor)
        assert change is not None, refusal
        assert change.action in trail.REFUSALS, refusal
