"""Finding by words and parts of words: Chinese is cut into pairs of characters, and each pair is kept as a number.

Why pairs and not words, how the index is kept, and what it costs: docs/adr/0015.
"""

from .declare import Searchable, declare, offered, searchable, searchables
from .finding import COUNT_TO, NEWEST, Found, candidates, find, in_order
from .grams import grams, grams_of
from .hits import Hit
from .marks import marked, passage
from .words import Asked, read

__all__ = [
    "COUNT_TO",
    "NEWEST",
    "Asked",
    "Found",
    "Hit",
    "Searchable",
    "candidates",
    "declare",
    "find",
    "grams",
    "grams_of",
    "in_order",
    "marked",
    "offered",
    "passage",
    "read",
    "searchable",
    "searchables",
]
