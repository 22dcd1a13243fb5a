"""Work over processes."""

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import count, islice
from pathlib import Path

import pytest

from labeler.errors import LabelerError, UsageError
from labeler.parallel import Lost, count_workers, label_in_processes, map_in_processes
from labeler.records import Label, Report, Status, StudyLabels


def work(reports):
    """Answer with the identifiers; a report may say that the process is to die, always or while it is not alone."""
    for report in reports:
        if report.text == "die" or (report.text == "die in company" and len(reports) > 1):
            os.kill(os.getpid(), signal.SIGKILL)
        if report.text == "raise":
            raise ZeroDivisionError
    return [(report.id, os.getpid()) for report in reports]


class NeverStarts:
    """A task that cannot be made in a worker."""

    def __reduce__(self):
        return os._exit, (1,)


class Labels:
    """A labeler that says in which process a report was labelled."""

    def label_batch(self, reports, **_options):
        """Label each report present."""
        if "die" in [report.text for report in reports]:
            os._exit(1)
        label = Label("Edema", Status.PRESENT, "rule")
        return [StudyLabels((label,), (), report.id, str(os.getpid())) for report in reports]


def batches(*texts_of_batches):
    """Make batches of reports with the batch's number as its context and numbered identifiers."""
    number = count()
    for context, texts in enumerate(texts_of_batches):
        yield tuple(Report(str(next(number)), text) for text in texts), context


def answers_of(*texts_of_batches, workers=2, on_death=None):
    """Return the contexts, and the identifiers answered or lost, of batches that were worked on."""
    answered = list(map_in_processes(work, batches(*texts_of_batches), workers=workers, on_death=on_death))
    flat = [
        f"lost {answer.report.id}" if isinstance(answer, Lost) else answer[0]
        for _, answers in answered
        for answer in answers
    ]
    assert [context for context, _ in answered] == list(range(len(texts_of_batches)))
    return flat


@pytest.mark.parametrize("workers", [1, 2])
def test_answers_come_in_the_order_of_the_batches(workers):
    """Each batch has its answer, in order, from processes other than this one."""
    answered = list(map_in_processes(work, batches(*["ab"] * 23), workers=workers))
    assert [context for context, _ in answered] == list(range(23))
    assert [name for _, answers in answered for name, _ in answers] == [str(number) for number in range(46)]
    processes = {process for _, answers in answered for _, process in answers}
    assert len(processes) <= workers
    assert os.getpid() not in processes


def test_batches_are_read_only_as_far_ahead_as_needed():
    """An endless input is worked on as it comes."""
    read = []
    endless = (((Report(str(number), ""),), read.append(number)) for number in count())
    answered = map_in_processes(work, endless, workers=1)
    assert read == []
    assert [name for _, [(name, _)] in islice(answered, 3)] == ["0", "1", "2"]
    assert len(read) <= 8
    answered.close()


def test_no_batch_gives_no_answer():
    """An empty input ends at once."""
    assert answers_of() == []


def test_a_report_that_kills_its_worker_is_lost_alone():
    """All others are answered, in order; what the worker may have held is reported before it is tried again."""
    held = []
    texts = [["a", "b"], ["c", "die", "e"], ["f"], *[["g"]] * 20]
    assert answers_of(*texts, on_death=held.append) == [
        "0", "1", "2", "lost 3", "4", *(str(number) for number in range(5, 26)),
    ]  # fmt: skip
    assert "3" in [report.id for report in held[0]]
    assert len(held) == 1


def test_reports_tried_again_share_a_worker_until_it_dies():
    """A death costs a few starts of a worker, however many reports were held."""
    texts = [*"a" * 20, "die", *"b" * 20]
    ((_, answers),) = map_in_processes(work, batches(texts), workers=1, on_death=lambda _held: None)
    lost = [answer for answer in answers if isinstance(answer, Lost)]
    answered = [answer for answer in answers if not isinstance(answer, Lost)]
    assert [lone.report.id for lone in lost] == ["20"]
    assert [name for name, _ in answered] == [str(n) for n in range(41) if n != 20]
    assert len({process for _, process in answered}) == 2


def test_a_worker_that_dies_once_loses_nothing(caplog):
    """What a worker could not do in company is done alone; the warning counts the reports and has no text."""
    assert answers_of(["a", "die in company"], ["c"], workers=1) == ["0", "1", "2"]
    (record,) = caplog.records
    assert record.getMessage() == "A worker process died; the 3 reports that it may have held are tried again alone."


