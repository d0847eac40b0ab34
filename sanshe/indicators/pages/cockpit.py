"""The cockpit: one page for the wall and for paper; and the table of everything behind it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from sanshe.areas.public import Area, AreaLevel
from sanshe.kernel.http import sign_in_first

from .. import queries
from ..figure import Figure
from ..headline import headline
from ..queries import Report
from . import parts
from .asking import asked, common


def _judged_below(report: Report, area: Area) -> tuple[int, int, list[str]]:
    """(not reached or without data, judged, what is missing) of an area below."""
    found = [f for f in report.of(area) if f.judged]
    short = [f for f in found if f.met is not True]
    return len(short), len(found), [f.indicator.missing if f.has_data else f"{f.indicator.short}无数据" for f in short]


def _worst(report: Report, limit: int = 10) -> list[dict[str, Any]]:
    """The areas that fall short of most targets."""
    areas = report.communities or report.rows
    ranked = []
    for area in areas:
        short, judged, missing = _judged_below(report, area)
        if short:
            lack = sum(f.tally.lack for f in report.of(area))
            ranked.append((-short, -lack, area.lo, area, judged, missing))
    ranked.sort(key=lambda r: r[:3])
    return [{"area": r[3], "short": -r[0], "judged": r[4], "missing": r[5]} for r in ranked[:limit]]


def _groups(report: Report) -> list[tuple[Area, list[tuple[Area, int, int]]]]:
    """Streets with their communities for the schematic map; the areas below when there are no communities at hand."""
    if report.sheet is None:
        return [(report.area, [(a, *_judged_below(report, a)[:2]) for a in report.rows])]
    ground = report.sheet.ground
    return [(s, [(c, *_judged_below(report, c)[:2]) for c in ground.below(s.pk)]) for s in ground.streets]


def _month(day: date, first: bool) -> str:
    return f"{day.year}年{day.month}月" if first or day.month == 1 else f"{day.month}月"


@sign_in_first
def cockpit(request: HttpRequest) -> HttpResponse:
    """The page for the wall and for the officer: targets, streets, what falls short, what changed."""
    area, on, said = asked(request)
    report = queries.report(area, on)
    held = [f for f in report.figures if not f.target.trend and not _beside(f, area)]
    trends = [f for f in report.figures if f.target.trend]
    small = queries.sparks(area, report.on, report.figures)
    compared = [f for f in held if f.indicator.level != "anywhere"]
    heat = _heat(report, compared)
    half = -(-len(heat) // 2) if len(heat) > 14 else len(heat)  # not policy: rows that fit on the wall
    main = next((f for f in held if f.kind == "least" and f.has_data), next((f for f in held if f.has_data), None))
    chart = None
    if main is not None:
        days = queries.month_ends(report.on)
        values = small[main.indicator.name]
        if sum(v is not None for v in values) > 1:
            names = [_month(d, i == 0) for i, d in enumerate(days)]
            against = main.limit if main.single else 100
            chart = parts.line_chart(parts.drawn(main), main.unit, names, values, against)
    context = common(request, area, on, said) | {
        "report": report, "headline": headline(report.figures),
        "cards": [(f, parts.spark(small[f.indicator.name])) for f in held], "trends": trends,
        "held": compared, "heats": [h for h in (heat[:half], heat[half:]) if h],
        "map": parts.cartogram(_groups(report)), "worst": _worst(report),
        "changes": sorted((f for f in report.figures if f.change), key=lambda f: -abs(f.change or 0))[:6],
        "chart": chart, "main": main, "level": _level(area),
    }  # fmt: skip
    return render(request, "indicators/cockpit.html", context)


def _beside(figure: Figure, area: Area) -> bool:
    """Whether an indicator says nothing of the area: a brand of streets on a community's page."""
    return figure.indicator.level == "street" and area.level == AreaLevel.COMMUNITY


def _heat(report: Report, held: list[Figure]) -> list[tuple[Area, list[parts.Cell]]]:
    names = {f.indicator.name for f in held}
    return [(a, [parts.cell(f) for f in report.of(a) if f.indicator.name in names]) for a in report.rows]


def _level(area: Area) -> str:
    return {"community": "本社区", "street": "各社区"}.get(
        area.level, "各街道" if area.level == "district" else "各地区"
    )


@sign_in_first
def table(request: HttpRequest) -> HttpResponse:
    """Everything behind the cockpit as tables: each street unfolds to its communities; twelve months of each figure."""
    area, on, said = asked(request)
    report = queries.report(area, on)
    held = [f for f in report.figures if not _beside(f, area)]
    days = queries.month_ends(report.on)
    small = queries.sparks(area, report.on, held)
    streets: list[dict[str, Any]] = []
    for row in report.rows:
        below = report.sheet.ground.below(row.pk) if report.sheet is not None and row.level == "street" else []
        streets.append(
            {
                "area": row, "cells": [parts.cell(f) for f in report.of(row)],
                "below": [(c, [parts.cell(f) for f in report.of(c)]) for c in below],
            }
        )  # fmt: skip
    context = common(request, area, on, said) | {
        "report": report, "figures": report.figures, "streets": streets, "level": _level(area),
        "months": [_month(d, i == 0) for i, d in enumerate(days)],
        "lines": [(f, [f.say(v) if v is not None else "未统计" for v in small[f.indicator.name]]) for f in held],
        "headline": headline(report.figures),
    }  # fmt: skip
    return render(request, "indicators/table.html", context)
