"""What happens where phrases overlap."""

from labeler.mentions.hits import PhraseHit, keep_longest


def hit(start, end, finding="Edema", role="finding", phrase_id="a"):
    """Return a hit of a phrase."""
    return PhraseHit(finding, start, end, phrase_id, role)


def test_longest_of_overlapping_hits_stands():
    """The longer phrase says more of what is meant."""
    assert keep_longest([hit(0, 4), hit(2, 9), hit(8, 10)]) == [hit(2, 9)]


def test_hits_that_only_touch_both_stand():
    """Half-open extents that share an end don't overlap."""
    assert keep_longest([hit(4, 8), hit(0, 4)]) == [hit(0, 4), hit(4, 8)]


def test_findings_do_not_compete():
    """A long phrase of one finding leaves a short one of another where it is."""
    hits = [hit(0, 9), hit(2, 4, finding="Fracture")]
    assert keep_longest(hits) == hits


def test_phrase_that_is_no_mention_wins_at_equal_length():
    """What is said to be no mention can't be one in the same words."""
    assert keep_longest([hit(0, 4), hit(0, 4, role="not")]) == [hit(0, 4, role="not")]


def test_longer_mention_outlives_a_shorter_phrase_that_is_none():
    """A phrase that is no mention removes only what it is at least as long as."""
    assert keep_longest([hit(0, 9), hit(0, 4, role="not")]) == [hit(0, 9)]


def test_first_of_equal_hits_stands():
    """Of equally long hits the earlier one stands, then the one whose id comes first."""
    assert keep_longest([hit(2, 6), hit(0, 4)]) == [hit(0, 4)]
    assert keep_longest([hit(0, 4, phrase_id="b"), hit(0, 4, phrase_id="a")]) == [hit(0, 4)]


def test_order_of_hits_does_not_matter():
    """The result is in the order of the text, however the hits come."""
    hits = [hit(0, 4), hit(2, 9), hit(12, 14, finding="Fracture"), hit(11, 15)]
    assert keep_longest(reversed(hits)) == keep_longest(hits)


def test_nothing_gives_nothing():
    """A sentence without phrases has no hits."""
    assert keep_longest([]) == []


def test_what_is_kept_is_compared_with_its_neighbours_only():
    """The work grows with the number of hits: ten thousand of one finding take a moment."""
    hits = [hit(at, at + 3) for at in range(0, 100_000, 5)] + [hit(at, at + 2) for at in range(1, 100_000, 5)]
    assert keep_longest(hits) == hits[:20_000]
