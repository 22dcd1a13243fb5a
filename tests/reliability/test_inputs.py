"""Input as archives bring it, at sizes that take a moment; `report.py` tries it at full size."""

import pytest
from case import Case
from inputs import cases
from report import AS_EXPECTED, NOT_TRIED, PAGE, counts, limits, lost, modules, rows_of

SCALE = 0.002


@pytest.mark.slow
@pytest.mark.parametrize("case", cases(SCALE), ids=lambda case: case.id)
def test_an_input_has_its_outcome(case, tmp_path):
    """What comes of an input is what the table in docs/reliability.md says."""
    assert case.provoke(tmp_path) == case.expected


def test_sizes_change_nothing_but_sizes():
    """A case of the table is the same at any size."""
    assert [(case.id, case.what, case.expected) for case in cases(SCALE)] == [
        (case.id, case.what, case.expected) for case in cases()
    ]


@pytest.mark.parametrize(("name", "module"), modules().items(), ids=modules())
def test_the_page_has_every_case_as_expected(name, module):
    """Docs/reliability.md has a row of every case, from a run in which nothing differed."""
    rows = rows_of(PAGE.read_text(encoding="utf-8"), name)
    assert [tuple(row[:3]) for row in rows] == [(case.id, case.what, case.expected) for case in module.CASES]
    assert all(row[3].startswith((AS_EXPECTED, NOT_TRIED)) for row in rows)


def test_the_page_has_the_limits_of_the_code():
    """A limit that is changed is written again."""
    assert f"<!-- table: limits -->\n{limits()}\n<!-- end -->" in PAGE.read_text(encoding="utf-8")


def test_the_page_has_the_counts_of_its_tables():
    """No report is lost, and none is told where it should not be."""
    page = PAGE.read_text(encoding="utf-8")
    assert f"<!-- table: counts -->\n{counts(page)}\n<!-- end -->" in page
    assert counts(page).endswith("| 0 | 0 |")


def test_a_report_that_is_neither_labelled_nor_failed_is_lost():
    """The counts of the page come from the outcomes."""
    case = Case("a", "a fault", "2 labelled, 1 failed (not-text); exit 1", str)
    assert lost(case, case.expected) == 0
    assert lost(case, "1 labelled, 1 failed (not-text); exit 1") == 1
    assert lost(case, "crash: ValueError") == 3
    assert lost(Case("b", "a fault", "rows lost 0", str), "exit 1, rows lost 7") == 7
