"""Corrective actions."""
