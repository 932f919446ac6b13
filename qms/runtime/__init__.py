"""Puts the parts together once; knows no web framework and no command line."""

from qms.runtime import alarms, logs, scrub, startup, wording
from qms.runtime.backup import BackupReport, backup, backup_keys
from qms.runtime.drill import Drilled, DrillFailed, drill
from qms.runtime.making import make, schema, upgrade
from qms.runtime.parts import (
    KEEPER,
    METADATA,
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
from qms.runtime.readiness import Check, Condition, Readiness, beat, free_bytes, last_beat, readiness
from qms.runtime.restarting import refuse_closed, restart_trail
from qms.runtime.restore import restore
from qms.runtime.sealing import is_sealed
from qms.runtime.sight import hidden, jobs_told, told, whole
from qms.runtime.site import Exported, Readers, export_site

__all__ = [
    "KEEPER",
    "METADATA",
    "AlreadyAWorkspace",
    "BackupReport",
    "Check",
    "Condition",
    "DatabaseUnreachable",
    "DrillFailed",
    "Drilled",
    "Exported",
    "NotAWorkspace",
    "Readers",
    "Readiness",
    "Runtime",
    "SchemaBehind",
    "SchemaUnknown",
    "SimulatedClockRefused",
    "Visitor",
    "alarms",
    "append_to_trail",
    "backup",
    "backup_keys",
    "beat",
    "build",
    "drill",
    "every_permission",
    "export_site",
    "free_bytes",
    "hidden",
    "is_sealed",
    "is_workspace",
    "jobs_told",
    "last_beat",
    "logs",
    "make",
    "ports",
    "readiness",
    "refuse_closed",
    "register",
    "restart_trail",
    "restore",
    "schema",
    "scrub",
    "sentences",
    "startup",
    "told",
    "upgrade",
    "whole",
    "wording",
]
