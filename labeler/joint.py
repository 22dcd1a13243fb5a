"""Several label sets at once: a report is read once, and each set gives the labels that it gives alone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from labeler.errors import UsageError
from labeler.phrasebook.load import phrases_folder, set_folder
from labeler.phrasebook.unions import read_label_set
from labeler.pipeline import Labeler
from labeler.records import StudyLabels
from labeler.study.choices import NONE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from labeler.records import Report


class JointLabeler(Labeler):
    """A labeler for several label sets.

    The findings of the first set keep their names; those of each further set have its name before theirs, as in
    "openi95: edema". Each set labels what it labels alone, to the same result.

    Parameters
    ----------
    label_sets : sequence of str
        Names or folders of label sets, at least one and none twice.
    policies : sequence of str, optional
        Each applies to the sets that have it; "none" to all.
    **options
        Others of `Labeler`, for all sets.

    Raises
    ------
    UsageError
        If a set is given twice, or no set has a policy.

    Examples
    --------
    >>> labels = JointLabeler(["chexpert", "vindr"], sections="all").label("Old rib fracture.")
    >>> [finding for finding, status in labels.items() if status]
    ['Fracture', 'vindr: Rib fracture']
    """

    def __init__(self, label_sets: Sequence[str], *, policies: Sequence[str] | None = None, **options: Any) -> None:
        label_sets = _checked(label_sets)
        chosen = _policies_of(label_sets, policies, options.get("phrases"))
        first = Labeler(label_sets[0], policies=chosen[label_sets[0]], **options)
        others = [Labeler(name, policies=chosen[name], beside=first.source, **options) for name in label_sets[1:]]
        self._labelers = [first, *others]
        if len({labeler.name for labeler in self._labelers}) < len(label_sets):
            raise UsageError(f"label sets {', '.join(label_sets)}: two have one name; rename the folder of one")
        self._time_limit = first._time_limit  # noqa: SLF001  of the same class
        for at, labeler in enumerate(others, 1):
            for earlier in reversed(self._labelers[:at]):  # the first last: its stage serves all
                labeler.share(earlier)
        self.findings = tuple(finding for labeler in self._labelers for finding in labeler.findings)
        self.output_names = {name: column for each in self._labelers for name, column in each.output_names.items()}
        self.phrase_hash = "+".join(labeler.phrase_hash for labeler in self._labelers)
        self.name = "+".join(labeler.name for labeler in self._labelers)
        sections = "+".join(dict.fromkeys(labeler.selection for labeler in self._labelers))
        self.options = {**first.options, "label_set": self.name, "sections": sections}
        self._model = first._model  # noqa: SLF001  of the same class
        self._recipe = {
            "label_sets": tuple(label_sets),
            "policies": None if policies is None else tuple(policies),
            **options,
        }

    @property
    def attribute_columns(self) -> tuple[tuple[str, str], ...]:
        """None: attributes are read for one label set at a time."""
        return _no_attributes()

    def _label_together(self, reports: Sequence[str | Report]) -> list[StudyLabels]:
        """Label reports together; the text that sets label alike is cut into sentences once."""
        by_selection = {labeler.selection: labeler for labeler in reversed(self._labelers)}
        texts = {selection: labeler.read_texts(reports) for selection, labeler in by_selection.items()}
        by_set = [labeler.label_texts(texts[labeler.selection]) for labeler in self._labelers]
        return [self._joined(studies) for studies in zip(*by_set, strict=True)]

    def _joined(self, studies: tuple[StudyLabels, ...]) -> StudyLabels:
        labels = tuple([label for study in studies for label in study.labels])
        assertions = [assertion for study in studies for assertion in study.assertions]
        assertions.sort(key=lambda assertion: assertion.mention.start)  # stable: sets keep their order
        first = studies[0]
        characters = max(study.labelled_characters for study in studies)
        is_foreign = all(study.is_foreign for study in studies)
        ids = first.study_id, first.subject_id
        return StudyLabels(
            labels,
            tuple(assertions),
            *ids,
            characters,
            is_foreign=is_foreign,
            text=first.text,
            read_findings=_no_attributes,
        )


def _no_attributes() -> NoReturn:
    raise UsageError("Findings with their attributes are read for one label set; make a Labeler for each set.")


def _checked(label_sets: Sequence[str]) -> tuple[str, ...]:
    names = tuple(label_sets) if isinstance(label_sets, list | tuple) else ()
    if not names or not all(isinstance(name, str) and name for name in names):
        raise UsageError(f"label_sets must be a list of names or folders of label sets, not {label_sets!r}.")
    if len(set(names)) < len(names):
        raise UsageError(f"label sets {', '.join(names)}: one is given twice; give each once")
    return names


def _policies_of(
    label_sets: Sequence[str], policies: Sequence[str] | None, phrases: str | Path | None
) -> dict[str, tuple[str, ...] | None]:
    """Return which of the policies each set has; one that no set has is an error."""
    root = phrases_folder() if phrases is None else Path(phrases)
    if policies is None:
        return dict.fromkeys(label_sets)
    known = {name: read_label_set(root, set_folder(root, name)).policies for name in label_sets}
    for policy in policies:
        if policy != NONE and not any(policy in of_set for of_set in known.values()):
            there = ", ".join(sorted({each for of_set in known.values() for each in of_set})) or "none"
            raise UsageError(f"label sets {', '.join(label_sets)} have no policy {policy!r}; there are: {there}")
    return {
        name: tuple(policy for policy in policies if policy == NONE or policy in of_set) or None
        for name, of_set in known.items()
    }
