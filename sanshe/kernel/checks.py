"""Checks that Django runs when it starts."""

from __future__ import annotations

from typing import Any

from django.core.checks import Error, register


@register()
def policy_loads(**kwargs: Any) -> list[Error]:
    """A policy pack that does not load is said at the start, with file and line."""
    try:
        from sanshe.kernel import params
    except ImportError:
        return []
    return [Error(sentence, id="sanshe.policy") for sentence in params.check()]
