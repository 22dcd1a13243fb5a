"""Equal reports, phrases and model give equal bytes; `pythons.py` shows it for several versions of Python."""

import shutil
import sys
from pathlib import Path

import pytest
from pythons import SETTINGS, run

pytestmark = pytest.mark.slow

TESTS = Path(__file__).parents[1]


def test_hash_seed_locale_time_zone_and_workers_change_no_byte(tmp_path):
    """Labels and evidence of the example and golden reports are the same in any surroundings."""
    for name in ("examples/reports", "tests/golden/reports"):
        shutil.copytree(TESTS.parent / name, tmp_path / name)
    surroundings = [(0, 1), (2, 2)]
    assert len({tuple(SETTINGS[number].values()) for number, _ in surroundings}) == 2
    outcomes = [run(sys.executable, str(tmp_path), number, workers=workers)[1] for number, workers in surroundings]
    assert outcomes[0] == outcomes[1]
