"""The grammar of attributes: which of a statement's findings a word is said of.

A statement is a list of items between joins. A word before a finding in its item describes it; one behind it does if a
verb, a preposition of place or nothing stands between. An item without a finding goes with the finding before it
("effusions, unchanged") or with the one behind it ("small right and moderate left effusions"). What is said of one
finding is then shared with those that are joined to it bare, and places with another name for the same thing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from labeler.attributes.layout import Item
    from labeler.attributes.words import Hit

_PLACES = frozenset({"side", "location", "bone"})
_OWN = frozenset({"device", "route", "tip", "position"})
"""Attributes of devices alone, which nothing else in the sentence can take."""
_VERBS = frozenset({"verb", "plural", "show"})
_ANY = frozenset({"before", "of", "after", "verb", "in front", "shared"})
_JOINED = frozenset({"and", "or"})


@dataclass(frozen=True, slots=True)
class Said:
    """A word that is said of a head.

    Parameters
    ----------
    head : int
    hit : int
    how : str
        "before" for words before the head in its phrase, "of" for a noun of change ("increase in the"), "after" for a
        place behind it, "verb" for what a verb says, "in front" for a place that a statement begins with, "shared" for
        what it has from another.
    """

    head: int
    hit: int
    how: str


class Statement:
    """A statement, of which it is asked what is said of its heads.

    Parameters
    ----------
    items : list of Item
    hits : sequence of Hit
    takes : callable
        Tells whether a head can have an attribute of a kind.
    held : iterable of (int, int)
        Heads, each with a hit among its own words.
    """

    def __init__(
        self,
        items: list[Item],
        hits: Sequence[Hit],
        takes: Callable[[int, str], bool],
        held: Iterable[tuple[int, int]] = (),
    ) -> None:
        self._items = items
        self._hits = hits
        self._takes = takes
        heads = {item.parts[at].ref for item in items for at in item.heads}
        self._held = [(head, hit) for head, hit in held if head in heads]

    def said(self) -> list[Said]:
        """Return what is said of each head, the words' own places first, then what is shared."""
        said = [Said(head, hit, "before") for head, hit in self._held]
        said += [
            Said(head, part.ref, how)
            for number, item in enumerate(self._items)
            for at, part in enumerate(item.parts)
            if part.role == "hit"
            for head, how in self._owners(number, at, self._hits[part.ref].kind)
        ]
        return self._shared(said)

    def _owners(self, number: int, at: int, kind: str) -> Iterator[tuple[int, str]]:
        """Yield the heads that the word at a place in an item is said of, each with how."""
        parts = self._items[number].parts
        heads = [place for place in self._items[number].heads if self._takes(parts[place].ref, kind)]
        before = [place for place in heads if place < at]
        after = [place for place in heads if place > at]
        if after and not (before and self._is_behind(number, before[-1], at, after[0], kind)):
            yield from self._owners_behind(number, at, after[0], kind)
            if before and self._is_adjective(self._items[number].roles(before[-1] + 1, at), kind):
                yield parts[before[-1]].ref, "after"
        elif before:
            yield from self._owners_before(number, before[-1], at, kind)
        else:
            yield from self._owners_outside(number, at, kind)

    def _is_behind(self, number: int, before: int, at: int, after: int, kind: str) -> bool:
        """Tell whether a word between two heads of an item belongs to the first."""
        item = self._items[number]
        link = set(item.roles(before + 1, at))
        follows = set(item.roles(at + 1, after)) - {"hit"}
        if follows & _VERBS or (follows and link & _VERBS):
            return True
        return (kind in _PLACES or kind in _OWN) and not link.isdisjoint({"place", *_VERBS})

    def _owners_behind(self, number: int, at: int, head: int, kind: str) -> Iterator[tuple[int, str]]:
        item = self._items[number]
        between = item.roles(at + 1, head)
        index = item.parts[head].ref
        if _VERBS.isdisjoint(between):
            yield index, "of" if kind == "change" and "place" in between else "before"
        elif kind in _PLACES:
            yield index, "in front"
        elif kind == "change" and ("place" in between or at == 0):  # "new since yesterday is an effusion"
            yield index, "of"

    def _owners_before(self, number: int, head: int, at: int, kind: str) -> Iterator[tuple[int, str]]:
        item = self._items[number]
        link = item.roles(head + 1, at)
        if not _VERBS.isdisjoint(link):
            if item.join in {"with", "near"} and self._is_open(number - 1):
                number -= 1  # "consolidation with effusion has worsened"
                head = self._items[number].heads[-1]
            yield from ((index, "verb") for index in self._subjects(number, head))
        elif "place" in link:
            yield item.parts[head].ref, "after"
        elif kind in _OWN or self._is_adjective(link, kind) or ("other" not in link and not self._has_noun(item, at)):
            if kind in _PLACES:
                yield item.parts[head].ref, "after"
            else:
                yield from ((index, "verb") for index in self._subjects(number, head))

    def _is_adjective(self, link: Sequence[str], kind: str) -> bool:
        """Tell whether a place right behind a head is its own ("calcified left hilar node")."""
        return kind in _PLACES and all(role == "hit" for role in link)

    def _has_noun(self, item: Item, at: int) -> bool:
        """Tell whether a word describes what is no finding ("left hemidiaphragm")."""
        for role in item.roles(at + 1):
            if role == "other":
                return True
            if role != "hit":
                return False
        return False

    def _subjects(self, number: int, head: int) -> Iterator[int]:
        """Yield a head and those joined to it of which one thing is said ("effusion and atelectasis are stable")."""
        item = self._items[number]
        yield item.parts[head].ref
        in_list = False
        while item.join in {"and", "or", "near", "pass"} or (in_list and item.join == "comma"):
            if not _VERBS.isdisjoint(item.roles(0, item.heads[0] if item.heads else None)):
                return
            in_list = in_list or item.join in _JOINED
            number -= 1
            if number < 0:
                return
            item = self._items[number]
            places = item.heads
            if not places:
                if item.join == "comma" or not all(role == "hit" for role in item.roles(0)):
                    return
                continue
            if not _VERBS.isdisjoint(item.roles(places[-1])):
                return
            yield item.parts[places[-1]].ref

    def _owners_outside(self, number: int, at: int, kind: str) -> Iterator[tuple[int, str]]:
        """Yield the heads of other items that a word in an item without a head is said of."""
        item = self._items[number]
        opens = next((role for role in item.roles(0) if role != "hit"), "hit")
        joined = (
            item.join == "break" or opens in {"verb", "plural"} or (opens == "place" and "place" in item.roles(0, at))
        )
        joined = joined or (item.join == "pass" and not _VERBS.isdisjoint(item.roles(0, at)))  # "due to that has grown"
        joined = (joined or self._is_subject(number, at)) and "show" not in item.roles(0, at)
        is_foreign = "other" in item.roles(0, at) or self._has_noun(item, at)
        before = self._head_before(number, kind)
        # "Blunting on the left, likely effusion": what is not named as a finding has another name as well.
        is_source = is_foreign and kind in _PLACES and not before and self._is_named_next(number)
        if is_foreign and not joined and kind not in _OWN and not is_source:
            return
        after = self._head_after(number, kind) if is_source or not (is_foreign and kind in _PLACES) else None
        joined = joined or (kind not in _PLACES and "place" in item.roles(at) and not is_foreign)
        if before and (joined or not after or self._goes_back(number, before, kind)):
            where, place = before
            if kind in _PLACES:
                yield self._items[where].parts[place].ref, "after"
            else:
                yield from ((index, "verb") for index in self._subjects(where, place))
        elif after:
            yield from self._owners_later(number, *after, kind)

    def _is_named_next(self, number: int) -> bool:
        """Tell whether the item behind one begins with another name."""
        return number + 1 < len(self._items) and self._items[number + 1].join == "pass"

    def _is_open(self, number: int) -> bool:
        """Tell whether an item has a head of which nothing is said yet."""
        return number >= 0 and bool(self._items[number].heads) and _VERBS.isdisjoint(self._items[number].roles(0))

    def _is_subject(self, number: int, at: int) -> bool:
        """Tell whether an item ends the subject that a finding begins ("the heart and aorta are enlarged")."""
        item, before = self._items[number], self._items[number - 1]
        is_list = number > 0 and item.join == "and" and _VERBS.isdisjoint(before.roles(0)) and bool(before.heads)
        return is_list and "plural" in item.roles(0, at)

    def _owners_later(self, number: int, where: int, place: int, kind: str) -> Iterator[tuple[int, str]]:
        item = self._items[where]
        is_heading = self._items[number + 1].join == "colon"
        has_verb = not _VERBS.isdisjoint(item.roles(0, place))
        if is_heading and kind in {*_PLACES, "change"}:
            for later in self._items[number + 1 :]:
                yield from ((later.parts[at].ref, "in front") for at in later.heads)
        elif not has_verb:
            yield item.parts[place].ref, "before"
        elif kind in _PLACES:
            yield item.parts[place].ref, "in front"

    def _head_before(self, number: int, kind: str = "") -> tuple[int, int] | None:
        """Return the item and the place of the nearest head before an item, of those that can have an attribute."""
        for where in range(number - 1, -1, -1):
            parts = self._items[where].parts
            places = [at for at in self._items[where].heads if not kind or self._takes(parts[at].ref, kind)]
            if places:
                return where, places[-1]
        return None

    def _head_after(self, number: int, kind: str) -> tuple[int, int] | None:
        """Return the item and the place of the nearest head behind an item, over items of bare attributes only."""
        for where in range(number + 1, len(self._items)):
            item = self._items[where]
            if item.join == "break" and (number > 0 or not _VERBS.isdisjoint(self._items[number].roles(0))):
                return None
            places = [place for place in item.heads if self._takes(item.parts[place].ref, kind)]
            if places:
                return where, places[0]
            if "hit" not in item.roles(0):
                return None
        return None

    def _goes_back(self, number: int, before: tuple[int, int], kind: str) -> bool:
        """Tell whether a bare word between two heads goes with the one before it."""
        where, place = before
        following = self._items[number + 1].join
        if kind in _OWN:
            return True
        if self._items[number].join in {"with", "near", "pass"}:
            return False
        if kind in _PLACES:
            has_place = any(
                "place" in item.roles(place + 1 if at == where else 0)
                for at, item in enumerate(self._items[where:number], where)
            )
            return has_place or following not in _JOINED
        return self._items[number].join in {"comma", "break"} and following not in {"or", "near"}

    def _shared(self, said: list[Said]) -> list[Said]:
        """Add what heads have from those that they are joined to."""
        for number, item in enumerate(self._items):
            source = self._source(number) if item.heads else None
            if source:
                given = self._given(said, number, *source)
                while not given and source and self._renaming(number) is not None:
                    # "Opacity on the left and effusion, likely pneumonia": of what has a place.
                    joined = self._items[source[0]].join in {"and", "or", "with", "near"}
                    source = self._head_before(source[0]) if joined else None
                    given = self._given(said, number, *source) if source else []
                said += given
        for number in range(len(self._items) - 1, 0, -1):
            said += self._given_back(said, number)
        return said

    def _given(self, said: Sequence[Said], number: int, where: int, last: int) -> list[Said]:
        """Return what the first head of an item has from the head before it."""
        item = self._items[number]
        giver, taker = self._items[where].parts[last].ref, item.parts[item.heads[0]].ref
        own = {self._hits[s.hit].kind for s in said if s.head == taker}
        kinds, hows = self._terms(number, where, last)
        if giver == taker:
            return []
        return [
            Said(taker, s.hit, s.how if s.how == "of" else "shared")
            for s in said
            if s.head == giver and s.how in hows and self._is_given(self._hits[s.hit].kind, s.how, kinds, own)
            if self._takes(taker, self._hits[s.hit].kind)
        ]

    def _is_given(self, kind: str, how: str, kinds: frozenset[str], own: set[str]) -> bool:
        """Tell whether a head takes what the head before it has, given what it has of its own."""
        is_elsewhere = kind == "location" and "side" in own and how != "of"
        return kind in kinds and kind not in own and not is_elsewhere

    def _terms(self, number: int, where: int, last: int) -> tuple[frozenset[str], frozenset[str]]:
        """Return which kinds of words the head of an item shares, and of those said in which ways."""
        item = self._items[number]
        if self._renaming(number) is not None:
            return _PLACES, _ANY
        if item.join == "near":
            return _PLACES, _ANY - {"of", "verb"}
        if item.join not in _JOINED and not (item.join == "comma" and self._list_ends(number)):
            return _PLACES if item.join == "comma" else frozenset(), frozenset({"in front"})
        if not self._is_bare(number, where, last):
            return _PLACES | {"change"}, frozenset({"of", "in front"})
        kinds = _PLACES | {"change", "severity", "size"} if item.join == "or" else _PLACES | {"change"}
        return kinds, frozenset({"of", "in front", "before", "shared"})

    def _source(self, number: int) -> tuple[int, int] | None:
        """Return the head that the head of an item may share with: what it is another name for, or the one before."""
        origin = self._renaming(number)
        before = self._head_before(number)
        if origin is None or (before and self._is_bare(number, *before)):
            return before
        return self._head_before(origin)

    def _is_bare(self, number: int, where: int, last: int) -> bool:
        """Tell whether a head is joined to the one before it with no other word between."""
        item = self._items[number]
        is_joined = item.join in _JOINED or (item.join == "comma" and self._list_ends(number))
        return is_joined and number == where + 1 and not item.heads[0] and not self._items[where].roles(last + 1)

    def _renaming(self, number: int) -> int | None:
        """Return the item with which other names begin that an item's head is one of ("opacity, likely edema")."""
        while number > 0:
            item = self._items[number]
            if item.join == "pass":
                return number
            if item.join in {"wall", "colon", "break"} or not _VERBS.isdisjoint(item.roles(0)):
                return None
            number -= 1
        return None

    def _list_ends(self, number: int) -> bool:
        """Tell whether a comma stands in a list that ends with "and" or "or"."""
        for item in self._items[number + 1 :]:
            if item.join in _JOINED:
                return True
            if item.join != "comma" or not item.heads:
                return False
        return False

    def _given_back(self, said: Sequence[Said], number: int) -> list[Said]:
        """Return the place behind a list that its head before an item has as well, if it has none of its own."""
        item, before = self._items[number], self._items[number - 1]
        places, earlier = item.heads, before.heads
        if not places or not earlier or item.join not in _JOINED or before.roles(earlier[-1] + 1):
            return []
        giver, taker = item.parts[places[0]].ref, before.parts[earlier[-1]].ref
        if giver == taker or any(s.head == taker and self._hits[s.hit].kind in _PLACES for s in said):
            return []
        behind = [s for s in said if s.head == giver and s.how == "after"]
        return [Said(taker, s.hit, "after") for s in behind if self._takes(taker, self._hits[s.hit].kind)]
