"""The form of phrase and rule files, checked by pydantic: an unknown key is an error."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from labeler.phrasebook.fields import Answer, ColumnName, Model, Phrase, RuleId, SetName, doubles, expand, hyphenated
from labeler.phrasebook.patterns import Node, check_nodes
from labeler.records import Status  # noqa: TC001  pydantic needs it at run time

__all__ = ["Answer", "Model", "expand"]

Aggregation = Literal["documented", "chexpert-code", "negbio"]
"""How the assertions of one finding become one status; see `labeler.study.policy`."""

Family = Literal["device", "bone", "fracture", "midline"]
"""Kinds of findings that attributes are limited to; a label set says which of its findings are of each."""

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
    """A group of phrases that name a finding."""

    role: Literal["finding", "anatomy", "topic", "statement"] = "finding"
    """A finding is present unless the text says otherwise; anatomy ("heart size") takes its status from what is
    said of it, and is no mention where nothing is; a topic (the body part of a study) is present wherever the text
    names it, whatever it says."""
    implies: dict[str, Status] = Field(default_factory=dict)
    """What another finding becomes where this one is present or uncertain."""


class FindingFile(Model):
    """A file of findings/: the phrases of one finding."""

    finding: str = Field(min_length=1)
    meaning: str = Field(min_length=1)
    rules_of: str = ""
    """The finding whose assertion rules hold for this one, where rules are for named findings; "" for its own."""
    codes: dict[str, str] = Field(default_factory=dict)
    """The finding's identifier in each system that `code_systems` of the label set describes."""
    uses: dict[SetName, tuple[RuleId, ...]] = Field(default_factory=dict)
    """Groups of phrases of other label sets, by their ids, which this finding has as well; what is a mention there
    is one here, and what is none is none."""
    mentions: tuple[MentionGroup, ...] = ()
    not_mentions: tuple[PhraseGroup, ...] = ()
    """Phrases that are no mention; one removes the mentions that it overlaps and is at least as long as."""
    cases: tuple[str, ...] = Field(min_length=1)
    """Sentences with their mentions marked, see `labeler.authoring.cases`."""

    @model_validator(mode="after")
    def _check_mentions(self) -> FindingFile:
        if not self.mentions and not self.uses:
            raise ValueError("a finding without phrases is never found; give mentions, or uses")
        return self


class NoFinding(Model):
    """The way in which the observation for "nothing found" follows from the others."""

    name: str
    ignores: tuple[str, ...] = ()
    """Findings that don't withhold it."""
    blocked_by: str = ""
    """A finding outside the label set whose phrases withhold it as well; "" for none."""
    stated: bool = False
    """Whether the text must say so: by a denial of a finding, or by a phrase of the role "statement"."""


class Group(Model):
    """A named group of findings.

    A group whose name stands among the findings of its label set is a label itself: present where one of its members
    is, else uncertain where one is.
    """

    meaning: str = Field(min_length=1)
    findings: tuple[str, ...] = Field(min_length=1)
    unless: tuple[str, ...] = ()
    """Findings that say something more special: where one is present, the label is blank."""
    otherwise: Literal["absent", "denied", "blank"] = "blank"
    """What the label is where no member is present or uncertain; "denied" is absent where a member is, else blank."""


class Change(Model):
    """One change of a policy: which assertions get another status."""

    rules: tuple[RuleId, ...] = ()
    """Only those that these assertion rules decided; any without it."""
    findings: tuple[str, ...] = ()
    """Only those of these findings; any without it."""
    phrases: tuple[Phrase, ...] = ()
    """Only mentions in these words; any without it."""
    cues: tuple[Phrase, ...] = ()
    """Only those decided by a cue in these words; any without it."""
    status: tuple[Status, ...] = ()
    """Only those of these statuses; any without it."""
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
    """The file label_set.yaml: the findings of a label set, in their order."""

    name: str
    meaning: str
    sections: str = "mimic"
    """The text that is labelled unless another is asked for: "mimic", "all", or kinds joined by "+"."""
    matching: Literal["words", "substrings"] = "words"
    """With "words" a phrase is whole words and the longest one counts, as it should be; with "substrings" a phrase
    is found inside words too, `_` in it is a blank, and every one counts, as in the CheXpert labeler."""
    source: str = ""
    """Where the columns and what they hold come from."""
    over: str = ""
    """Another label set whose findings this one reads in place of files of its own: its columns are findings or groups
    of those. "" for none."""
    shares_phrases: bool = False
    """Whether a phrase may name several findings, wider and narrower ones; otherwise a check warns of it."""
    code_systems: dict[str, str] = Field(default_factory=dict)
    """What the keys of `codes` in the findings' files stand for, with the source of the codes."""
    findings: tuple[ColumnName, ...] = Field(min_length=1)
    output_names: dict[str, ColumnName] = Field(default_factory=dict)
    """Names of columns that are not the finding's own."""
    no_finding: NoFinding | None = None
    """None where the set has no such observation."""
    groups: dict[str, Group] = Field(default_factory=dict)
    families: dict[Family, tuple[str, ...]] = Field(default_factory=dict)
    """Findings and groups of each family, by which attributes are limited: a device has a tip, a bone no lung zone."""
    implies: dict[str, dict[str, Status]] = Field(default_factory=dict)
    """What other findings become where one is present or uncertain."""
    policies: dict[str, Policy] = Field(default_factory=dict)
    default_policies: tuple[str, ...] = ()
    """Those that apply where none is asked for."""

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
    cases: tuple[str, ...] = Field(min_length=1)


