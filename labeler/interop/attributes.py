"""The attributes of each mention, in the plain values that other formats hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from labeler.records import ATTRIBUTES

if TYPE_CHECKING:
    from labeler.records import Finding, StudyLabels

Values = dict[str, list[str | float]]
"""The attributes of a finding that it has, by their names, each with at least one value."""


def values_of(finding: Finding, *, with_text: bool = True) -> Values:
    """Return the attributes that a finding has.

    Parameters
    ----------
    finding : Finding
    with_text : bool
        Whether the place of a device's tip, which is in the report's words, is among them.

    Examples
    --------
    >>> from labeler.records import Finding, Status
    >>> values_of(Finding("Lung Lesion", Status.PRESENT, side=("left",), size_mm=(7.0,)))
    {'side': ['left'], 'size_mm': [7.0]}
    """
    values: Values = {}
    for name in ATTRIBUTES:
        value = getattr(finding, name)
        if value and (with_text or name != "tip"):
            values[name] = [*value.split(";")] if isinstance(value, str) else [*value]
    return values


def attributes_of(labels: StudyLabels, *, with_text: bool = True) -> dict[int, Values]:
    """Return the attributes of each mention that asserts something, by its number among the assertions.

    Parameters
    ----------
    labels : StudyLabels
    with_text : bool
        As for `values_of`.
    """
    numbers = {id(assertion): number for number, assertion in enumerate(labels.assertions)}
    return {
        numbers[id(assertion)]: values
        for finding in labels.findings
        for values in [values_of(finding, with_text=with_text)]
        for assertion in finding.assertions
    }
