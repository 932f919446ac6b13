"""The web application: `gunicorn 'qms.app:create_app()'`."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import Flask
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from qms import runtime as parts
from qms.http import guard, headers, health, junk, limits, log, metrics, refusals, session
from qms.web import BLUEPRINTS, places
from qms.web.filters import FILTERS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flask import Blueprint

    from qms.kernel.settings import Settings
    from qms.runtime import Runtime

_WEB = Path(__file__).parent / "web"
_MEGABYTE = 1 << 20


def create_app(runtime: Runtime | None = None, blueprints: Iterable[Blueprint] = BLUEPRINTS) -> Flask:
    """Build the application over a workspace; without one, over the folder `QMS_HOME` names."""
    runtime = runtime or _served()
    app = Flask(
        "qms",
        template_folder=str(_WEB / "templates"),
        static_folder=str(_WEB / "static"),
        static_url_path="/static",
    )
    settings = runtime.settings
    app.secret_key = runtime.web_secret()
    if settings.proxy_hops:
        hops = settings.proxy_hops
        proxied = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=0, x_prefix=0)
        app.wsgi_app = proxied  # type: ignore[method-assign]  # the documented way to wrap it
    app.config.update(
        SESSION_COOKIE_NAME="__Host-qms-form",
        SESSION_COOKIE_SECURE=True,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=timedelta(hours=settings.session_hours),
        SESSION_IDLE_MINUTES=settings.session_idle_minutes,
        WTF_CSRF_SSL_STRICT=False,  # the page behind a proxy is asked over http; SameSite and Origin stay
        WTF_CSRF_TIME_LIMIT=settings.session_hours * 3600,
        MAX_CONTENT_LENGTH=16 * _MEGABYTE,
        MAX_FORM_MEMORY_SIZE=4 * _MEGABYTE,
        MAX_FORM_PARTS=1000,
        TRUSTED_HOSTS=trusted_hosts(settings),
        TEMPLATES_AUTO_RELOAD=False,
    )
    app.jinja_options = {"autoescape": True}
    app.jinja_env.filters.update(FILTERS)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.extensions["qms"] = runtime
    app.extensions["qms-places"] = places
    CSRFProtect(app)
    limits.limiter.init_app(app)
    for part in (metrics, log, headers, junk, session, guard, refusals, health):
        part.attach(app)
    for blueprint in (health.pages, metrics.pages, *blueprints):
        app.register_blueprint(blueprint)
    return app


def _served() -> Runtime:
    """The workspace of a process that serves nothing else, which logs for it."""
    made = parts.build(Path(os.environ.get("QMS_HOME", ".")).resolve())
    parts.logs.set_up(made.settings)
    made.assure()
    return made


def trusted_hosts(settings: Settings) -> list[str]:
    """The names under which the pages may be asked for: those set, and that of `public_url` (SEC-24)."""
    named = {host.strip() for host in settings.trusted_hosts.split(",") if host.strip()}
    public = urlsplit(settings.public_url).hostname
    return sorted(named | ({public} if public else set()))
