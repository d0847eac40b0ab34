"""Who may see and who may do: one rule filters lists and answers for one object, the same Q, in the database.

A rule is written once, in a module's access.py, from the atoms below. It compiles, for one viewer, to a Q of
*literal* ids on the row's own columns; branches that can not match are dropped. With subqueries in their place a
person who sees three rows of a million waits a thousand times longer (docs/adr/0005).

Closed by default: a verb without a rule raises, a viewer without a grant sees nothing.
"""

from .model import Access, inherits
from .rules import (
    LITERALS,
    Compiled,
    Rule,
    any_post,
    anywhere,
    everyone,
    given_to,
    holds,
    nobody,
    not_own,
    own,
    signed_in,
    system,
    through,
    where,
    works_for,
)
from .viewer import Deputy, Grants, Scope, Viewer, provide_grants

__all__ = [
    "LITERALS",
    "Access",
    "Compiled",
    "Deputy",
    "Grants",
    "Rule",
    "Scope",
    "Viewer",
    "any_post",
    "anywhere",
    "everyone",
    "given_to",
    "holds",
    "inherits",
    "nobody",
    "not_own",
    "own",
    "provide_grants",
    "signed_in",
    "system",
    "through",
    "where",
    "works_for",
]
