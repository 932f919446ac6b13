"""The founded workspace and the browsers of the page tests."""

from tests.web.conftest import (
    app,
    browser,
    postgresql_server,
    runtime,
    sqlite_template,
    start,
    stranger,
)

__all__ = ["app", "browser", "postgresql_server", "runtime", "sqlite_template", "start", "stranger"]
