"""Pages of people: parse, call, show."""

from . import care, households, index, merging, rights

__all__ = ["care", "households", "index", "merging", "rights"]
