"""Runs the migrations on the connection that `qms.migrations.upgrade` opened."""

from __future__ import annotations

from alembic import context

from qms.runtime import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    compare_type=True,
    render_as_batch=False,
    transactional_ddl=True,
)
context.run_migrations()