class CueRule(_Rule):
    """A NegEx rule: cue phrases that give a status to mentions on one side of them, within their scope."""

    tier: str
    status: Answer
    role: Literal["finding", "anatomy", "any"] = "finding"
    findings: tuple[str, ...] = ()
    side: Literal["before", "after", "both"]
    """Where the cue stands, seen from the mention."""
    reach: Literal["clause", "list", "coordination", "neighbour", "nearest"] = "list"
    """How far a cue reaches: over its clause, over the bare list that it stands at, over what is joined by words
    but not by a comma alone, within its own list item, or to the nearest mention over whatever stands between. A cue
    of reach "neighbour" ends no other cue's scope."""
    closes: bool = False
    """Whether the cue counts only at the end of a statement: where nothing follows, or one of the scope file's
    `closers`. The answers of a form are such cues ("Pneumothorax: no")."""
    over: tuple[str, ...] = ()
    """Stops behind a mention that don't end the cue's list ("cannot distinguish collapse from infection")."""
    phrases: tuple[Phrase, ...] = Field(min_length=1)

    def texts(self) -> tuple[str, ...]:
        """Return every literal text of the rule's cues."""
        return tuple(text for phrase in self.phrases for text in expand(phrase))


class DependencyRule(_Rule):
    """A rule over the parsed sentence, in the form of spaCy's DependencyMatcher: how far the cues of other rules reach.

    The node `finding` is the mention's head word. The node `cue` is a word of a cue of another rule if the rule
    carries, and what begins a clause of its own if it vetoes.
    """

    effect: Literal["carries", "vetoes"]
    """Whether a cue on the right side of the mention reaches it although no list leads from one to the other, or none
    before the mention reaches it although a list does."""
    side: Literal["before", "after"]
    """Where the cue must stand, seen from the mention."""
    spreads: bool = True
    """Whether what is coordinated with the node `finding` shares the status."""
    pattern: tuple[Node, ...] = Field(min_length=2, max_length=6)
    """At most 6; a node that any word would fit must be another's head, of which there is one."""

    @model_validator(mode="after")
    def _check_nodes(self) -> DependencyRule:
        check_nodes(self.pattern)
        return self


class AssertionFile(Model):
    """A file of assertion/rules/: the rules of one phenomenon."""

    meaning: str
    cues: tuple[CueRule, ...] = ()
    dependencies: tuple[DependencyRule, ...] = ()

    def ids(self) -> tuple[str, ...]:
        """Return the ids of the rules."""
        return (*(rule.id for rule in self.cues), *(rule.id for rule in self.dependencies))


class ProfileFile(Model):
    """The file profile.yaml: a set of assertion rules beside the default one, with what belongs to it."""

    name: str
    meaning: str = Field(min_length=1)
    label_set: SetName = "chexpert"
    """The label set that is labelled where none is asked for."""
    aggregation: Aggregation = "documented"
    """How mentions become a label where nothing is asked for; see `labeler.study.policy`."""
    extends: str = ""
    """Another profile whose order and rules it has as well; "" for none."""
    without: tuple[RuleId, ...] = ()
    """Rules of that profile which it has not."""
    spelling: bool = False
    """Whether misspelt words are read as what they are meant for, and what nothing accounts for is shown."""


class Tier(Model):
    """A class of rules that decide together."""

    id: str
    meaning: str
    yields: bool = False
    """Whether its statuses count only where the study says nothing else of the finding."""


