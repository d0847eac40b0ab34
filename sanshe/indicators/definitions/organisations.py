"""Community social organisations, the "1+X" picture, incubators, agencies."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q

from sanshe.kernel import clock, params
from sanshe.kernel.access import Viewer
from sanshe.kernel.measures import TOP, Coverage, Kept, Kinds, Least, Measure, Share, Total
from sanshe.orgs.public import (
    Incubator,
    IncubatorLevel,
    Organisation,
    OrganisationActivity,
    OrganisationServes,
    active_organisations,
    agencies_serving,
    community_organisations,
    incubators_on,
)

from ..registry import ANYWHERE, Line, indicator
from .days import FIRST


def _organisations(viewer: Viewer, rows: Sequence[Any]) -> list[Line]:
    return [
        Line((r.name, r.kind, r.x_kind or "未归类", r.get_standing_display(), clock.say_day(r.valid_from)),
             r.area_id, r.get_absolute_url())
        for r in rows
    ]  # fmt: skip


COLUMNS = ("社会组织", "类别", "“X”类型", "身份", "成立日期")


def _ever(on: date) -> Kept:
    return Kept(Organisation.objects.filter(valid_from__lte=on))


@indicator(
    "organisations_per_community",
    kind="least",
    short="社区社会组织",
    columns=COLUMNS,
    lines=_organisations,
    missing="社区社会组织不足",
    gap="个社区社会组织",
    register="organisations",
)
def organisations_per_community(on: date) -> Measure:
    """Community social organisations at home in a community on the day, held against 10 and 15 (notice 一(三))."""
    return Least(community_organisations(on), kept=_ever(on))


@indicator(
    "one_plus_x",
    kind="coverage",
    short="“1+X”格局",
    columns=COLUMNS,
    lines=_organisations,
    missing="“X”的类别不齐",
    gap="类社会组织",
    register="organisations",
    needs="incubators",
    each="类",
)
def one_plus_x(on: date) -> Measure:
    """Communities that have the kinds of "X" together (notice 一(三)); "1" is the incubator, which must stand, too.

    Which kinds count and how many are enough is data: `orgs.x_kinds`, `indicators.x_kinds_least`.
    """
    day = max(on, FIRST)
    kinds = params.get("orgs.x_kinds", on=day).value
    least = int(params.get("indicators.x_kinds_least", on=day).value)
    return Kinds(community_organisations(on).filter(x_kind__in=kinds), kept=_ever(on), distinct="x_kind", least=least)


@indicator(
    "active_organisations",
    kind="share",
    short="有活动的社会组织",
    columns=COLUMNS,
    lines=_organisations,
    missing="近一年有组织没有活动",
    register="organisations",
)
def active_community_organisations(on: date) -> Measure:
    """Of the counted organisations, those that did something in the last twelve months."""
    days = int(params.get("orgs.active_days", on=max(on, FIRST)).value)
    acted = Exists(active_organisations(on, days).filter(pk=OuterRef("pk")))
    told = Kept(OrganisationActivity.objects.filter(on__lte=on), "organisation__area")
    return Share(community_organisations(on).annotate(acted=acted), good=Q(acted=True), kept=told)


def _incubators(viewer: Viewer, rows: Sequence[Any]) -> list[Line]:
    return [Line((r.name, r.get_level_display(), clock.say_day(r.valid_from)), r.area_id) for r in rows]


@indicator(
    "incubators",
    kind="total",
    short="孵化基地",
    columns=("孵化基地", "级别", "启用日期"),
    lines=_incubators,
    missing="孵化基地不够",
    gap="个孵化基地",
    level=ANYWHERE,
    register="incubators",
)
def incubators(on: date) -> Measure:
    """Incubators of the district in use on the day, wherever in it they stand (notice 一(三))."""
    return Total(incubators_on(on, IncubatorLevel.DISTRICT), kept=Kept(Incubator.objects.filter(valid_from__lte=on)))


def _agencies(viewer: Viewer, rows: Sequence[Any]) -> list[Line]:
    return [
        Line((r.organisation.name, clock.say_day(r.valid_from)), r.area_id, r.organisation.get_absolute_url())
        for r in rows
    ]


@indicator(
    "communities_served_by_agency",
    kind="coverage",
    short="社工机构服务",
    columns=("社会工作服务机构", "开始服务"),
    lines=_agencies,
    missing="没有社工机构登记服务",
    register="organisations",
)
def communities_served_by_agency(on: date) -> Measure:
    """Communities that a social work agency serves on the day (notice 一(一))."""
    every = OrganisationServes.objects.filter(valid_from__lte=on)
    return Coverage(agencies_serving(on), kept=Kept(every, "area__parent__parent", TOP))
