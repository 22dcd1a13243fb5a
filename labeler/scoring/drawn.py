"""How the reports of a review were drawn; written into its corrections, so that scores say what they hold for."""

from __future__ import annotations

from dataclasses import dataclass, fields

RANDOM, ALL = "random", "all"
_PARTS = "; "


@dataclass(frozen=True, slots=True)
class Drawn:
    """The way in which the reports of a review were drawn.

    Parameters
    ----------
    how : str
        "random" or "all" where every report had the same chance; otherwise what they were chosen by, such as
        "doubtful first"; "" if a file does not say.
    reports : int
        How many were drawn.
    of : int
        From how many.
    where : str
        The only labels that reports were drawn for, "" for any.
    seed : int
        Of a random sample.
    labels : int
        How many labels the review asks for.

    Examples
    --------
    >>> drawn = Drawn("random", 50, 3080, seed=1, labels=700)
    >>> str(drawn)
    'how=random; reports=50; of=3080; where=; seed=1; labels=700'
    >>> Drawn.parse(str(drawn)) == drawn
    True
    """

    how: str = ""
    reports: int = 0
    of: int = 0
    where: str = ""
    seed: int = 0
    labels: int = 0

    def __str__(self) -> str:
        return _PARTS.join(f"{field.name}={getattr(self, field.name)}" for field in fields(self))

    @classmethod
    def parse(cls, text: str) -> Drawn:
        """Read what `str` wrote; of anything else nothing is known.

        Examples
        --------
        >>> Drawn.parse("by hand")
        Drawn(how='', reports=0, of=0, where='', seed=0, labels=0)
        """
        values = dict(part.partition("=")[::2] for part in text.split(_PARTS))
        try:
            numbers = {name: int(values[name]) for name in ("reports", "of", "seed", "labels")}
            return cls(how=values["how"], where=values["where"], **numbers)
        except (KeyError, ValueError):
            return cls()

    def says(self, decided: int) -> str:
        """Return what scores on the corrections hold for.

        Parameters
        ----------
        decided : int
            How many labels the reviewer decided.

        Examples
        --------
        >>> print(Drawn("random", 50, 3080, seed=1, labels=700).says(700))
        random sample of 50 of 3080 reports (seed 1): scores and intervals hold for the collection
        >>> print(Drawn("doubtful first", 50, 3080, labels=700).says(30))
        50 of 3080 reports, doubtful first: scores and intervals hold for these only, not for the collection; \
only 30 of 700 labels were decided: if those that looked wrong were decided first, the scores are too low
        >>> print(Drawn().says(30))
        not recorded: scores and intervals hold for these reports only
        """
        if not self.how:
            return f"{self.which()}: scores and intervals hold for these reports only"
        whole = f"reports with {self.where}" if self.where else "the collection"
        holds = {
            RANDOM: f"scores and intervals hold for {whole}",
            ALL: f"scores hold for {whole}; intervals, if it is a sample of more like it",
        }
        text = f"{self.which()}: {holds.get(self.how, 'scores and intervals hold for these only, not for ' + whole)}"
        if decided >= self.labels:
            return text
        short = f"only {decided} of {self.labels} labels were decided"
        return f"{text}; {short}: if those that looked wrong were decided first, the scores are too low"

    def which(self) -> str:
        """Return which reports were drawn.

        Examples
        --------
        >>> Drawn("all", 12, 12, "Edema=present").which(), Drawn().which()
        ('all 12 reports with Edema=present', 'not recorded')
        """
        which = f"{self.of} report{'' if self.of == 1 else 's'}" + (f" with {self.where}" if self.where else "")
        if self.how == RANDOM:
            return f"random sample of {self.reports} of {which} (seed {self.seed})"
        if self.how == ALL:
            return f"all {which}"
        return f"{self.reports} of {which}, {self.how}" if self.how else "not recorded"
