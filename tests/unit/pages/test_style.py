"""The colours of the pages can be told from their grounds, as WCAG 2 asks at level AA."""

import re
from itertools import product
from pathlib import Path

import pytest

import labeler.pages

STYLE = (Path(labeler.pages.__file__).parent / "page.css").read_text(encoding="utf-8")
COLOURS = dict(re.findall(r"--([\w-]+): #([0-9a-f]+)", STYLE))
INKS = sorted(name for name in COLOURS if not name.endswith("-back"))
LEAST = 4.5


def luminance(colour):
    """Return the relative luminance of a colour."""
    pairs = [colour[at : at + 2] for at in (0, 2, 4)] if len(colour) == 6 else [digit * 2 for digit in colour]
    parts = [int(pair, 16) / 255 for pair in pairs]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize(
    ("ink", "ground"),
    [
        *((name, f"{name}-back") for name in INKS),
        *product(INKS, ["ink-back"]),
        *product(["ink"], [f"{name}-back" for name in INKS]),
        *product(["present", "absent", "uncertain"], ["lit-back"]),
    ],
)
def test_text_has_the_contrast_of_level_aa(ink, ground):
    """Every status on its own ground, on the page, and under the light of a label."""
    lighter, darker = sorted((luminance(COLOURS[name]) for name in (ink, ground)), reverse=True)
    assert (lighter + 0.05) / (darker + 0.05) >= LEAST


def test_every_status_has_a_line_of_its_own():
    """Statuses can be told without colour."""
    statuses = ("present", "absent", "uncertain", "unasserted")
    lines = [re.search(rf"mark\.{status}[^{{]*{{[^}}]*border-bottom: 3px (\w+)", STYLE)[1] for status in statuses]
    assert len(set(lines)) == len(statuses)
