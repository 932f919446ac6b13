"""The entries that acts on people and rights leave in the trail, as sentences (TRL-15)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from qms.kernel.labels import N_

if TYPE_CHECKING:
    from collections.abc import Mapping

SENTENCES: Final[Mapping[str, str]] = {
    "workspace:make": N_("{actor} made the workspace."),
    "workspace:found": N_("{actor} founded the organisation with its three administrators."),
    "department:add": N_("{actor} added the department {ref} under {parent}."),
    "department:move": N_("{actor} moved the department {ref} from {old_parent} to {parent}."),
    "post:add": N_("{actor} added the post {ref}."),
    "circle:add": N_("{actor} made the closed circle {ref}."),
    "circle:enter": N_("{actor} let person {person} into the closed circle {ref}."),
    "circle:leave": N_("{actor} took person {old_person} out of the closed circle {ref}."),
    "role:set": N_("{actor} set what the role {ref} allows."),
    "person:add": N_("{actor} added {ref}."),
    "person:rename": N_("{actor} changed the name of {ref}: {why}"),
    "person:deactivate": N_("{actor} deactivated the account of {ref}: {why}"),
    "person:reactivate": N_("{actor} activated the account of {ref} again: {why}"),
    "person:substitute": N_("{actor} named a substitute for {ref} from {from} to before {until}."),
    "person:substitute:end": N_("{actor} ended a substitution of {ref}."),
    "person:department:join": N_("{actor} put {ref} into the department {in} from {from}."),
    "person:department:leave": N_(
        "{actor} let {ref} leave the department {in}; first day without it: {until}."
    ),
    "person:post:hold": N_("{actor} gave {ref} the post {in} from {from}."),
    "person:post:leave": N_("{actor} ended the post {in} of {ref}; first day without it: {until}."),
    "person:role:grant": N_("{actor} gave {ref} the role {role}."),
    "person:role:withdraw": N_("{actor} took the role {old_role} back from {ref}."),
    "person:clear": N_("{actor} set the clearance of {ref} from {old_grade} to {grade}."),
    "person:key:make": N_("{actor} made a signing key of their own."),
    "person:key:confirm": N_("{actor} confirmed the signing key of {ref}."),
    "person:password:change": N_("{actor} chose a new password."),
    "person:password:reset": N_("{actor} reset the password of {ref}: {why}"),
    "person:sign-in": N_("{actor} signed in."),
    "person:sign-in:refuse": N_("A sign-in as {ref} was refused."),
    "person:sign-out": N_("{actor} signed out."),
    "person:sessions:end": N_("{actor} ended {sessions_ended} other sessions."),
    "person:recover": N_("{actor} recovered the administrator {ref} with the witnesses {witnesses}: {why}"),
    "person:factor:begin": N_("{actor} began to set up a second factor."),
    "person:factor:on": N_("{actor} switched the second factor on."),
    "person:factor:off": N_("{actor} gave the second factor up."),
    "person:factor:remove": N_("{actor} removed the second factor of {ref}: {why}"),
    "person:factor:refuse": N_("A code of the second factor of {ref} was refused."),
    "person:recovery-codes:make": N_("{actor} made new recovery codes."),
    "person:recovery-code:use": N_("{ref} used a recovery code; {left} are left."),
    "person:signing:lock": N_("Signing of {ref} was locked after {failures} wrong passwords, until {until}."),
    "person:unlock": N_("{actor} unlocked {ref}: {why}"),
    "person:reauthenticate": N_("{actor} confirmed with the password."),
    "signature:sign": N_("{actor} signed {ref} as {meaning}."),
    "signature:refuse": N_("A signature on {ref} as {meaning} was refused."),
    "operation:deny": N_("{ref} was denied an operation: {reason}."),
}
