"""Puts the parts together once; knows no web framework and no command line."""

from qms.runtime.backup import BackupReport, backup, backup_keys
from qms.runtime.making import make, schema, upgrade
from qms.runtime.parts import (
    KEEPER,
    METADATA,
    MODELS,
    AlreadyAWorkspace,
    NotAWorkspace,
    Runtime,
    SchemaBehind,
    SimulatedClockRefused,
    Visitor,
    append_to_trail,
    build,
    every_permission,
    ports,
    register,
    sentences,
)
from qms.runtime.restore import restore

__all__ = [
    "KEEPER",
    "METADATA",
    "MODELS",
    "AlreadyAWorkspace",
    "BackupReport",
    "NotAWorkspace",
    "Runtime",
    "SchemaBehind",
    "SimulatedClockRefused",
    "Visitor",
    "append_to_trail",
    "backup",
    "backup_keys",
    "build",
    "every_permission",
    "make",
    "ports",
    "register",
    "restore",
    "schema",
    "sentences",
    "upgrade",
]
