"""Who leaves and what is dissolved leaves nothing behind: each column that names a user or a body is dealt with.

It is either registered as work that goes on with somebody else, or stands in `stays.yaml` with the reason why not.
"""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from django.apps import apps

from sanshe.accounts.holdings import holdings
from sanshe.accounts.models import User
from sanshe.areas.holdings import body_holdings
from sanshe.areas.models import Body

STAYS = yaml.safe_load((Path(__file__).parent / "stays.yaml").read_text(encoding="utf-8"))


def columns(target) -> set[str]:
    """Every column of ours and of what we build upon that names the target: "app.Model.field"."""
    found = set()
    for model in apps.get_models():
        if model._meta.proxy or model._meta.app_label == "errands":
            continue
        for field in (*model._meta.fields, *model._meta.many_to_many):
            if field.is_relation and field.related_model is target:
                found.add(f"{model._meta.label}.{field.name}")
    return found


@pytest.mark.parametrize(
    ("target", "kinds", "stays"),
    [(User, holdings, STAYS["user"]), (Body, body_holdings, STAYS["body"])],
    ids=["user", "body"],
)
def test_each_column_goes_on_or_says_why_it_stays(target, kinds, stays):
    registered = {f"{one.model._meta.label}.{one.field}" for one in kinds()}
    every = columns(target)
    assert every - registered - set(stays) == set(), "register it, or say in stays.yaml why its rows may stay"
    assert registered & set(stays) == set(), "it is registered: take it off stays.yaml"
    assert set(stays) - every == set(), "no such column (any more): take it off stays.yaml"
    assert all(str(reason).strip() for reason in stays.values())
