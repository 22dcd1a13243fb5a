"""How several statuses of one finding become one, in each of the three ways."""

import pytest

from labeler.records import Status
from labeler.study.policy import POLICIES

A, U, P = Status.ABSENT, Status.UNCERTAIN, Status.PRESENT
BY_CONFLICT = {
    "documented": {(A, U): U, (A, U, P): P},
    "chexpert-code": {(A, U): U, (A, U, P): U},
    "negbio": {(A, U): A, (A, U, P): A},
}


@pytest.mark.parametrize("name", POLICIES)
@pytest.mark.parametrize(("statuses", "expected"), [((A,), A), ((U,), U), ((P,), P), ((A, P), P), ((U, P), P)], ids=str)
def test_present_is_before_uncertain_is_before_absent(name, statuses, expected):
    """All three ways agree where absent and uncertain don't meet."""
    assert POLICIES[name](set(statuses))[0] is expected


@pytest.mark.parametrize(
    ("name", "statuses", "expected"), [(n, s, e) for n, table in BY_CONFLICT.items() for s, e in table.items()], ids=str
)
def test_absent_and_uncertain_meet_in_three_ways(name, statuses, expected):
    """The paper, the published code of CheXpert, and NegBio differ in this alone."""
    assert POLICIES[name](set(statuses))[0] is expected


@pytest.mark.parametrize("name", POLICIES)
def test_rule_names_its_way(name):
    """The rule of a label says which aggregation gave it, and which status or conflict."""
    assert POLICIES[name]({P})[1] == f"{name}.present"
    assert POLICIES[name]({A, U})[1] == (
        f"{name}.absent-and-uncertain" if name != "documented" else f"{name}.uncertain"
    )
