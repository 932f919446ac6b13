"""The one blueprint of records."""

from __future__ import annotations

from typing import Final

from flask import Blueprint

pages: Final = Blueprint("records", __name__)
