"""Finding by words and parts of words: Chinese is cut into pairs of characters, and each pair is kept as a number.

Why pairs and not words, how the index is kept, and what it costs: docs/adr/0015.
"""

from .declare import Searchable, declare, offered, searchable, searchables
from .finding import COUNT_TO, NEWEST, Found, candidates, find, in_order, peek
from .folding import folded, simplified
from .grams import grams, grams_of
from .hits import Hit
from .marks import marked, passage
from .nearest import nearest
from .words import Asked, Word, read

__all__ = [
    "COUNT_TO",
    "NEWEST",
    "Asked",
    "Found",
    "Hit",
    "Searchable",
    "Word",
    "candidates",
    "declare",
    "find",
    "folded",
    "grams",
    "grams_of",
    "in_order",
    "marked",
    "nearest",
    "offered",
    "passage",
    "peek",
    "read",
    "searchable",
    "searchables",
    "simplified",
]
