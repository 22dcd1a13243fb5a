"""Faults during a run: nothing is lost, no half file carries its name, and --resume continues the run."""

import pytest
from faults import CASES

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_a_fault_has_its_outcome(case, tmp_path):
    """What comes of a fault is what the table in docs/reliability.md says."""
    assert case.provoke(tmp_path) == case.expected
