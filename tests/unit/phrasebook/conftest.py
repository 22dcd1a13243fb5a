"""A folder of phrase files as small as one can be, for tests to break."""

import pytest

from labeler.phrasebook.schema import ScopeFile

SCOPE = {"stops": "but", "list-verbs": "seen", "openers": "small"}
KINDS = [name.replace("_", "-") for name in ScopeFile.model_fields if name != "meaning"]
FILES = {
    "tiny/label_set.yaml": """\
name: tiny
meaning: Two observations.
findings:
  - No Finding
  - Pleural Effusion
no_finding:
  name: No Finding
""",
    "tiny/findings/effusion.yaml": """\
finding: Pleural Effusion
meaning: Fluid in the pleural space.
mentions:
  - id: effusion
    meaning: The word itself.
    phrases:
      - "pleural effusion{,s}"
      - effusion
cases:
  - "Small <present>effusion</present>."
""",
    "assertion/rules/negation.yaml": """\
meaning: Said not to be there.
cues:
  - id: negation.no
    meaning: Negated before it.
    tier: negation
    status: absent
    side: before
    phrases:
      - no
      - without
    cases:
      - "No <absent>effusion</absent>."
""",
    "assertion/order.yaml": """\
tiers:
  - id: negation
    meaning: What is said not to be there.
""",
    "assertion/scope.yaml": "meaning: The words that bound the scope of a cue.\n"
    + "".join(f"{kind}: [{SCOPE.get(kind, 'x')}]\n" for kind in KINDS),
}


class Folder:
    """A folder of phrase files in which single pieces of text can be replaced."""

    def __init__(self, path):
        self.path = path
        for name, text in FILES.items():
            self.write(name, text)

    def write(self, name, text):
        """Write a file, of text or of bytes."""
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    def replace(self, name, old, new):
        """Replace a piece of a file that stands in it once."""
        text = (self.path / name).read_text("utf-8")
        assert text.count(old) == 1
        return self.write(name, text.replace(old, new))


@pytest.fixture
def folder(tmp_path):
    """Return a folder whose files are as they must be."""
    return Folder(tmp_path)
