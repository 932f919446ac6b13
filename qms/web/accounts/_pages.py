"""The one blueprint of signing in, one's own page and the people."""

from __future__ import annotations

from typing import Final

from flask import Blueprint

pages: Final = Blueprint("accounts", __name__)
