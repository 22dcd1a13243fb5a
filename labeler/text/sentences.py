"""Splits the body of a section into sentences, list items and lines, with true offsets.

Made for dictated radiology reports: hard line wraps, numbered impressions, colon templates, words hidden by
de-identification, and full stops without a blank after them. No rule looks further than one line, so the work
grows with the length of the text and nothing else.
"""

import re
from collections.abc import Iterator
from functools import cached_property

# Places where a sentence could end. A hidden word is stepped over whole, since it may hold a full stop. What can begin
# no such place is skipped in one go, and a character that could but does not is a match without a name: that is four
# times faster than trying every place at every character.
_CANDIDATE = re.compile(
    r"""
    [^\[\n\r\f\v(\d.?!]*
    (?:
        (?P<hidden> \[\*\* [^\]\n]{0,80} \] )
      | (?P<line>   [\n\r\f\v] \s* )
      | (?P<item>   (?<!\S) \(? \d{1,2} [.)] (?= \s | [A-Za-z] ) )
      | (?P<stop>   (?! \? \s+ (?: [(\[] [x\ ] [)\]]
                                 | (?i:yes|no|none|negative|nil|[yn]) \s* (?: [-\u2013\u2014.,;(\n] | \s{3} | \Z ) ) )
                    [.?!]+ ["')\]\u201d\u2019]* (?= \s | \Z ) )
      | (?P<close>  (?<= [A-Za-z0-9)\]%_] ) [.?!] (?= [A-Za-z(_] | \d{1,2} [.)] \s* [A-Za-z] ) )
      | [\[\n\r\f\v(\d.?!]
      | \Z
    )
    """,
    re.VERBOSE,
)
_BLANK_LINE = re.compile(r"(?>\r\n|[\n\r\f\v])[^\n\r\f\v]*[\n\r\f\v]")
_WORD_BEFORE = re.compile(r"[a-z]+(?:\.[a-z]+)*\Z")
_WORD_AFTER = re.compile(r"\s*([A-Za-z]+)")
_LIST_ITEM = re.compile(
    r"\(?\d{1,2}[.)](?:\s|[A-Za-z])|\(?[A-Za-z]\)\s|[-\u2013\u2014](?:\s|[A-Z])|[*\u2022\u00b7\u25aa]+\s*\w"
    r"|\[[xX ]\]\s*\w"
)
_COLON_TEMPLATE = re.compile(r"[A-Za-z][\w/,&()-]*(?:[ \t]+[\w/,&()-]+){0,4}[ \t]?:(?!\d)")
_WORD = re.compile(r"[^\W\d_]{2}")  # no marker begins so
_MARKER = re.compile(r"\(?(?:\d{1,2}|[A-Za-z])[.):]+|[^\w]+")
_BARE_DECIMAL = re.compile(r"[ \t]\d{1,2}\s?[cm]m\b", re.IGNORECASE)
_HIDDEN_WORD = re.compile(r"_{2,}|X{4,}|\[\*\*")

# Abbreviations after which a sentence goes on.
_NEVER_FINAL = re.compile(
    r"al|appx|approx|cf|drs?|e\.?g|esp|i\.?e|incl|lt|mod|mrs?|ms|poss|prob|prof|pt|resp|rt|st|viz|vs"
)
# Abbreviations after which a sentence goes on where a number follows.
_BEFORE_NUMBER = re.compile(r"fig|im|img|nos?|pg|ser?|vol|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec")
# Units and times end a sentence unless what follows can't begin one: "2 cm. above the carina", "9 a.m. on ___".
_OFTEN_FINAL = re.compile(r"[ap]\.?m|cc|[cm]m|hrs?|in|m\.?d|min|ml|sec")
_GOES_ON = re.compile(
    r"""\s*(?:above|and|at|away|before|below|beneath|beyond|by|caliber|cephalad|deep|diameter|distal|for|from|in
    |inferior|into|long|medial|of|on|or|over|past|proximal|superior|tall|thick|through|to|today|via|wide|with|within
    |x|yesterday|has|have|is|are|was|were)\b""",
    re.IGNORECASE | re.VERBOSE,
)
# No sentence begins with these.
_ALTERNATIVE = re.compile(r"\s*n?or\b", re.IGNORECASE)
# What may stand before a single letter that ends a sentence; any other single letter is an initial.
_BEFORE_LETTER = re.compile(r"(?:group|hepatitis|image|level|point|series|type|view|vitamin|zone)[ -]\Z")
# An answer of a form, which finishes its line ("Effusion: No").
_ANSWERED = re.compile(r"[:=?|]\s*no\Z", re.IGNORECASE)
# Words that go on with the line before.
_CONTINUES = re.compile(
    r"(?:and|as|at|but|by|for|from|in|into|is|are|of|on|or|over|seen|than|that|the|to|was|were|which|with|within)\b"
)
# Words that leave a line unfinished.
_UNFINISHED = re.compile(
    r"""(?:\A|\s)(?:an?|and|are|as|at|between|by|dr|for|from|ha[sv]e?|in|is|levels?|mr|no|of|on|or|per|prior|ribs?
    |segments?|than|that|the|through|to|versus|vs|was|were|with)\Z""",
    re.IGNORECASE | re.VERBOSE,
)
_NARROWEST_WRAP = 50  # characters; a shorter line was broken on purpose
_SHORT_LINE = 25  # characters; no text is wrapped so narrowly
_WRAP_SLACK = 10  # characters by which wrapped lines of one report may differ
_HIDDEN_WIDTH = 12  # characters that a hidden word may have taken before it was hidden
_LONGEST_ABBREVIATION = 16  # characters
_NO_ABBREVIATION = 7  # letters; a word of as many is none of those above
_REACH = 80  # characters; longer than any word that decides, short enough to keep the work linear
LONGEST_SENTENCE = 1000
"""Characters; a stretch without an end of a sentence is cut into pieces of that length.

Within a sentence every mention is held against every cue, and the parser holds it whole: the work grows faster than the
length of the sentence. That bound makes it grow with the length of the report alone, and cuts no real sentence: the
longest sentence of the Open-I reports has 274, that of the NegEx corpus 893."""
_STRETCH = re.compile(rf"\S.{{0,{LONGEST_SENTENCE - 2}}}\S(?!\S)|\S{{1,{LONGEST_SENTENCE}}}", re.DOTALL)