def test_workers_that_cannot_start_are_an_error():
    """Starting again and again would help nothing."""
    with pytest.raises(LabelerError, match="Worker processes cannot start"):
        list(map_in_processes(NeverStarts(), batches(["a"]), workers=2, on_death=print))


def test_an_error_in_a_worker_comes_back():
    """What the task raises is raised where the answer is awaited."""
    with pytest.raises(ZeroDivisionError):
        answers_of(["raise"])


@pytest.mark.parametrize(("workers", "chunk"), [(0, 1), (1, 0), (-1, 1)])
def test_there_is_at_least_one_worker(workers, chunk):
    """A number below 1 is an error at the call, not at the first label."""
    with pytest.raises(UsageError, match="must be 1 or more"):
        label_in_processes(Labels(), [], workers=workers, chunk=chunk)


def test_labels_come_in_the_order_of_the_reports():
    """Texts without identifiers and reports alike give one row of labels each."""
    reports = ["", *(Report(str(number), "") for number in range(22))]
    labels = list(label_in_processes(Labels(), reports, workers=2, chunk=2))
    assert [study.study_id for study in labels] == ["", *(str(number) for number in range(22))]
    assert labels[0]["Edema"] is Status.PRESENT
    assert str(os.getpid()) not in {study.subject_id for study in labels}


def test_a_report_that_kills_its_labeler_is_named():
    """Who iterates over labels gets those before it, then an error with its identifier and without its text."""
    labels = label_in_processes(Labels(), [Report("s1", "a"), Report("s2", "die")], workers=1)
    assert next(labels).study_id == "s1"
    with pytest.raises(LabelerError, match="died twice of report s2"):
        next(labels)


@pytest.mark.parametrize(
    ("asked", "expected", "workers"), [(3, 1, 3), (None, 0, 1), (None, 3999, 1), (None, 10**7, 8), (None, None, 8)]
)
def test_workers_are_counted_by_cores_and_work(monkeypatch, asked, expected, workers):
    """What is asked for holds; else the cores that may be used, unless the work is too small to share."""
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)), raising=False)
    assert count_workers(asked, expected) == workers


def _start_workers(path):
    answered = map_in_processes(_say_process, batches(*[[str(path)]] * 10**6), workers=2)
    next(answered)
    os.kill(os.getpid(), signal.SIGKILL)


def _say_process(reports):
    with Path(reports[0].text).open("a") as file:
        file.write(f"{os.getpid()}\n")
    return []


def test_workers_end_with_a_parent_that_is_killed(tmp_path):
    """No worker waits forever for work that never comes."""
    with ProcessPoolExecutor(1) as pool, pytest.raises(BrokenProcessPool):
        pool.submit(_start_workers, tmp_path / "processes").result()
    processes = {int(line) for line in (tmp_path / "processes").read_text().split()}
    assert processes
    for _ in range(6000):
        if not any(map(_runs, processes)):
            return
        time.sleep(0.02)
    pytest.fail("a worker still runs two minutes after its parent was killed")


def _runs(process):
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_unguarded_script_is_told_in_a_sentence(tmp_path):
    """The workers that run it again end without pages of their own."""
    script = tmp_path / "script.py"
    script.write_text("from labeler import Labeler\nlist(Labeler().label_many(['No edema.'] * 5, workers=2))\n")
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "a script must guard its own work with `if __name__ ==" in done.stderr.splitlines()[-1]
    assert len(done.stderr.splitlines()) < 30
    assert "bootstrapping" not in done.stderr


def test_workers_are_as_many_as_the_bytes_of_a_table_are_worth(tmp_path, monkeypatch):
    """Each takes a second to start; where nothing tells how much there is, every core has one."""
    monkeypatch.setattr("os.sched_getaffinity", lambda _: range(4), raising=False)
    small, large, packed = tmp_path / "small.csv", tmp_path / "large.csv", tmp_path / "large.csv.gz"
    small.write_bytes(b"x" * 1_000_000)
    large.write_bytes(b"x" * 3_200_000)
    packed.write_bytes(b"x" * 800_000)
    assert [count_workers(None, None, map(str, given)) for given in ([small], [large], [packed])] == [1, 2, 2]
    assert count_workers(None, None, map(str, [small, large, large])) == 4
    assert [count_workers(None, None, [str(given)]) for given in (tmp_path, tmp_path / "none.csv", "-")] == [4, 4, 4]
    assert [count_workers(None, expected, [str(small)]) for expected in (5999, 6000, 10**6)] == [1, 2, 4]
    assert count_workers(3, None, [str(small)]) == 3
