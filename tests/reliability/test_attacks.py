"""What is newest holds under attack."""

import attacks
import calls
import pytest


@pytest.mark.parametrize("case", [*attacks.CASES, *calls.CASES], ids=lambda case: case.id)
def test_attack_has_its_outcome(case, tmp_path):
    """What comes of it is what the table in docs/reliability.md says."""
    assert case.provoke(tmp_path) == case.expected
