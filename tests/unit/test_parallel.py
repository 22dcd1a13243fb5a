"""Labelling over processes."""

import os
from functools import partial
from itertools import count, islice

import pytest

from labeler.errors import LabelerError, UsageError
from labeler.parallel import map_in_processes
from labeler.records import Label, Report, Status, StudyLabels


class Worker:
    """Labels each report present, with the prefix that it was built with in the study's id."""

    def __init__(self, prefix):
        self.prefix = prefix

    def label_many(self, reports):
        """Labels reports; one that says so ends the process or raises."""
        for report in reports:
            if report.text == "die":
                os._exit(1)
            if report.text == "raise":
                raise ZeroDivisionError
            yield StudyLabels((Label("Edema", Status.PRESENT, "rule"),), (), self.prefix + report.id, str(os.getpid()))


@pytest.mark.parametrize("workers", [1, 2])
def test_labels_come_in_the_order_of_the_reports(workers):
    """Order and number of the labels are those of the reports, from processes other than this one."""
    reports = [Report(str(number), "") for number in range(23)]
    labels = list(map_in_processes(partial(Worker, "s"), reports, workers=workers, chunk=2))
    assert [study.study_id for study in labels] == [f"s{number}" for number in range(23)]
    assert labels[0]["Edema"] is Status.PRESENT
    assert str(os.getpid()) not in {study.subject_id for study in labels}


def test_reports_are_read_only_as_far_ahead_as_needed():
    """An endless input is labelled as it comes."""
    read = []
    reports = (Report(str(number), read.append(number) or "") for number in count())
    labels = map_in_processes(partial(Worker, ""), reports, workers=1, chunk=2)
    assert read == []
    assert [study.study_id for study in islice(labels, 3)] == ["0", "1", "2"]
    assert len(read) <= 12
    labels.close()


def test_no_report_gives_no_labels():
    """An empty input ends at once."""
    assert list(map_in_processes(partial(Worker, ""), [], workers=2)) == []


def test_a_worker_that_dies_is_an_error():
    """A process that is killed is told, not waited for."""
    with pytest.raises(LabelerError, match="A worker process died"):
        list(map_in_processes(partial(Worker, ""), [Report("1", "die")], workers=1))


def test_an_error_in_a_worker_comes_back():
    """What labelling raises is raised where the labels are awaited."""
    with pytest.raises(ZeroDivisionError):
        list(map_in_processes(partial(Worker, ""), [Report("1", "raise")], workers=1))


@pytest.mark.parametrize(("workers", "chunk"), [(0, 1), (1, 0), (-1, 1)])
def test_there_is_at_least_one_worker(workers, chunk):
    """A number below 1 is an error at the call, not at the first label."""
    with pytest.raises(UsageError, match="must be 1 or more"):
        map_in_processes(partial(Worker, ""), [], workers=workers, chunk=chunk)
