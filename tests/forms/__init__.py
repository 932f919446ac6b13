"""Tests of qms/forms."""
