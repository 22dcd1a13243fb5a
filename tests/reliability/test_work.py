"""The work that a report may take is bounded, and a run that is told to end does so."""

import pytest
from work import CASES

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_too_much_work_has_its_outcome(case, tmp_path):
    """What comes of it is what the table in docs/reliability.md says."""
    assert case.provoke(tmp_path) == case.expected
