"""How the assertions of one finding become one status: the documented way, and those of two published programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from labeler.records import Status

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Set as AbstractSet

PRESENT, ABSENT, UNCERTAIN = Status.PRESENT, Status.ABSENT, Status.UNCERTAIN


def documented(statuses: AbstractSet[Status]) -> tuple[Status, str]:
    """Return present before uncertain before absent, as the CheXpert paper (Irvin 2019) describes it.

    Parameters
    ----------
    statuses : set of Status
        At least one.

    Returns
    -------
    status : Status
    rule_id : str

    Examples
    --------
    >>> documented({Status.ABSENT, Status.UNCERTAIN})
    (<Status.UNCERTAIN: 'uncertain'>, 'documented.uncertain')
    """
    status = next(status for status in (PRESENT, UNCERTAIN, ABSENT) if status in statuses)
    return status, f"documented.{status.value}"


def chexpert_code(statuses: AbstractSet[Status]) -> tuple[Status, str]:
    """Return what the published CheXpert code does: absent together with uncertain is uncertain, present or not.

    Examples
    --------
    >>> chexpert_code({Status.ABSENT, Status.UNCERTAIN, Status.PRESENT})
    (<Status.UNCERTAIN: 'uncertain'>, 'chexpert-code.absent-and-uncertain')
    """
    if {ABSENT, UNCERTAIN} <= statuses:
        return UNCERTAIN, "chexpert-code.absent-and-uncertain"
    status, _ = documented(statuses)
    return status, f"chexpert-code.{status.value}"


def negbio(statuses: AbstractSet[Status]) -> tuple[Status, str]:
    """Return what NegBio's branch for MIMIC-CXR does: absent together with uncertain is absent, present or not.

    Examples
    --------
    >>> negbio({Status.ABSENT, Status.UNCERTAIN})
    (<Status.ABSENT: 'absent'>, 'negbio.absent-and-uncertain')
    """
    if {ABSENT, UNCERTAIN} <= statuses:
        return ABSENT, "negbio.absent-and-uncertain"
    status, _ = documented(statuses)
    return status, f"negbio.{status.value}"


POLICIES: dict[str, Callable[[AbstractSet[Status]], tuple[Status, str]]] = {
    "documented": documented,
    "chexpert-code": chexpert_code,
    "negbio": negbio,
}
