"""What the schema itself refuses: the triggers of the trail, as text for `create_all` and migrations.

They are a fence, not evidence: a database administrator can take them down. What was altered behind
them is found by `verify` (TRL-13).
"""

from __future__ import annotations

from typing import Final

APPEND_ONLY: Final = ("trail_entry", "trail_checkpoint", "trail_stamp")

_SQLITE_REFUSE: Final = """
CREATE TRIGGER {table}_refuse_{verb} BEFORE {VERB} ON {table}
BEGIN SELECT RAISE(ABORT, '{table} keeps its rows'); END
"""

_SQLITE_ENTRY: Final = """
CREATE TRIGGER trail_entry_follow BEFORE INSERT ON trail_entry
WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM trail_entry)
  OR NEW.prev IS NOT coalesce((SELECT hash FROM trail_entry WHERE seq = NEW.seq - 1), '{genesis}')
  OR EXISTS (SELECT 1 FROM trail_entry WHERE hash = NEW.hash)
BEGIN SELECT RAISE(ABORT, 'trail_entry follows the last one'); END
"""

_SQLITE_HEAD: Final = """
CREATE TRIGGER trail_head_forward BEFORE UPDATE ON trail_head
WHEN NEW.seq <= OLD.seq OR NEW.id IS NOT OLD.id
BEGIN SELECT RAISE(ABORT, 'trail_head only moves forward'); END
"""

_SQLITE_PERSONAL: Final = """
CREATE TRIGGER trail_personal_erase BEFORE UPDATE ON trail_personal
WHEN NEW.value IS NOT NULL OR NEW.salt IS NOT NULL
  OR NEW.id IS NOT OLD.id OR NEW.seq IS NOT OLD.seq OR NEW.name IS NOT OLD.name
BEGIN SELECT RAISE(ABORT, 'trail_personal can only be erased'); END
"""

_SQLITE_KEEP: Final = """
CREATE TRIGGER {table}_keep BEFORE INSERT ON {table}
WHEN EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, '{table} keeps its rows'); END
"""

_FUNCTIONS: Final = {
    "trail_refuse": """
RAISE integrity_constraint_violation USING MESSAGE = TG_TABLE_NAME || ' keeps its rows';""",
    "trail_follow": """
IF NEW.seq IS DISTINCT FROM (SELECT coalesce(max(seq), 0) + 1 FROM trail_entry)
  OR NEW.prev IS DISTINCT FROM
     coalesce((SELECT hash FROM trail_entry WHERE seq = NEW.seq - 1), '{genesis}') THEN
  RAISE integrity_constraint_violation USING MESSAGE = 'trail_entry follows the last one';
END IF;
RETURN NEW;""",
    "trail_forward": """
IF NEW.seq <= OLD.seq OR NEW.id IS DISTINCT FROM OLD.id THEN
  RAISE integrity_constraint_violation USING MESSAGE = 'trail_head only moves forward';
END IF;
RETURN NEW;""",
    "trail_erase": """
IF NEW.value IS NOT NULL OR NEW.salt IS NOT NULL OR NEW.id IS DISTINCT FROM OLD.id
  OR NEW.seq IS DISTINCT FROM OLD.seq OR NEW.name IS DISTINCT FROM OLD.name THEN
  RAISE integrity_constraint_violation USING MESSAGE = 'trail_personal can only be erased';
END IF;
RETURN NEW;""",
}

_GENESIS: Final = "0" * 64


def _sqlite() -> dict[str, list[str]]:
    keep = {
        table: [
            _SQLITE_REFUSE.format(table=table, verb=verb, VERB=verb.upper()) for verb in ("update", "delete")
        ]
        for table in APPEND_ONLY
    }
    gone = {
        table: [_SQLITE_REFUSE.format(table=table, verb="delete", VERB="DELETE")]
        for table in ("trail_head", "trail_personal")
    }
    return {
        "trail_entry": [*keep["trail_entry"], _SQLITE_ENTRY.format(genesis=_GENESIS)],
        "trail_checkpoint": [*keep["trail_checkpoint"], _SQLITE_KEEP.format(table="trail_checkpoint")],
        "trail_stamp": [*keep["trail_stamp"], _SQLITE_KEEP.format(table="trail_stamp")],
        "trail_head": [*gone["trail_head"], _SQLITE_HEAD, _SQLITE_KEEP.format(table="trail_head")],
        "trail_personal": [
            *gone["trail_personal"],
            _SQLITE_PERSONAL,
            _SQLITE_KEEP.format(table="trail_personal"),
        ],
    }


def _function(name: str) -> str:
    body = _FUNCTIONS[name].replace("{genesis}", _GENESIS)
    return f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} END $$"


def _trigger(table: str, name: str, when: str, function: str) -> str:
    return f"CREATE TRIGGER {table}_{name} {when} ON {table} {function}"


def _postgresql() -> dict[str, list[str]]:
    row, all_rows = "FOR EACH ROW EXECUTE FUNCTION", "FOR EACH STATEMENT EXECUTE FUNCTION"
    made: dict[str, list[str]] = {}
    for table in (*APPEND_ONLY, "trail_head", "trail_personal"):
        verbs = "UPDATE OR DELETE" if table in APPEND_ONLY else "DELETE"
        made[table] = [
            _function("trail_refuse"),
            _trigger(table, "refuse", f"BEFORE {verbs}", f"{row} trail_refuse()"),
            _trigger(table, "refuse_truncate", "BEFORE TRUNCATE", f"{all_rows} trail_refuse()"),
        ]
    for table, verb, name in (
        ("trail_entry", "INSERT", "follow"),
        ("trail_head", "UPDATE", "forward"),
        ("trail_personal", "UPDATE", "erase"),
    ):
        made[table] += [
            _function(f"trail_{name}"),
            _trigger(table, name, f"BEFORE {verb}", f"{row} trail_{name}()"),
        ]
    return made


FENCES: Final = {"sqlite": _sqlite(), "postgresql": _postgresql()}
FIRST_HEAD: Final = f"INSERT INTO trail_head (id, seq, hash) VALUES (1, 0, '{_GENESIS}')"  # noqa: S608 - constants


def statements(dialect: str, table: str) -> list[str]:
    """What follows `CREATE TABLE` for a table of the trail: its first row and its triggers, in order."""
    first = [FIRST_HEAD] if table == "trail_head" else []
    return [*first, *(text.strip() for text in FENCES[dialect][table])]