def split_sentences(text: str, start: int, end: int) -> tuple[tuple[int, int], ...]:
    r"""Split a stretch of a report into sentences, list items and lines.

    A full stop, a question mark or an exclamation mark ends a sentence, with or without a blank after it, unless
    it belongs to an abbreviation, an initial or a number. A blank line always does. A single line end does where
    the next line is a list item or a colon template ("Effusion: none"), or where the next line begins with a
    capital although its first word had room on the line before; otherwise the line was only wrapped. The number
    or bullet of a list item belongs to its item. Nothing is longer than `LONGEST_SENTENCE`.

    Parameters
    ----------
    text : str
        The report.
    start, end : int
        Half-open extent of the stretch in the report, in characters.

    Returns
    -------
    tuple of tuple of int
        Half-open spans into `text`, in order, without outer white space. They tile the stretch but for white
        space.

    Examples
    --------
    >>> report = "1. No effusion.2. Nodule of\n2.5 cm, cf. Dr. ___. Stable."
    >>> [report[a:b] for a, b in split_sentences(report, 0, len(report))]
    ['1. No effusion.', '2. Nodule of\n2.5 cm, cf. Dr. ___.', 'Stable.']
    """
    piece = text[start:end]
    spans = _join_markers(piece, _trimmed(piece, _Cutter(piece).cuts()))
    if max((b - a for a, b in spans), default=0) > LONGEST_SENTENCE:
        spans = [bounded for span in spans for bounded in _bounded(piece, *span)]
    return tuple([(start + a, start + b) for a, b in spans])


