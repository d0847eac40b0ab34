"""Finding by words and parts of words: Chinese is cut into pairs of characters, and each pair is kept as a number.

Why pairs and not words, and what it costs: docs/adr/0015.
"""

from .grams import grams, grams_of

__all__ = ["grams", "grams_of"]
