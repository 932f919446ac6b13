"""Puts the parts together once; knows no web framework and no command line."""

from qms.runtime.backup import BackupReport, backup, backup_keys
from qms.runtime.making import make, schema, upgrade
from qms.runtime.parts import (
    KEEPER,
    METADATA,
    MODELS,
    AlreadyAWorkspace,
    DatabaseUnreachable,
    NotAWorkspace,
    Runtime,
    SchemaBehind,
    SchemaUnknown,
    SimulatedClockRefused,
    Visitor,
    append_to_trail,
    build,
    every_permission,
    is_workspace,
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
    "DatabaseUnreachable",
    "NotAWorkspace",
    "Runtime",
    "SchemaBehind",
    "SchemaUnknown",
    "SimulatedClockRefused",
    "Visitor",
    "append_to_trail",
    "backup",
    "backup_keys",
    "build",
    "every_permission",
    "is_workspace",
    "make",
    "ports",
    "register",
    "restore",
    "schema",
    "sentences",
    "upgrade",
]
