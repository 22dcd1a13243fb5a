"""What a hospital's format says of a label beside its status: who gave it, and the finding's codes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from labeler.phrasebook.schema import FindingFile
from labeler.phrasebook.yaml_files import read_model, yaml_paths

if TYPE_CHECKING:
    from collections.abc import Mapping

    from labeler.pipeline import Labeler


@dataclass(frozen=True, slots=True)
class Origin:
    """What made the labels of a run.

    Parameters
    ----------
    label_set : str
    system : str
        The labeler with its version and the hash of its phrases.
    codes : dict of str to dict of str to str
        The codes of each finding that has some, by their systems.
    """

    label_set: str
    system: str
    codes: dict[str, dict[str, str]]

    @classmethod
    def of(cls, labeler: Labeler, made_with: Mapping[str, str]) -> Origin:
        """Return what made the labels of a labeler.

        Parameters
        ----------
        labeler : Labeler
        made_with : mapping of str to str
            Its version as "labeler", and the hash of the phrases as "phrases".

        Examples
        --------
        >>> from labeler import Labeler
        >>> origin = Origin.of(Labeler("thorax"), {"labeler": "0.1.0", "phrases": "c0ffee"})
        >>> origin.system, origin.codes["Atelectasis"]
        ('cxr-labeler 0.1.0, phrases c0ffee', {'oifm': 'OIFM_OIDM_041735', 'umls': 'C0004144'})
        """
        files = [read_model(path, FindingFile) for path in yaml_paths(labeler.source / "findings")]
        system = f"cxr-labeler {made_with['labeler']}, phrases {made_with['phrases']}"
        return cls(labeler.name, system, {file.finding: file.codes for file in files if file.codes})
