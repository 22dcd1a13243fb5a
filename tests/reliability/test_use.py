"""Wrong use is told in plain words, and nothing that is shown does harm."""

import pytest
from use import CASES


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_use_has_its_outcome(case, tmp_path):
    """What comes of it is what the table in docs/reliability.md says."""
    assert case.provoke(tmp_path) == case.expected
