"""PostgreSQL databases of a test's own: empty ones and copies, dropped at its end."""

from __future__ import annotations

import uuid
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError

from tests.conftest import SERVER, skip_or_fail

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def fresh_postgresql(template: str = "template1") -> Iterator[str]:
    """The URL of a database made for the test, empty or a copy of another; skips where there is no server."""
    server = create_engine(SERVER, isolation_level="AUTOCOMMIT")
    name = f"qms_test_{uuid.uuid4().hex[:16]}"
    try:
        with server.connect() as connection:
            connection.execute(text(f'CREATE DATABASE "{name}" TEMPLATE "{template}"'))
    except OperationalError as fault:
        server.dispose()
        skip_or_fail(f"no PostgreSQL at {SERVER}: {fault.orig}")
    try:
        yield make_url(SERVER).set(database=name).render_as_string(hide_password=False)
    finally:
        with server.connect() as connection:
            connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
        server.dispose()
