"""Tests that share a costly house are given to one test process (`xdist_group`)."""

from __future__ import annotations

import os

import pytest

pytestmark = pytest.mark.xdist_group("groups")


@pytest.mark.skipif("PYTEST_XDIST_WORKER" not in os.environ, reason="one process runs all tests")
def test_a_group_stays_together(request: pytest.FixtureRequest) -> None:
    """The name of the group is part of the test's name, by which the tests are given out."""
    assert request.node.nodeid.endswith("@groups")
