"""The form of phrase and rule files, checked by pydantic: an unknown key is an error."""

from __future__ import annotations

from typing import Literal

from pydantic import ConfigDict, Field, model_validator

from labeler.phrasebook.fields import Answer, ColumnName, Model, Phrase, RuleId, SetName, doubles, expand
from labeler.phrasebook.patterns import Node, check_nodes
from labeler.records import Status  # noqa: TC001  pydantic needs it at run time

__all__ = ["Answer", "Model", "expand"]

Aggregation = Literal["documented", "chexpert-code", "negbio"]
"""How the assertions of one finding become one status; see `labeler.study.policy`."""

_IDENTIFIERS = ("subject_id", "study_id")


class PhraseGroup(Model):
    """A group of phrases with one meaning and one id."""

    id: RuleId
    meaning: str = Field(min_length=1)
    phrases: tuple[Phrase, ...] = Field(min_length=1)

    def texts(self) -> tuple[str, ...]:
        """Return every literal text that the group stands for."""
        return tuple(text for phrase in self.phrases for text in expand(phrase))


class MentionGroup(PhraseGroup):
    """A group of phrases that name a finding.

    Parameters
    ----------
    role : "finding", "anatomy" or "topic"
        A finding is present unless the text says otherwise; anatomy ("heart size") takes its status from what is
        said of it, and is no mention where nothing is; a topic (the body part of a study) is present wherever the
        text names it, whatever it says.
    implies : dict of finding to status
        What another finding becomes where this one is present or uncertain.
    """

    role: Literal["finding", "anatomy", "topic", "statement"] = "finding"
    implies: dict[str, Status] = Field(default_factory=dict)


