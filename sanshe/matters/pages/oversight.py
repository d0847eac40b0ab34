"""督办: the list of oversight orders with its figures."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from sanshe.areas.public import Area
from sanshe.kernel import clock
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import NotVisible
from sanshe.kernel.http import posts_only

from .. import overseen
from ..access import OversightAccess
from ..forms.filters import area_choices
from ..words import OversightRule, OversightState

SIZE = 30


class OversightFilter(forms.Form):
    """The filter row: every choice is optional, and a wrong one is no choice."""

    state = forms.ChoiceField(
        label="状态", required=False,
        choices=[("", "全部"), (overseen.OPEN, "未销号"), (overseen.OVERDUE, "回复已逾期"), *OversightState.choices],
    )  # fmt: skip
    rule = forms.ChoiceField(
        label="督办原因", required=False,
        choices=[("", "全部"), *OversightRule.choices, (overseen.BY_HAND, "人工督办")],
    )  # fmt: skip
    area = forms.ChoiceField(label="街道、社区", required=False)
    unit = forms.ChoiceField(label="被督办单位", required=False)

    def __init__(self, *args: Any, units: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["area"].choices = [("", "全部"), *area_choices()]  # type: ignore[attr-defined]
        self.fields["unit"].choices = [("", "全部"), *units]  # type: ignore[attr-defined]

    def chosen(self) -> dict[str, Any]:
        """The choices made; wrong ones left out."""
        if not self.is_bound:
            return {}
        self.is_valid()
        given = dict(self.cleaned_data)
        given["area"] = Area.objects.filter(code=given["area"]).first() if given.get("area") else None
        return given


@require_GET
@posts_only
def oversight(request: HttpRequest) -> HttpResponse:
    """The orders that the viewer's posts cover, newest first."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    if OversightAccess.q(viewer) is False:
        raise NotVisible()
    now = clock.now()
    form = OversightFilter(request.GET or None, units=overseen.units_overseen(viewer))
    chosen = form.chosen()
    # Counted off, not walked by key: orders are few beside matters.
    page = Paginator(overseen.orders(viewer, chosen, now), SIZE).get_page(request.GET.get("page"))
    context = {"page": page, "form": form, "narrowed": any(chosen.values()), "figures": overseen.figures(viewer, now),
               "closed": OversightState.CLOSED, "issued": OversightState.ISSUED}  # fmt: skip
    return render(request, "matters/oversight.html", context)
