"""What a reader answers about one mention."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from labeler.records import Cue

if TYPE_CHECKING:
    from spacy.tokens import Doc, Span

    from labeler.phrasebook.schema import Answer
    from labeler.text.whitespace import NormalText


@dataclass(frozen=True, slots=True)
class Verdict:
    """One reader's answer about one mention.

    Parameters
    ----------
    tier : str
        Tier of the rule, by which verdicts are weighed against each other.
    status : str
        "present", "absent", "uncertain" or "none".
    rule_id : str
    reader : str
        "dependency", "negex", "negspacy", or "default" if no cue decides.
    start, end : int
        The cue, in characters of the sentence's normal text.
    doubt : str
        Why the answer is in doubt; "" if it isn't, or nobody asked.
    """

    tier: str
    status: Answer
    rule_id: str
    reader: str
    start: int
    end: int
    doubt: str = ""


@dataclass(frozen=True, slots=True)
class Target:
    """A mention that a reader is asked about, with characters of the sentence's normal text.

    Parameters
    ----------
    start, end : int
    finding : str
        "" where a caller asks about a span of no known finding.
    role : "finding" or "anatomy"
    """

    start: int
    end: int
    finding: str = ""
    role: str = "finding"


def span_of(doc: Doc, target: Target) -> Span:
    """Return the tokens that a target touches.

    Raises
    ------
    ValueError
        If the target lies outside the sentence.
    """
    span = doc.char_span(target.start, target.end, alignment_mode="expand")
    if span is None:
        raise ValueError(f"span {target.start}:{target.end} lies outside a sentence of {len(doc.text)} characters")
    return span


def cue_of(verdict: Verdict, normal: NormalText, text: str) -> Cue | None:
    """Return the words of the original text that a verdict rests on; None where it rests on none.

    Parameters
    ----------
    verdict : Verdict
    normal : NormalText
        The sentence that the verdict is about.
    text : str
        The original text.
    """
    if verdict.start == verdict.end:
        return None
    start, end = normal.span(verdict.start, verdict.end)
    return Cue(start, end, text[start:end])


def applies(rule_role: str, rule_findings: tuple[str, ...], target: Target) -> bool:
    """Tell whether a rule is for targets of this role and finding."""
    return rule_role in (target.role, "any") and (not rule_findings or target.finding in rule_findings)
