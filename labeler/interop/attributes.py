"""The attributes of each mention, in the plain values that other formats hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from labeler.records import ATTRIBUTES

if TYPE_CHECKING:
    from labeler.records import Finding, StudyLabels

Values = dict[str, list[str | float]]
"""The attributes of a finding that it has, by their names, each with at least one value."""


def values_of(finding: Finding) -> Values:
    """Return the attributes that a finding has.

    Parameters
    ----------
    finding : Finding

    Examples
    --------
    >>> from labeler.records import Finding, Status
    >>> values_of(Finding("Lung Lesion", Status.PRESENT, side=("left",), size_mm=(7.0,)))
    {'side': ['left'], 'size_mm': [7.0]}
    """
    values = {name: getattr(finding, name) for name in ATTRIBUTES}
    return {name: [value] if isinstance(value, str) else list(value) for name, value in values.items() if value}


def attributes_of(labels: StudyLabels) -> dict[int, Values]:
    """Return the attributes of each mention that asserts something, by its number among the assertions.

    Parameters
    ----------
    labels : StudyLabels
    """
    numbers = {id(assertion): number for number, assertion in enumerate(labels.assertions)}
    return {
        numbers[id(assertion)]: values
        for finding in labels.findings
        for values in [values_of(finding)]
        for assertion in finding.assertions
    }
