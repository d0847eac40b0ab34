"""Readers of the pool of experts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from django.db.models import Q, QuerySet

from sanshe.kernel import params

from ..models import Expert, ExpertTie


def experts_without_interest(area_ids: Iterable[int], body_ids: Iterable[int], on: date) -> QuerySet[Expert]:
    """Experts of these areas who are not tied to any of the bodies, now or within the cooling-off years before `on`.

    The cooling-off is the parameter `purchase.recusal_years`.
    """
    since = on - timedelta(days=365 * int(params.get("purchase.recusal_years", on=on).value))
    tied = ExpertTie.objects.filter(Q(valid_to=None) | Q(valid_to__gte=since), body__in=list(body_ids))
    posted = Q(user__posts__body__in=list(body_ids)) & (
        Q(user__posts__valid_to=None) | Q(user__posts__valid_to__gte=since)
    )
    return (
        Expert.objects.filter(Q(valid_to=None) | Q(valid_to__gt=on), area__in=list(area_ids), valid_from__lte=on)
        .exclude(pk__in=tied.values("expert"))
        .exclude(pk__in=Expert.objects.filter(posted).values("pk"))
        .select_related("user")
        .order_by("pk")
    )
