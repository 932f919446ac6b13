"""What forbids something with a register, one class a fact."""

from __future__ import annotations

from qms.kernel.errors import Conflict, Forbidden, Missing


class NoSuchRegister(Missing):
    """The register does not exist, or not for this person."""

    message = "There is no register {number} that you may see."


class NoSuchView(Missing):
    """The saved view does not exist, or is neither the person's nor their department's."""

    message = "There is no saved view of this number."


class NoSuchExport(Missing):
    """The export does not exist, or somebody else asked for it."""

    message = "There is no export of this number."


class ViewUnnamed(Conflict):
    """A saved view is found by its name."""

    message = "Give the view a name of at most {most} characters."


class NotYourDepartment(Forbidden):
    """A view is shared with a department of one's own."""

    message = "A view can be shared with a department of your own only."


class PersonNeeded(Forbidden):
    """Views and exports are somebody's."""

    message = "Only a person keeps views and asks for exports."


class MayNotRebuild(Forbidden):
    """Rebuilding writes what everybody sees, so it needs the right to control documents."""

    message = "You may not rebuild the register {number}."


class ExportNotReady(Conflict):
    """The file is still being made, or could not be made."""

    message = "This export is not ready yet."


class NotPublished(Missing):
    """Only a register that declares so is published daily."""

    message = "The register {number} is not published."