class OrderFile(Model):
    """The file assertion/order.yaml: the tiers, the first that answers decides."""

    tiers: tuple[Tier, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _check_ids(self) -> OrderFile:
        for tier in doubles([tier.id for tier in self.tiers]):
            raise ValueError(f"tier {tier!r} is given twice; a tier has one place in the order")
        return self


class ScopeFile(Model):
    """The file assertion/scope.yaml: the words that bound the scope of a cue."""

    model_config = hyphenated

    meaning: str
    stops: tuple[Phrase, ...]
    """End every scope ("but", ";")."""
    attachments: tuple[Phrase, ...]
    """Stops that add to a finding, so that a doubt about it goes on ("may represent a mass with atelectasis")."""
    joins: tuple[Phrase, ...]
    """Stand between the items of a list (",", "and")."""
    alternatives: tuple[Phrase, ...]
    """Joins that keep a negated list going ("or", "nor")."""
    verbs: tuple[Phrase, ...]
    """Finite verbs: a list item with one of its own is a clause of its own."""
    infinitives: tuple[Phrase, ...] = ()
    """Stand before a verb that makes no clause ("to suggest")."""
    list_verbs: tuple[Phrase, ...]
    """Participles that may close a list without making its last item a clause ("is seen")."""
    tellers: tuple[Phrase, ...] = ()
    """Of those participles, the ones that tell of an item behind a comma alone ("no effusion, edema noted")."""
    examples: tuple[Phrase, ...] = ()
    """Go on with what is said of a summary ("no acute process, e.g. pneumonia")."""
    openers: tuple[Phrase, ...]
    """After a comma or "and", begin a statement of their own ("stable", "mild")."""
    places: tuple[Phrase, ...]
    """Prepositions of place, over which an attribute of anatomy does not reach ("density over the heart")."""
    summaries: tuple[Phrase, ...]
    """Nouns that sum up what is denied; a comma behind one ends the negation ("no acute process, old fracture")."""
    separators: tuple[Phrase, ...]
    """Marks behind which another statement begins, whatever the grammar."""
    contrasts: tuple[Phrase, ...]
    """Words that end what a clause says of several findings."""
    asides: tuple[Phrase, ...] = ()
    """Phrases that say nothing of a finding and are not read ("nor, for that matter, a nodule")."""
    pronouns: tuple[Phrase, ...] = ()
    """A singular and a plural one, to ask the parser what follows a mention with a word in its place that it knows."""
    closers: tuple[Phrase, ...]
    """Marks behind which a form's answer ends."""
    predicate_words: tuple[Phrase, ...]
    """Words that may stand before a second predicate of the same subject ("is stable and otherwise normal")."""
    parts: tuple[Phrase, ...]
    """Parts of the chest whose attribute is not said of the anatomy before ("heart enlarged, normal lungs")."""

    def words(self, kind: str) -> frozenset[str]:
        """Return the words of one kind, braces expanded."""
        phrases: tuple[str, ...] = getattr(self, kind)
        return frozenset(text for phrase in phrases for text in expand(phrase))

    def all_words(self) -> frozenset[str]:
        """Return the words of all kinds, braces expanded."""
        kinds = [name for name in type(self).model_fields if name != "meaning"]
        return frozenset().union(*[self.words(kind) for kind in kinds])


class TermSet(_Rule):
    """A set of plain NegEx: terms that give a status to every mention before the next termination."""

    status: Answer
    pseudo: tuple[Phrase, ...]
    """Take away the terms that begin in them ("no change")."""
    before: tuple[Phrase, ...]
    """Stand before what they are said of ("no evidence of")."""
    after: tuple[Phrase, ...]
    """Stand behind it ("was ruled out")."""


class NegexFile(Model):
    """The file assertion/negex.yaml: what plain NegEx reads with."""

    meaning: str = ""
    terminations: tuple[Phrase, ...] = ()
    """End what a term reaches ("but")."""
    sets: tuple[TermSet, ...] = ()
    """In the order in which they are asked; the first that reaches a mention decides."""


class DoubtGroup(_Rule):
    """Words of doubt or denial of one kind."""

    words: tuple[Phrase, ...] = Field(min_length=1)


class DoubtsFile(Model):
    """The file assertion/doubts.yaml: words that put in doubt what no rule has decided."""

    meaning: str = ""
    groups: tuple[DoubtGroup, ...] = ()


class NeutralGroup(Model):
    """Words of one kind that name no finding; each entry is words with blanks between them."""

    id: RuleId
    meaning: str = Field(min_length=1)
    words: tuple[str, ...] = Field(min_length=1)


class NeutralFile(Model):
    """The file neutral.yaml: words of reports that name no finding, beside those of phrases and rules."""

    groups: tuple[NeutralGroup, ...] = ()
    english: tuple[str, ...] = ()
    """Words that only English has, which tell it from other languages."""
