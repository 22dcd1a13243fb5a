"""Which reports a person looks at: drawn by lot whatever their order, or the doubtful first."""

import pytest

from labeler import Labeler, Report
from labeler.authoring import sample
from labeler.authoring.sample import Wanted, choose
from labeler.errors import UsageError

REPORTS = [Report(f"s{at}", "No edema.") for at in range(50000000, 50000030)]
LABELER = Labeler(sections="all")


def drawn_ids(reports, **wanted):
    """Return the identifiers of chosen reports."""
    return [study.report.id for study in choose(LABELER, reports, Wanted(**wanted))[0]]


def test_a_sample_depends_on_identifiers_and_seed_alone():
    """The order of the input does not matter; another seed draws others; a smaller sample is the first part."""
    ten = drawn_ids(REPORTS, sample=10)
    assert drawn_ids(reversed(REPORTS), sample=10) == ten
    assert drawn_ids(REPORTS, sample=10, seed=1) != ten
    assert drawn_ids(REPORTS, sample=4) == ten[:4]
    assert ten != sorted(ten)


def test_doubtful_reports_come_first():
    """Unread words and uncertain labels count; the way of drawing is recorded."""
    doubtful = [Report("1", "Zorbulous edema may be present."), Report("2", "Edema may be present.")]
    studies, drawn = choose(LABELER, [*REPORTS, *doubtful], Wanted(sample=3, doubtful=True))
    assert [study.report.id for study in studies][:2] == ["1", "2"]
    assert (drawn.how, drawn.reports, drawn.of) == ("the doubtful first", 3, 32)


def test_identifiers_are_found_as_other_tables_write_them():
    """MIMIC's s may be there or not; one that is missing is named."""
    assert drawn_ids(REPORTS, ids=["50000003"]) == ["s50000003"]
    with pytest.raises(UsageError, match="No report has the identifier 7"):
        drawn_ids(REPORTS, ids=["7", "50000003"])


def test_a_page_has_a_limit(monkeypatch):
    """Too many reports for a page are refused with what to do."""
    monkeypatch.setattr(sample, "MOST_REPORTS", 29)
    with pytest.raises(UsageError, match="draw some with --sample"):
        drawn_ids(REPORTS)
