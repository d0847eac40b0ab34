"""Indicators: what each counts is public; its figures and the rows behind them are for those whose area it is."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Schema
from pydantic import Field, StringConstraints

from sanshe.areas.public import Area
from sanshe.indicators.public import figure_area, get_indicator, indicators, rows_of
from sanshe.indicators.public import figures as figures_of
from sanshe.kernel import params
from sanshe.kernel.access import Viewer

from .reading import AfterKey, AreaCode, Day, Limit, Read, area_of, day_of, signed_in
from .shapes import AreaRef, pages

Name = Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,60}$")]


class Aim(Schema):
    """A figure of a target: by that day at least so much. No figure: 未设目标."""

    by: date = Field(title="期限")
    at_least: float | None = Field(title="至少")
    source: str = Field(title="来源")


class IndicatorShape(Schema):
    """What an indicator counts, and its target."""

    name: str = Field(title="标识")
    title: str = Field(title="名称")
    counts: str = Field(title="谁计入")
    unit: str = Field(title="单位")
    hard: bool = Field(title="刚性目标")
    source: str = Field(title="来源")
    dues: list[Aim] = Field(title="各期限的目标")


class FigureShape(Schema):
    """An indicator for one area on one day."""

    indicator: str = Field(title="标识")
    title: str = Field(title="名称")
    area: AreaRef = Field(title="区域")
    on: date = Field(title="截至日期", description="The day used: never later than today, never before 2020-01-01")
    value: float | None = Field(title="数值", description="In `unit`; null where there are no data, which is not zero")
    unit: str = Field(title="单位")
    numerator: int = Field(title="分子")
    denominator: int = Field(title="分母")
    unknown: int = Field(title="无数据的单元数", description="Communities (or streets) without a datum")
    lack: int = Field(title="差多少", description="By how much the known ones fall short, in the unit of the target")
    unrated: int | None = Field(title="未评价的件数", description="Only of indicators that count ratings")
    target: Aim | None = Field(title="当日适用的目标")
    met: bool | None = Field(title="是否达到目标", description="null without a target or without data")
    sentence: str = Field(title="一句话")


class RowShape(Schema):
    """One row that a figure was counted from."""

    area: AreaRef = Field(title="区域")
    cells: list[str] = Field(title="各列内容", description="In the order of `columns`")
    page: str | None = Field(title="页面地址", description="null when the one who asks may not open it")


class RowsShape(pages(RowShape)):  # type: ignore[misc]
    """The rows behind a figure, with the names of their columns."""

    columns: list[str] = Field(title="列名")


def indicator_list(request: HttpRequest):
    """What is counted, against which target, from which source. Public."""
    stated = {t.name: t for t in params.targets()}
    return [stated[i.name] for i in indicators()]


def _asked(viewer: Viewer, name: str, area: str | None, on: date | None) -> tuple[Any, Any, date]:
    indicator = get_indicator(name)
    chosen = figure_area(viewer, None if area is None else area_of(area).pk)
    return indicator, chosen, day_of(on)


def indicator_figure(request: HttpRequest, name: Name, area: AreaCode | None = None, on: Day | None = None):
    """The figure of an area (the highest one reads, without `area`) on a day (today without `on`)."""
    indicator, chosen, day = _asked(signed_in(request), name, area, on)
    (figure,) = figures_of(chosen, day, only=name)
    unrated = figure.unrated
    return {
        "indicator": indicator.name,
        "title": indicator.short,
        "area": chosen,
        "on": day,
        "value": figure.number,
        "unit": figure.unit,
        "numerator": figure.tally.numerator,
        "denominator": figure.tally.denominator,
        "unknown": figure.tally.unknown,
        "lack": figure.tally.lack,
        "unrated": unrated.numerator if unrated else None,
        "target": figure.due,
        "met": figure.met,
        "sentence": figure.sentence,
    }


def indicator_rows(
    request: HttpRequest,
    name: Name,
    area: AreaCode | None = None,
    on: Day | None = None,
    after: AfterKey | None = None,
    limit: Limit = 50,
):
    """The rows that the figure was counted from, newest first."""
    viewer = signed_in(request)
    indicator, chosen, day = _asked(viewer, name, area, on)
    rows = rows_of(indicator, chosen, day)
    if after is not None:
        rows = rows.filter(pk__lt=after)
    found = list(rows.order_by("-pk")[: limit + 1])
    more, found = len(found) > limit, found[:limit]
    lines = indicator.lines(viewer, found)
    areas = Area.objects.in_bulk({line.area_id for line in lines})
    items = [
        {"area": areas[line.area_id], "cells": [str(c) for c in line.cells], "page": line.url or None} for line in lines
    ]
    return {"columns": list(indicator.columns), "items": items, "next": str(found[-1].pk) if more else None}


READS = [
    Read("/indicators", list[IndicatorShape], indicator_list, "List indicators"),
    Read("/indicators/{name}", FigureShape, indicator_figure, "Read a figure", signed_in=True),
    Read("/indicators/{name}/rows", RowsShape, indicator_rows, "Read the rows behind a figure", signed_in=True),
]
