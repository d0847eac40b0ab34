"""The reference, written from the code: what may follow what, who may, which number is in force, what is kept how.

`sanshe docs` writes it to docs/reference, `sanshe docs --check` tells what is stale. Nothing here asks the database or
the clock, so the same code always gives the same bytes.
"""

from django.urls import get_resolver

from .commands import commands_page
from .people import permissions_page, privacy_page
from .policy import indicators_page, parameters_page
from .procedures import states_page
from .registers import registers_page
from .words import words_page

__all__ = ["DOCUMENTS", "documents"]


def _openapi() -> str:
    from sanshe.web.api import document_text

    return document_text()


#: File name → what writes it.
DOCUMENTS = {
    "states.md": states_page,
    "permissions.md": permissions_page,
    "parameters.md": parameters_page,
    "indicators.md": indicators_page,
    "privacy.md": privacy_page,
    "registers.md": registers_page,
    "words.md": words_page,
    "cli.md": commands_page,
    "openapi.json": _openapi,
}


def documents() -> dict[str, str]:
    """Every document by file name, as it should stand in docs/reference."""
    get_resolver().url_patterns  # noqa: B018  (loads the pages, and with them every procedure and every rule)
    return {name: write() for name, write in DOCUMENTS.items()}
