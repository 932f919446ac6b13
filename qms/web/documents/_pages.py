"""The one blueprint of the library and the document page."""

from __future__ import annotations

from typing import Final

from flask import Blueprint

pages: Final = Blueprint("documents", __name__)
