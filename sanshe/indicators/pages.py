"""Pages of the indicators: the cockpit, one indicator, the rows behind a figure."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from sanshe.areas.public import AreaLevel
from sanshe.kernel import clock
from sanshe.kernel.http import sign_in_first

from . import queries
from .registry import indicators

FIRST_DAY = date(2020, 1, 1)


def _asked(request: HttpRequest) -> tuple[Any, date, str]:
    """Area and day of the request; a day that can not be taken becomes today, with a sentence."""
    raw = request.GET.get("area", "")
    area = queries.figure_area(request.viewer, int(raw) if raw.isdigit() and len(raw) < 12 else None)
    today, said = clock.today(), ""
    text = request.GET.get("on", "").strip()
    if not text:
        return area, today, ""
    try:
        on = date.fromisoformat(text)
    except ValueError:
        return area, today, f"没有看懂日期「{text[:20]}」，已显示今天的数。请写成 2026-11-23 这样。"
    if on > today:
        said = "日期还没有到，已显示今天的数。"
        on = today
    if on < FIRST_DAY:
        said = "2020 年之前没有记录，已显示 2020 年 1 月 1 日的数。"
        on = FIRST_DAY
    return area, on, said


def _cells(row: queries.Row) -> list[dict[str, Any]]:
    cells = []
    for indicator, tally in zip(indicators(), row.tallies, strict=True):
        tone = "none"
        if tally.share is not None:
            tone = (
                "full" if tally.share >= 0.9995 else "high" if tally.share >= 0.8 else "low" if tally.share else "zero"
            )
        single = tally.denominator == 1 and not indicator.by_row
        text = (
            "无数据"
            if tally.share is None
            else ("有" if tally.numerator else "无")
            if single
            else f"{tally.percent:g}%"
        )
        cells.append({"indicator": indicator, "tally": tally, "tone": tone, "text": text})
    return cells


@sign_in_first
def cockpit(request: HttpRequest) -> HttpResponse:
    """The page for the wall and for the officer: four figures, the streets, what falls short."""
    area, on, said = _asked(request)
    figures = queries.figures(area, on)
    table = queries.table(area, on)
    heat = queries.heat(area, on) if area.level != AreaLevel.COMMUNITY else []
    gaps = [(f, c) for f in figures if not f.indicator.by_row for c in f.short]
    worst: dict[int, dict[str, Any]] = {}
    for figure, community in gaps:
        entry = worst.setdefault(community.pk, {"area": community, "missing": []})
        entry["missing"].append(figure.indicator.missing)
    ranked = sorted(worst.values(), key=lambda e: (-len(e["missing"]), e["area"].lo))[:10]
    sat = next(f for f in figures if f.indicator.by_row)
    rated = [(r.area.short_name, r.tallies[-1]) for r in table]
    chart = {
        "kind": "bar-h",
        "of": "区域",
        "names": [n for n, _ in rated],
        "series": [
            {"name": "满意度", "unit": "%", "values": [t.percent for _, t in rated]},
            {"name": "未评率", "unit": "%", "values": [_unrated(t) for _, t in rated]},
        ],
    }
    context = {
        "area": area, "on": on, "said": said, "figures": figures, "chart": chart, "sat": sat,
        "table": [(r.area, _cells(r)) for r in table], "heat": [(r.area, _cells(r)) for r in heat],
        "worst": ranked, "gap_count": len(worst), "areas": queries.areas_offered(request.viewer),
        "today": clock.today(),
        "chart_title": _chart_title(rated), "indicators": indicators(),
    }  # fmt: skip
    return render(request, "indicators/cockpit.html", context)


def _unrated(tally: Any) -> float | None:
    rows = tally.beside.get("rows", 0)
    return round(tally.beside.get("unrated", 0) * 100 / rows, 1) if rows else None


def _chart_title(rated: list[tuple[str, Any]]) -> str:
    known = [(name, t.percent) for name, t in rated if t.percent is not None]
    if not known:
        return "近一年还没有居民评价"
    best, worst = max(known, key=lambda k: k[1]), min(known, key=lambda k: k[1])
    if len(known) == 1 or best[1] == worst[1]:
        return f"{best[0]}的居民满意度为 {best[1]:g}%；灰色为未评率"
    return f"{best[0]}满意度最高（{best[1]:g}%），{worst[0]}最低（{worst[1]:g}%）；灰色为未评率"


@sign_in_first
def detail(request: HttpRequest, name: str) -> HttpResponse:
    """One indicator: the answer, the definition, the trend, the areas below."""
    indicator = queries.get_indicator(name)
    area, on, said = _asked(request)
    (figure,) = queries.figures(area, on, only=name)
    line = queries.trend(indicator, area, on)
    position = [i.name for i in indicators()].index(name)
    below = [(r.area, r.tallies[position], _cells(r)[position]) for r in queries.table(area, on)]
    target = figure.target.at_least
    chart = {
        "kind": "line",
        "of": "月末",
        "names": [
            f"{d.year}年{d.month}月" if d.month == 1 or i == 0 else f"{d.month}月" for i, (d, _) in enumerate(line)
        ],
        "series": [{"name": indicator.short, "unit": "%", "values": [t.percent for _, t in line]}],
        "target": float(target) if target is not None else None,
    }
    context = {
        "indicator": indicator, "figure": figure, "area": area, "on": on, "said": said, "chart": chart, "below": below,
        "areas": queries.areas_offered(request.viewer), "today": clock.today(),
    }  # fmt: skip
    return render(request, "indicators/detail.html", context)


@sign_in_first
def rows(request: HttpRequest, name: str) -> HttpResponse:
    """The rows behind a figure."""
    indicator = queries.get_indicator(name)
    area, on, said = _asked(request)
    text = request.GET.get("page", "1")
    page = int(text) if text.isdigit() and 0 < int(text) < 100000 else 1
    (figure,) = queries.figures(area, on, only=name)
    lines, count = queries.rows_behind(request.viewer, indicator, area, on, page)
    pages = max(1, -(-count // 50))
    context = {
        "indicator": indicator, "figure": figure, "area": area, "on": on, "said": said, "lines": lines, "count": count,
        "page": page, "pages": pages, "areas": queries.areas_offered(request.viewer), "today": clock.today(),
    }  # fmt: skip
    return render(request, "indicators/rows.html", context)
