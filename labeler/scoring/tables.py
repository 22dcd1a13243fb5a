"""Sets figures in tables: for a terminal, Markdown, CSV and LaTeX. An undefined figure is a dash."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from labeler.io.write import csv_line
from labeler.scoring.evaluation import AVERAGES
from labeler.scoring.published import peers, weighted
from labeler.terminal import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from labeler.scoring.evaluation import ComparedScore, Evaluation, Figure, Score
    from labeler.scoring.published import Peer

DASH = "-"
_CHANCE = 0.05
"""How many of the 95 % intervals of no difference leave out 0."""
_LATEX = str.maketrans(
    {
        **{character: f"\\{character}" for character in "&%$#_{}"},
        "\\": r"\textbackslash{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        "<": r"\textless{}",
        ">": r"\textgreater{}",
        "|": r"\textbar{}",
    }
)
_MARKDOWN = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", **{character: f"\\{character}" for character in "\\|`[]"}}
)


def markdown_text(text: str) -> str:
    r"""Return text that is shown in Markdown as it is, whatever a name out of a table holds.

    Examples
    --------
    >>> markdown_text("<script> | [x](y)")
    '&lt;script&gt; \\| \\[x\\](y)'
    """
    return printable(text).translate(_MARKDOWN)


def _latex_text(text: str) -> str:
    return printable(text).translate(_LATEX)


@dataclass(frozen=True, slots=True)
class Table:
    """A table of text; the first column names the rows.

    Parameters
    ----------
    title : str
    header : tuple of str
    rows : tuple of tuple of str
        Each as long as the header.
    note : str
        Stands below the table.
    """

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""

    def to_text(self) -> str:
        """Return the table for a terminal, to which no name in it does anything."""
        rows = [tuple(map(printable, row)) for row in (self.header, *self.rows)]
        widths = [max(len(row[at]) for row in rows) for at in range(len(self.header))]
        lines = [_aligned(row, widths) for row in rows]
        rule = "-" * len(lines[0])
        return "\n".join(
            [printable(self.title), rule, lines[0], rule, *lines[1:], *([self.note] if self.note else []), ""]
        )

    def to_markdown(self) -> str:
        r"""Return the table in Markdown.

        Examples
        --------
        >>> print(Table("Negation", ("Finding", "F1"), (("Edema", "0.765"),)).to_markdown())
        ### Negation
        <BLANKLINE>
        | Finding | F1 |
        |---|---:|
        | Edema | 0.765 |
        <BLANKLINE>
        """
        rule = "|---|" + "---:|" * (len(self.header) - 1)
        header, *lines = [f"| {' | '.join(map(markdown_text, row))} |" for row in (self.header, *self.rows)]
        note = [f"\n{self.note}"] if self.note else []
        return "\n".join([f"### {markdown_text(self.title)}", "", header, rule, *lines, *note, ""])

    def to_csv(self) -> bytes:
        """Return the table as CSV, without title and note."""
        return b"".join(csv_line(row) for row in (self.header, *self.rows))

    def to_latex(self) -> str:
        r"""Return the table in LaTeX, for the package booktabs.

        Examples
        --------
        >>> print(Table("Negation", ("Finding", "F1 in %"), (("Edema", "76.5"),)).to_latex())
        \begin{table}
        \caption{Negation}
        \begin{tabular}{lr}
        \toprule
        Finding & F1 in \% \\
        \midrule
        Edema & 76.5 \\
        \bottomrule
        \end{tabular}
        \end{table}
        <BLANKLINE>
        """
        header, *rows = [" & ".join(map(_latex_text, row)) + r" \\" for row in (self.header, *self.rows)]
        return "\n".join(
            [
                r"\begin{table}",
                rf"\caption{{{_latex_text(self.title)}}}",
                rf"\begin{{tabular}}{{l{'r' * (len(self.header) - 1)}}}",
                *(r"\toprule", header, r"\midrule", *rows, r"\bottomrule"),
                *(r"\end{tabular}", r"\end{table}", ""),
            ]
        )


def number(figure: float | None) -> str:
    """Return a figure with three decimals, a dash where it is undefined.

    Examples
    --------
    >>> number(0.9394), number(None)
    ('0.939', '-')
    """
    return DASH if figure is None else f"{figure:.3f}"


def spread(figure: Figure) -> str:
    """Return the interval of a figure, a dash where it has none."""
    return DASH if figure.low is None or figure.high is None else f"{figure.low:.3f} to {figure.high:.3f}"


def score_tables(evaluation: Evaluation, table: str = "") -> list[Table]:
    """Return one table per task, with published columns beside ours.

    Parameters
    ----------
    evaluation : Evaluation
        The scores.
    table : str
        Which published figures stand beside; see `labeler.scoring.published.peers`.
    """
    return [_score_table(evaluation, task, peers(table, task)) for task in evaluation.scoring.tasks]


def _score_table(evaluation: Evaluation, task: str, others: Sequence[Peer]) -> Table:
    scores = [score for score in evaluation.scores if score.task == task]
    header = ("Finding", "n", "P", "R", "F1", "95 % interval", *(f"F1 {peer.name}" for peer in others))
    rows = tuple(_score_row(score, others) for score in scores)
    title = f"{task.capitalize()}, {evaluation.studies} studies"
    if not others:
        return Table(title, header, rows, _note(evaluation))
    verdicts = sum(bool(row[-1]) for row in rows)
    note = f"{_note(evaluation)} better, worse: {verdicts} comparisons of F1 to three decimals with the best published."
    return Table(title, (*header, "against them"), rows, note)


def _score_row(score: Score, others: Sequence[Peer]) -> tuple[str, ...]:
    figures = [number(figure.value) for figure in (score.precision, score.recall, score.f1)]
    row = (score.finding, str(score.gold), *figures, spread(score.f1))
    if not others:
        return row
    published = [peer.scores.get(score.finding) for peer in others]
    theirs = ("" if each is None else number(each.f1) for each in published)
    known = [each.f1 for each in published if each is not None]
    return (*row, *theirs, against(score.f1.value, known) if known else "")


def against(ours: float | None, theirs: Iterable[float | None]) -> str:
    """Tell whether an F1 is better or worse than the best of others, to the three decimals of a table.

    Examples
    --------
    >>> against(0.8, [0.7, None]), against(None, [0.5]), against(None, [None]), against(0.5004, [0.5])
    ('better', 'worse', 'equal', 'equal')
    """
    best = max((round(figure, 3) for figure in theirs if figure is not None), default=-1.0)
    own = -1.0 if ours is None else round(ours, 3)
    return "equal" if own == best else "better" if own > best else "worse"


def _note(evaluation: Evaluation) -> str:
    scoring = evaluation.scoring
    rows = "all studies count, blank is not the class" if scoring.rows == "all" else "only cells that both mention"
    apart = f"; averages without {', '.join(scoring.apart)}" if scoring.apart else ""
    least = f"; macro over findings with {scoring.least} gold cases or more"
    drawn = f"; {scoring.resamples} bootstrap samples, seed {scoring.seed}" if scoring.resamples else ""
    return f"Convention: {rows}{apart}{least}{drawn}. A dash is an undefined figure; an empty cell was not published."


def agreement_table(evaluation: Evaluation, table: str = "") -> Table:
    """Return Cohen's kappa and CheXbert's weighted F1 of each finding.

    Parameters
    ----------
    evaluation : Evaluation
        The scores.
    table : str
        Which published figures stand in the note.
    """
    counts = evaluation.confusion.sum(axis=(1, 2))
    figures = zip(evaluation.findings, counts, evaluation.kappa, evaluation.weighted_f1, strict=True)
    rows = [(name, str(count), number(kappa), number(f1)) for name, count, kappa, f1 in figures]
    mean = ("mean", "", "", number(evaluation.mean_weighted_f1))
    published = ", ".join(f"{name} {figure:.3f}" for name, figure in weighted(table).items())
    note = f"Published weighted F1, mean: {published}." if published else ""
    header = ("Finding", "scored", "Cohen's kappa", "CheXbert's weighted F1")
    return Table("Agreement over the four values", header, (*rows, mean), note)


def comparison_table(rows: Iterable[ComparedScore], names: tuple[str, str]) -> Table:
    """Return F1 of two labelers side by side, with the paired interval of their difference.

    Parameters
    ----------
    rows : iterable of ComparedScore
        From `labeler.scoring.evaluation.compare_scores`.
    names : tuple of str
        What the first and the second labeler are called.
    """
    header = ("Finding", "task", names[0], names[1], "difference", "95 % interval", "p", "")
    cells = tuple(_compared_row(row) for row in rows)
    # Said so that nobody takes the clear ones for more than they are.
    made, clear = sum(row[-2] != DASH for row in cells), sum(bool(row[-1]) for row in cells)
    note = (
        f"{made} comparisons, {clear} of them better or worse: the interval leaves out 0. Without any real difference "
        f"about {made * _CHANCE:.0f} would. p is not corrected for their number."
    )
    return Table(f"F1 of {names[0]} and {names[1]}", header, cells, note)


def _compared_row(row: ComparedScore) -> tuple[str, ...]:
    difference = row.difference
    if difference is None:
        paired = (DASH, DASH, DASH, "")
    else:
        clear = "" if difference.low <= 0 <= difference.high else "better" if difference.low > 0 else "worse"
        ends = f"{difference.low:+.3f} to {difference.high:+.3f}"
        paired = (f"{difference.difference:+.3f}", ends, f"{difference.p:.3f}", clear)
    return (row.finding, row.task, number(row.ours), number(row.theirs), *paired)


def average_rows(rows: Iterable[ComparedScore]) -> list[ComparedScore]:
    """Return the rows of averages only."""
    return [row for row in rows if row.finding in AVERAGES]


def _aligned(row: Sequence[str], widths: Sequence[int]) -> str:
    cells = [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
    return "  ".join([row[0].ljust(widths[0]), *cells]).rstrip()
