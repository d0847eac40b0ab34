"""What came in with a matter, for the pages of the staff."""

from __future__ import annotations

from django import template

from sanshe.matters.models import Matter
from sanshe.matters.noticing import notes_of

register = template.Library()


@register.simple_tag
def intake_notes(matter: Matter) -> list[str]:
    """Sentences that staff should read with the text."""
    return notes_of(matter)
