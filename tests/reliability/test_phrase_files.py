"""A folder of phrase files from a stranger is refused, quickly and by name, or does no harm."""

import pytest
from click.testing import CliRunner
from phrase_files import CASES, FILES, FINDING, files, link_to, write

from labeler.cli.app import main
from labeler.errors import PhraseFileError
from labeler.phrasebook.load import load_phrasebook

BY_OPTION = {"set-outside", "profile-outside", "profile-of-set-outside"}
"""Cases in which an option leads to the fault, not the folder by itself."""


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_hostile_folder_is_refused_with_place_and_remedy(case, tmp_path):
    """The message says where and what to do, and nothing else comes of it."""
    assert case.provoke(tmp_path) == case.expected
    assert not (tmp_path / "owned").exists()


@pytest.mark.parametrize("case", [case for case in CASES if case.id not in BY_OPTION], ids=lambda case: case.id)
def test_hostile_folder_is_told_by_the_check_as_well(case, tmp_path):
    """`labeler phrases check` tells the same fault as an error and goes on to its end."""
    case.provoke(tmp_path)
    result = CliRunner().invoke(main, ["phrases", "check", str(tmp_path)])
    assert result.exit_code == 1
    told = result.stdout.replace(f"{tmp_path}/", "").replace(str(tmp_path), "the folder").replace(": error: ", ": ")
    assert case.expected in told


def test_set_that_stands_elsewhere_is_screened_as_well(tmp_path):
    """A label set of one's own, with the rules that come with the labeler, is looked over before it is read."""
    write(tmp_path, FILES)
    link_to("tiny/findings/x.yaml", "/dev/zero")(tmp_path)
    with pytest.raises(
        PhraseFileError, match=r"x\.yaml: a link that leads out of the folder; put the file itself there"
    ):
        load_phrasebook(str(tmp_path / "tiny"))


def test_cases_have_each_an_id_of_their_own():
    """The table names each case once."""
    assert len({case.id for case in CASES}) == len(CASES)


def test_folder_without_a_fault_loads(tmp_path):
    """The folder that the cases break is good, to the check as well."""
    assert files(tmp_path, {}) == "loaded"
    assert files(tmp_path, {}, profile="mine") == "loaded"
    assert CliRunner().invoke(main, ["phrases", "check", str(tmp_path)]).output == "0 errors, 0 warnings\n"


def test_link_that_stays_in_the_folder_is_a_file_like_others(tmp_path):
    """What is refused is where a link leads, not the link."""
    write(tmp_path, FILES)
    (tmp_path / "shared.txt").write_text(FILES[FINDING])
    (tmp_path / FINDING).unlink()
    link_to(FINDING, "../../shared.txt")(tmp_path)
    assert files(tmp_path, {}) == "loaded"
