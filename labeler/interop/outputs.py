"""The outputs of a run that hospitals' systems read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from labeler.interop.codes import Origin
from labeler.interop.fhir import fhir_format
from labeler.interop.omop import omop_format
from labeler.io.outputs import Output

if TYPE_CHECKING:
    from collections.abc import Mapping

    from labeler.pipeline import Labeler


def hospital_outputs(
    labeler: Labeler, made_with: Mapping[str, str], *, fhir: str | None, omop: str | None, with_text: bool
) -> list[Output]:
    """Return the outputs that are asked for.

    Parameters
    ----------
    labeler : Labeler
    made_with : mapping of str to str
        Its version as "labeler", its model, and the hash of the phrases as "phrases".
    fhir, omop : str, optional
        Paths of the files; see `labeler.interop.fhir` and `labeler.interop.omop`.
    with_text : bool
        Whether words of the reports may be in them.

    Raises
    ------
    UsageError
        If the ending of a path is unknown.
    """
    origin = Origin.of(labeler, made_with)
    outputs = []
    if fhir is not None:
        outputs.append(Output(fhir, *fhir_format(fhir, origin, with_text=with_text)))
    if omop is not None:
        outputs.append(Output(omop, *omop_format(omop, origin, made_with, with_text=with_text)))
    return outputs
