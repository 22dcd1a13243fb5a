"""The outputs that a run of `labeler label` is asked for."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from labeler.errors import UsageError
from labeler.terminal import is_terminal

if TYPE_CHECKING:
    from labeler.io.outputs import Output
    from labeler.io.write import Form, Layout
    from labeler.pipeline import Labeler


@dataclass(frozen=True, slots=True)
class Wanted:
    """The outputs that the options ask for."""

    output: str | None
    evidence: str | None
    findings: str | None
    doubts: str | None
    fhir: str | None
    omop: str | None
    with_text: bool
    attributes: bool
    columns: Form
    resume: bool
    manifest: bool

    @property
    def is_shown(self) -> bool:
        """Whether the table is shown on a terminal, for a person to look at."""
        is_plain = self.columns == "mimic" and not self.attributes
        return self.output is None and is_plain and is_terminal(sys.stdout)

    @property
    def is_file(self) -> bool:
        """Whether the table is written to a file."""
        return self.output not in {None, "-"}

    @property
    def failures(self) -> str | None:
        """The file of what could not be labelled, beside the output."""
        from labeler.io.outputs import failures_path

        return failures_path(self.output) if self.output and self.is_file else None

    @property
    def beside(self) -> list[str]:
        """The files that stand beside the output, or must not."""
        from labeler.io.manifest import manifest_path
        from labeler.io.outputs import without_text_path

        if not (self.output and self.failures):
            return []
        return [self.failures, without_text_path(self.output), manifest_path(self.output)]

    @property
    def detailed(self) -> dict[str, str | None]:
        """The outputs that have the findings with their attributes, by their options."""
        return {"--findings": self.findings, "--fhir": self.fhir, "--omop": self.omop}

    def check(self) -> None:
        """Check that what is asked for goes together.

        Raises
        ------
        UsageError
            If an option needs another that is not given.
        """
        if self.with_text and self.fhir is None and self.omop is None:
            raise UsageError("--with-text is for --fhir and --omop; give one of them.")
        asked = {"--resume": self.resume, "--manifest": self.manifest, "--doubts": self.doubts, **self.detailed}
        for option, is_given in asked.items():
            if is_given and not self.is_file:
                raise UsageError(f"{option} needs a file; name it with --output.")

    def outputs(self, layout: Layout, labeler: Labeler, made_with: dict[str, str]) -> list[Output]:
        """Return the outputs, the table first."""
        from labeler.io.doubts import doubts_format
        from labeler.io.evidence import evidence_format
        from labeler.io.findings import findings_format
        from labeler.io.outputs import Output, without_text_output
        from labeler.io.write import CellLines, table_format

        path = self.output or "-"
        outputs = [
            Output(path, CellLines(layout)) if self.is_shown else Output(path, *table_format(path, layout, made_with))
        ]
        if self.evidence is not None:
            outputs.append(Output(self.evidence, *evidence_format(self.evidence, made_with)))
        if self.is_file:
            outputs.append(without_text_output(path, layout))
        if self.findings is not None:
            outputs.append(
                Output(self.findings, *findings_format(self.findings, made_with, whole_ids=layout.whole_ids))
            )
        if self.doubts is not None:
            outputs.append(Output(self.doubts, *doubts_format(self.doubts)))
        if self.fhir is not None or self.omop is not None:
            from labeler.interop.outputs import hospital_outputs

            outputs += hospital_outputs(labeler, made_with, fhir=self.fhir, omop=self.omop, with_text=self.with_text)
        return outputs
