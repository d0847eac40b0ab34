"""The API: what the pages show, for programs, through the same rules; and the steps of matters.

The public reads what is public; someone who has signed in (the session's cookie) or holds a token reads what their
posts let them read. Fields classed as personal or sensitive have no place in any answer, whoever asks: `shapes.shape`
refuses to build one that names them. `acting.py` writes: filing a matter and taking its steps, by the pages' actions.
"""

from .app import api
from .document import document_text

__all__ = ["api", "document_text"]
