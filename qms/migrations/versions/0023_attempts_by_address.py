"""Wrong passwords by address and time, which every sign-in counts."""

from __future__ import annotations

from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Index them: without it each sign-in reads all that were ever counted."""
    op.get_bind().exec_driver_sql(
        "CREATE INDEX ix_sign_in_attempt_address_failed_at ON sign_in_attempt (address, failed_at)"
    )
