"""The verbs of records: begin, save, file, act, send back, amend, cancel."""

from qms.records.operations.amending import amend
from qms.records.operations.drafting import (
    Ready,
    add_file,
    begin,
    discard,
    form_in_force,
    ready_file,
    remove_file,
    save,
    save_step,
)
from qms.records.operations.ending import cancel
from qms.records.operations.erasing import destroy_erased, dispose, erase
from qms.records.operations.filing import submit
from qms.records.operations.importing import MOST, Heading, headings, import_table, template
from qms.records.operations.stepping import accept, act, give_back, go_on, hold

__all__ = [
    "MOST",
    "Heading",
    "Ready",
    "accept",
    "act",
    "add_file",
    "amend",
    "begin",
    "cancel",
    "destroy_erased",
    "discard",
    "dispose",
    "erase",
    "form_in_force",
    "give_back",
    "go_on",
    "headings",
    "hold",
    "import_table",
    "ready_file",
    "remove_file",
    "save",
    "save_step",
    "submit",
    "template",
]
