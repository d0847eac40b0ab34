"""The read API: what the pages show, for programs, through the same rules.

Only GET. The public reads what is public; someone who has signed in (the session's cookie) reads what their posts let
them read. Fields classed as personal or sensitive have no place in any answer, whoever asks: `shapes.shape` refuses to
build one that names them. Writing, and tokens for programs of other bodies, are not part of it yet.
"""

from .app import api
from .document import document_text

__all__ = ["api", "document_text"]
