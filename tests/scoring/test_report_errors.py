"""The report score falls with every error, and with their number."""

import random

from scipy.stats import kendalltau

from labeler import report_score
from labeler.scoring.report_score import wide_labeler

SENTENCES = (
    ("Small right pleural effusion.", "Small left pleural effusion.", "Large right pleural effusion."),
    ("Moderate pulmonary edema, worse.", "Mild pulmonary edema, worse.", "Moderate pulmonary edema, improved."),
    ("Left lower lobe consolidation.", "Right lower lobe consolidation.", "Left upper lobe consolidation."),
    ("Moderate cardiomegaly, unchanged.", "Heart size is normal.", "Severe cardiomegaly, increased."),
    ("New right apical pneumothorax.", "New left apical pneumothorax.", "Right apical pneumothorax, smaller."),
    ("Bibasilar atelectasis is unchanged.", "Left basilar atelectasis, new.", "No atelectasis."),
    ("Endotracheal tube ends 4 cm above the carina.", "Endotracheal tube ends in the right main bronchus.", ""),
    ("An 8 mm nodule in the right upper lobe.", "A 30 mm nodule in the right upper lobe.", "No nodule."),
)
"""What a reference says, and the same with an error, in two ways; each sentence of a finding of its own."""
INVENTED = (
    "Left rib fractures.",
    "Bilateral hilar lymphadenopathy.",
    "Free air under the diaphragm.",
    "Right PICC ends in the axillary vein.",
    "Mild scoliosis.",
)
REFERENCE = " ".join(first for first, *_ in SENTENCES)


def with_errors(places, kinds):
    """Return the reference with an error at each place: beyond the sentences, an invented finding."""
    said = [first for first, *_ in SENTENCES]
    for place, kind in zip(places, kinds, strict=True):
        if place < len(SENTENCES):
            said[place] = (*SENTENCES[place][1:], "")[kind]
        else:
            said.append(INVENTED[place - len(SENTENCES)])
    return " ".join(filter(None, said))


def chains():
    """Return candidates with 0 to 5 errors, each with one error more than the one before it."""
    draw = random.Random(16)  # noqa: S311 - the same candidates every time
    for _ in range(40):
        places = draw.sample(range(len(SENTENCES) + len(INVENTED)), 5)
        kinds = [draw.randrange(3) for _ in places]
        yield [with_errors(places[:number], kinds[:number]) for number in range(6)]


def test_every_error_costs_and_their_number_decides():
    """One error more never raises the score, and scores rank candidates as the number of their errors does."""
    candidates = list(chains())
    together = [candidate for chain in candidates for candidate in chain]
    scores = report_score([REFERENCE] * len(together), together, labeler=wide_labeler(sections="all"))
    values = [score.value for score in scores]
    for start in range(0, len(values), 6):
        assert values[start] == 1
        assert sorted(values[start : start + 6], reverse=True) == values[start : start + 6]
        assert len(set(values[start : start + 6])) == 6
    tau = kendalltau([number for _ in candidates for number in range(6)], values).statistic
    assert tau < -0.8