class _Cutter:
    """One walk over a piece of text that collects where its sentences end."""

    def __init__(self, piece: str) -> None:
        self.piece = piece
        self.has_colon = ":" in piece
        self.line_start = 0
        self.last_item = 0

    def cuts(self) -> list[int]:
        cuts: list[int] = []
        for match in _CANDIDATE.finditer(self.piece):
            kind = match.lastgroup
            if kind is None:
                continue
            start, end = match.span(kind)
            if kind == "stop":
                cut = end if self.stop_is_final(start, end) else 0
            elif kind == "line":
                cut = end if self.line_is_final(start, end) else 0
                self.line_start = end
            elif kind == "item":
                cut = self.item_cut(start, end, cuts[-1] if cuts else 0)
            elif kind == "close":
                cut = end if self.close_is_final(start) else 0
            else:
                continue
            if cut:
                cuts.append(cut)
        return cuts

    @cached_property
    def width(self) -> int:
        """The width at which this text seems to be wrapped."""
        return max(_NARROWEST_WRAP, *map(len, self.piece.splitlines()))

    def stop_is_final(self, at: int, after: int) -> bool:
        """Tell whether a stop before white space ends a sentence."""
        piece = self.piece
        if piece[at] == "?" and (at == 0 or piece[at - 1].isspace()):
            return False  # "opacity, ? pneumonia": a mark of doubt, not a question
        if piece[at] != "." or after - at > 1:
            return True
        if _ALTERNATIVE.match(piece, after):
            return False  # "No effusion, pneumothorax. or consolidation."
        word_end = piece[max(0, at - _NO_ABBREVIATION) : at]
        if len(word_end) == _NO_ABBREVIATION and word_end.isalpha() and word_end.isascii():  # most sentences end so
            return True
        before = piece[max(0, at - _LONGEST_ABBREVIATION) : at].lower()
        word = _WORD_BEFORE.search(before)
        if word is None:
            return not (before[-1:].isdigit() and _BARE_DECIMAL.match(piece, after))
        return _word_is_final(word[0], before[: word.start()], piece, after)

    def close_is_final(self, at: int) -> bool:
        """Tell whether a stop without white space after it ends a sentence: "left apex.There are"."""
        piece = self.piece
        word_after = _WORD_AFTER.match(piece, at + 1)
        if word_after is None:
            return piece[at - 1].isalpha() or not piece[at + 1].isdigit()
        before = piece[max(0, at - 2) : at]
        if len(word_after[1]) == 1 and piece[word_after.end() : word_after.end() + 1] in {".", ""}:
            return False  # "a.m."
        if before[-1].isdigit():
            return word_after[1].lower() not in {"cm", "mm", "x"}
        return not before[-1].isalpha() or before.isalpha()

    def item_cut(self, start: int, end: int, sentence_start: int) -> int:
        """Return where a sentence ends beside a number that looks like a list number, 0 where none does."""
        number = int(self.piece[start:end].strip("(.)"))
        before = self.piece[max(sentence_start, start - _REACH) : start].rstrip()
        if not before:
            self.last_item = number
            return 0
        if number == self.last_item + 1 > 1 and before[-1].isalnum() and not _is_unfinished(before):
            self.last_item = number
            return start
        if self.piece[end - 1] == "." and self.stop_is_final(end - 1, end):
            return end
        return 0

    def line_is_final(self, at: int, after: int) -> bool:
        """Tell whether a line end, and not a wrap, stands between two lines."""
        piece = self.piece
        if after == len(piece) or _BLANK_LINE.match(piece, at, after):
            return True
        line = piece[self.line_start : at].rstrip()
        if piece[after].islower() and not self.may_be_item(after):  # most wrapped lines go on so
            return self.is_short(line, at) and not (_is_unfinished(line) or _CONTINUES.match(piece, after))
        if not line or line.endswith(",") or _is_unfinished(line):
            return False
        if _LIST_ITEM.match(piece, after):
            return True
        begins_anew = piece[after].isupper() or piece[after].isdigit()
        if _COLON_TEMPLATE.match(piece, after):
            return begins_anew or self.had_room(line, after)
        return begins_anew and line[-1] not in ".?!:" and self.had_room(line, after)

    def may_be_item(self, at: int) -> bool:
        """Tell whether a small letter may be that of a list ("b) ...") or begin a colon template."""
        if self.piece.startswith(")", at + 1):
            return True
        return self.has_colon and _COLON_TEMPLATE.match(self.piece, at) is not None

    def is_short(self, line: str, at: int) -> bool:
        """Tell whether a line ends far from where its text is wrapped, and no mark says that it goes on."""
        return line[-1:].isalpha() and len(line) <= _SHORT_LINE and at == self.line_start + len(line)

    def had_room(self, line: str, after: int) -> bool:
        """Tell whether the first word of the next line would have fitted on this one."""
        first_word = self.piece[after : after + _REACH].split(maxsplit=1)[0]
        hidden = _HIDDEN_WIDTH * len(_HIDDEN_WORD.findall(line))
        return len(line) + 1 + len(first_word) + hidden + _WRAP_SLACK <= self.width


def _word_is_final(word: str, before: str, piece: str, after: int) -> bool:
    """Tell whether a full stop after a word in lower case ends a sentence."""
    if _NEVER_FINAL.fullmatch(word):
        return False
    if _BEFORE_NUMBER.fullmatch(word):
        return not piece[after : after + 2].strip(" ").isdigit()
    if len(word) == 1 and not before[-1:].isalnum():
        return _BEFORE_LETTER.search(before) is not None
    return not (_OFTEN_FINAL.fullmatch(word) and _GOES_ON.match(piece, after))


def _is_unfinished(line: str) -> bool:
    ending = line[-_LONGEST_ABBREVIATION:]
    return _UNFINISHED.search(ending) is not None and _ANSWERED.search(ending) is None


def _trimmed(piece: str, cuts: list[int]) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    begin = 0
    for cut in (*cuts, len(piece)):
        part = piece[begin:cut]
        body = part.strip()
        if body:
            start = begin + len(part) - len(part.lstrip())
            spans.append((start, start + len(body)))
        begin = cut
    return spans


def _bounded(piece: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Cuts what is longer than any sentence between two words, or in a word that is."""
    if end - start <= LONGEST_SENTENCE:
        yield start, end
    else:
        yield from (match.span() for match in _STRETCH.finditer(piece, start, end))


def _join_markers(piece: str, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Join a lone list number or bullet to the item after it, a lone stop to the sentence before it."""
    joined: list[tuple[int, int]] = []
    marker: int | None = None
    for start, end in spans:
        begin = start if marker is None else marker
        marker = None
        if not _WORD.match(piece, start) and _MARKER.fullmatch(piece, start, end):
            if piece[start] in ".?!)" and joined:
                joined[-1] = joined[-1][0], end
            else:
                marker = begin
                last_end = end
            continue
        joined.append((begin, end))
    if marker is not None:
        begin = joined.pop()[0] if joined else marker
        joined.append((begin, last_end))
    return joined
