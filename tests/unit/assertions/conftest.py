"""A handful of rules of their own, so that the machinery is tested apart from the rules that are shipped."""

from types import SimpleNamespace

import pytest

from labeler.assertions.verdict import Target
from labeler.authoring.cases import parse_case
from labeler.phrasebook.schema import AssertionFile, OrderFile, ScopeFile
from labeler.text.plain import plain

SCOPE = ScopeFile.model_validate(
    {
        "meaning": "m",
        "stops": ("{;,but,with,which,.}",),
        "attachments": ("with",),
        "joins": (",", "and", ":"),
        "alternatives": ("{or,nor}",),
        "verbs": ("{is,are,has,shows}",),
        "list-verbs": ("{seen,present}",),
        "openers": ("{stable,small,the}",),
        "places": ("{over,in}",),
        "predicate-words": ("{otherwise,now}",),
        "parts": ("{lungs,hila}",),
        "summaries": ("{process,disease}",),
        "closers": ("{.,;}",),
        "separators": ("{|,;}",),
    }
)
ORDER = OrderFile.model_validate(
    {"tiers": [{"id": tier, "meaning": "m"} for tier in ("exclusion", "change", "negation", "hedge", "normal")]}
)


def cue(rule_id, tier, status, side, *phrases, **more):
    """Return a rule of cue phrases."""
    return {"id": rule_id, "meaning": "m", "tier": tier, "status": status, "side": side, "phrases": phrases} | {
        "cases": ("x",),
        **more,
    }


def dependency(rule_id, tier, status, anchors, *pattern, **more):
    """Return a rule over the parsed sentence."""
    return {"id": rule_id, "meaning": "m", "tier": tier, "status": status, "anchors": anchors, "pattern": pattern} | {
        "cases": ("x",),
        **more,
    }


RULES = AssertionFile.model_validate(
    {
        "meaning": "m",
        "cues": [
            cue("exclude", "exclusion", "uncertain", "before", "cannot exclude"),
            cue("change", "change", "present", "before", "no change in"),
            cue("no", "negation", "absent", "before", "{no,without}"),
            cue("not-seen", "negation", "absent", "after", "{is ,are ,}not seen"),
            cue("coordinated", "negation", "absent", "before", "free of", reach="coordination"),
            cue("evaluate", "exclusion", "none", "before", "evaluate for", reach="clause"),
            cue("possible", "hedge", "uncertain", "before", "possible", role="any"),
            cue("which", "hedge", "uncertain", "before", "which may be"),
            cue("versus", "hedge", "uncertain", "both", "versus", reach="neighbour"),
            cue("dry", "negation", "absent", "before", "dry", findings=("Edema",)),
            cue("excluded", "negation", "absent", "both", "excluded"),
            cue("if-any", "hedge", "uncertain", "after", "small if any"),
            cue("normal", "normal", "absent", "both", "normal", role="anatomy"),
            cue("enlarged", "normal", "present", "both", "enlarged", role="anatomy"),
        ],
        "dependencies": [
            dependency(
                "dep-no",
                "negation",
                "absent",
                ("no",),
                {"RIGHT_ID": "cue", "RIGHT_ATTRS": {"LOWER": "no"}},
                {"LEFT_ID": "cue", "REL_OP": "<", "RIGHT_ID": "finding", "RIGHT_ATTRS": {}},
                side="before",
            ),
        ],
    }
)


@pytest.fixture(scope="package")
def book():
    """Return the rules as a phrasebook."""
    return SimpleNamespace(assertions=(RULES,), order=ORDER, scope=SCOPE)


@pytest.fixture(scope="package")
def targets():
    """Return a function from a marked sentence to its plain text and its targets."""

    def of(markup, role="finding"):
        case = parse_case(markup)
        return plain(case.text), tuple(Target(e.start, e.end, e.finding, role) for e in case.expected)

    return of
