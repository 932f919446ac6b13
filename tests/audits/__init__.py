"""Audits and findings."""
