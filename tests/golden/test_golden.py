"""Whole reports in different styles, with the records of every stage pinned.

A record that differs shows which stage reads the report in another way than before. Where that is meant, regenerate.py
writes the records anew, and the difference is read before it is committed.
"""

import pytest
import yaml
from regenerate import REPORTS, golden, records

STAGES = ("sections", "chosen", "sentences", "mentions", "assertions", "labels", "labels_mimic", "findings")


@pytest.fixture(scope="module", params=REPORTS, ids=lambda path: path.stem)
def report(request):
    """Return a report's text, its records as they are now, and as they are pinned."""
    text = request.param.read_text("utf-8")
    return text, records(text), yaml.safe_load(golden(request.param).read_text("utf-8"))


@pytest.mark.parametrize("stage", STAGES)
def test_stage_gives_the_records_that_are_pinned(report, stage):
    """Every record of the stage is as it was when the report was last read by eye."""
    _, now, pinned = report
    assert now[stage] == pinned[stage]


def test_every_stage_is_pinned(report):
    """A stage that is left out would be tested by nothing."""
    _, now, pinned = report
    assert tuple(now) == tuple(pinned) == STAGES


def test_offsets_lead_back_to_the_report(report):
    """The words of sentences, mentions and cues stand in the report where they are said to stand."""
    text, _, pinned = report
    for record in [*pinned["sentences"], *pinned["mentions"]]:
        assert text[record["start"] : record["end"]] == record["text"]
    for record in pinned["assertions"]:
        if record["cue"] is not None:
            assert text.startswith(record["cue"], record["cue_at"])


def test_every_report_has_its_records_and_every_record_its_report():
    """A report without records, or records whose report is gone, would stand unnoticed."""
    assert len(REPORTS) == 8
    assert [golden(path) for path in REPORTS] == sorted(golden(REPORTS[0]).parent.iterdir())
