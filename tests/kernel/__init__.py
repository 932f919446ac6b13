"""Tests of qms/kernel."""