class FindingFile(Model):
    """A file of findings/: the phrases of one finding.

    Parameters
    ----------
    finding, meaning : str
    rules_of : str, the finding whose assertion rules hold for this one; "" for its own
    codes : dict of system, of the label set's `code_systems`, to identifier
    uses : dict of label set to tuple of str
        Groups of phrases of other label sets, by their ids, which this finding has as well; what is a mention there
        is one here, and what is none is none.
    mentions : tuple of MentionGroup
    not_mentions : tuple of PhraseGroup
        Phrases that are no mention; one removes the mentions that it overlaps and is at least as long as.
    cases : tuple of str
        Sentences with their mentions marked, see `labeler.authoring.cases`.
    """

    finding: str = Field(min_length=1)
    meaning: str = Field(min_length=1)
    rules_of: str = ""
    codes: dict[str, str] = Field(default_factory=dict)
    uses: dict[SetName, tuple[RuleId, ...]] = Field(default_factory=dict)
    mentions: tuple[MentionGroup, ...] = ()
    not_mentions: tuple[PhraseGroup, ...] = ()
    cases: tuple[str, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _check_mentions(self) -> FindingFile:
        if not self.mentions and not self.uses:
            raise ValueError("a finding without phrases is never found; give mentions, or uses")
        return self


class NoFinding(Model):
    """Says how the observation for "nothing found" follows from the others.

    Parameters
    ----------
    name : str
    ignores : tuple of str
        Findings that don't withhold it, or groups of them.
    blocked_by : str
        A finding outside the label set whose phrases withhold it as well; "" for none.
    stated : bool
        Whether the text must say so: by a denial of a finding, or by a phrase of the role "statement".
    """

    name: str
    ignores: tuple[str, ...] = ()
    blocked_by: str = ""
    stated: bool = False


class Group(Model):
    """A named group of findings.

    A group whose name stands among the findings of its label set is a label itself: present where one of its members
    is, else uncertain where one is.

    Parameters
    ----------
    meaning : str
    findings : tuple of str, findings and groups of the same set
    unless : tuple of str, findings of which one that is present makes the label blank
    otherwise : "absent", "denied" or "blank"
        What the label is where no member is present or uncertain; "denied" is absent if a member is.
    """

    meaning: str = Field(min_length=1)
    findings: tuple[str, ...] = Field(min_length=1)
    unless: tuple[str, ...] = ()
    otherwise: Literal["absent", "denied", "blank"] = "blank"


class Change(Model):
    """One change of a policy: which assertions get another status.

    Parameters
    ----------
    rules : tuple of str
        Only those that these assertion rules decided; any without it.
    findings : tuple of str
        Only those of these findings; any without it.
    phrases : tuple of str
        Only mentions in these words; any without it.
    cues : tuple of str
        Only those decided by a cue in these words; any without it.
    status : tuple of str
        Only those of these statuses; any without it.
    becomes : "present", "absent", "uncertain" or "none"
    """

    rules: tuple[RuleId, ...] = ()
    findings: tuple[str, ...] = ()
    phrases: tuple[Phrase, ...] = ()
    cues: tuple[Phrase, ...] = ()
    status: tuple[Status, ...] = ()
    becomes: Answer

    @model_validator(mode="after")
    def _check_narrow(self) -> Change:
        if not (self.rules or self.findings or self.phrases):
            raise ValueError("would change every assertion; say which by rules, findings or phrases")
        return self


class Policy(Model):
    """A named variant of what words that don't decide are read as."""

    meaning: str = Field(min_length=1)
    changes: tuple[Change, ...] = Field(min_length=1)


class LabelSetFile(Model):
    """The file label_set.yaml: the findings of a label set, in their order.

    Parameters
    ----------
    name, meaning : str
    sections : str
        The text that is labelled unless another is asked for: "mimic", "all", or kinds joined by "+".
    matching : "words" or "substrings"
        With "words" a phrase is whole words and the longest one counts, as it should be; with "substrings" a phrase
        is found inside words too, `_` in it is a blank, and every one counts, as in the CheXpert labeler.
    source, over : str
        Where the columns come from; another label set of whose findings they are unions, "" for none.
    shares_phrases : bool, whether a phrase may name several findings without a warning
    code_systems : dict of system to its source
    findings : tuple of str
    output_names : dict of finding to str
        Names of columns that are not the finding's own.
    no_finding : NoFinding or None
        None where the set has no such observation.
    groups : dict of name to Group
    implies : dict of finding to dict of finding to status
        What other findings become where one is present or uncertain.
    policies : dict of name to Policy
    default_policies : tuple of str
        Those that apply where none is asked for.
    """

    name: str
    meaning: str
    sections: str = "mimic"
    matching: Literal["words", "substrings"] = "words"
    source: str = ""
    over: str = ""
    shares_phrases: bool = False
    code_systems: dict[str, str] = Field(default_factory=dict)
    findings: tuple[ColumnName, ...] = Field(min_length=1)
    output_names: dict[str, ColumnName] = Field(default_factory=dict)
    no_finding: NoFinding | None = None
    groups: dict[str, Group] = Field(default_factory=dict)
    implies: dict[str, dict[str, Status]] = Field(default_factory=dict)
    policies: dict[str, Policy] = Field(default_factory=dict)
    default_policies: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _check_columns(self) -> LabelSetFile:
        columns = [*_IDENTIFIERS, *(self.output_names.get(finding, finding) for finding in self.findings)]
        for name in doubles(columns):
            raise ValueError(f"the table would have two columns {name!r}; give each finding a name of its own")
        return self

    def named(self) -> frozenset[str]:
        """Return every finding that the set knows, those included that are no column of it."""
        members = {finding for group in self.groups.values() for finding in group.findings}
        blocked_by = self.no_finding.blocked_by if self.no_finding else ""
        return frozenset({*self.findings, *members, blocked_by} - {""})


class _Rule(Model):
    id: RuleId
    meaning: str = Field(min_length=1)
    tier: str
    status: Answer
    role: Literal["finding", "anatomy", "any"] = "finding"
    findings: tuple[str, ...] = ()
    cases: tuple[str, ...] = Field(min_length=1)


class CueRule(_Rule):
    """A NegEx rule: cue phrases that give a status to mentions on one side of them, within their scope.

    Parameters
    ----------
    side : "before", "after" or "both"
        Where the cue stands, seen from the mention.
    reach : "clause", "list", "coordination" or "neighbour"
        How far a cue reaches: over its clause, over the bare list that it stands at, over what is joined by words but
        not by a comma alone, or within its own list item. A cue of reach "neighbour" ends no other cue's scope.
    closes : bool
        Whether the cue counts only at the end of a statement: where nothing follows, or one of the scope file's
        `closers`. The answers of a form are such cues ("Pneumothorax: no").
    """

    side: Literal["before", "after", "both"]
    reach: Literal["clause", "list", "coordination", "neighbour"] = "list"
    closes: bool = False
    phrases: tuple[Phrase, ...] = Field(min_length=1)

    def texts(self) -> tuple[str, ...]:
        """Return every literal text of the rule's cues."""
        return tuple(text for phrase in self.phrases for text in expand(phrase))


class DependencyRule(_Rule):
    """A rule over the parsed sentence, in the form of spaCy's DependencyMatcher.

    The node `cue` is what decided, and the node `finding` is the mention's head word.

    Parameters
    ----------
    anchors : tuple of str
        Lower-case words of which one must stand in the sentence for the rule to be able to match; none for a veto.
    side : "before", "after" or "both"
        Where the cue must stand, seen from the mention.
    spreads : bool
        Whether what is coordinated with the node `finding` shares the status.
    vetoes : bool
        Whether no cue before the mention reaches it where the rule matches. Such a rule is asked where a negation or
        doubt would reach over a comma or "and".
    pattern : tuple of Node
        At most 6; a node that any word would fit must be another's head, of which there is one.
    """

    anchors: tuple[str, ...] = ()
    side: Literal["before", "after", "both"] = "both"
    spreads: bool = True
    vetoes: bool = False
    pattern: tuple[Node, ...] = Field(min_length=2, max_length=6)

    @model_validator(mode="after")
    def _check_nodes(self) -> DependencyRule:
        check_nodes(self.pattern)
        if not self.anchors and not self.vetoes:
            raise ValueError("anchors: give the words of which one must stand in the sentence")
        return self


class AssertionFile(Model):
    """A file of assertion/rules/: the rules of one phenomenon."""

    meaning: str
    cues: tuple[CueRule, ...] = ()
    dependencies: tuple[DependencyRule, ...] = ()


class ProfileFile(Model):
    """The file profile.yaml: a set of assertion rules beside the default one, with what belongs to it.

    Parameters
    ----------
    name, meaning : str
    label_set : str
        The label set that is labelled where none is asked for.
    aggregation : str
        How mentions become a label where nothing is asked for; see `labeler.study.policy`.
    extends : str
        Another profile whose order and rules it has as well; "" for none.
    without : tuple of str
        Rules of that profile which it has not.
    """

    name: str
    meaning: str = Field(min_length=1)
    label_set: SetName = "chexpert"
    aggregation: Aggregation = "documented"
    extends: str = ""
    without: tuple[RuleId, ...] = ()


class Tier(Model):
    """A class of rules that decide together.

    Parameters
    ----------
    id, meaning : str
    yields : bool
        Whether its statuses count only where the study says nothing else of the finding.
    """

    id: str
    meaning: str
    yields: bool = False


class OrderFile(Model):
    """The file assertion/order.yaml: the tiers, the first that answers decides."""

    tiers: tuple[Tier, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _check_ids(self) -> OrderFile:
        for tier in doubles([tier.id for tier in self.tiers]):
            raise ValueError(f"tier {tier!r} is given twice; a tier has one place in the order")
        return self


class ScopeFile(Model):
    """The file assertion/scope.yaml: the words that bound the scope of a cue.

    Parameters
    ----------
    stops : tuple of str
        End every scope ("but", ";").
    attachments : tuple of str
        Stops that add to a finding, so that a doubt about it goes on ("may represent a mass with atelectasis").
    joins : tuple of str
        Stand between the items of a list (",", "and").
    alternatives : tuple of str
        Joins that keep a negated list going ("or", "nor").
    verbs : tuple of str
        Finite verbs: a list item with one of its own is a clause of its own.
    list_verbs : tuple of str
        Participles that may close a list without making its last item a clause ("is seen").
    openers : tuple of str
        After a comma or "and", begin a statement of their own ("stable", "mild").
    places : tuple of str
        Prepositions of place, over which an attribute of anatomy does not reach ("density over the heart").
    summaries : tuple of str
        Nouns that sum up what is denied; a comma behind one ends the negation ("no acute process, old fracture").
    closers : tuple of str
        Marks behind which a form's answer ends.
    predicate_words : tuple of str
        Words that may stand before a second predicate of the same subject ("is stable and otherwise normal").
    parts : tuple of str
        Parts of the chest whose attribute is not said of the anatomy before ("heart enlarged, normal lungs").
    """

    model_config = ConfigDict(extra="forbid", frozen=True, alias_generator=lambda name: name.replace("_", "-"))

    meaning: str
    stops: tuple[Phrase, ...]
    attachments: tuple[Phrase, ...]
    joins: tuple[Phrase, ...]
    alternatives: tuple[Phrase, ...]
    verbs: tuple[Phrase, ...]
    list_verbs: tuple[Phrase, ...]
    openers: tuple[Phrase, ...]
    places: tuple[Phrase, ...]
    summaries: tuple[Phrase, ...]
    closers: tuple[Phrase, ...]
    predicate_words: tuple[Phrase, ...]
    parts: tuple[Phrase, ...]

    def words(self, kind: str) -> frozenset[str]:
        """Return the words of one kind, braces expanded."""
        phrases: tuple[str, ...] = getattr(self, kind)
        return frozenset(text for phrase in phrases for text in expand(phrase))
