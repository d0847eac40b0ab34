"""One indicator, and the rows behind a figure."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from sanshe.kernel.http import sign_in_first

from .. import queries
from ..access import FigureAccess
from . import parts
from .asking import asked, common
from .cockpit import _level, _month

#: How many areas that fall short are listed on a page.
LISTED = 100


@sign_in_first
def detail(request: HttpRequest, name: str) -> HttpResponse:
    """One indicator: the answer, the judgement at each due day and today, the trend, the areas below, what to do."""
    indicator = queries.get_indicator(name)
    area, on, said = asked(request)
    report = queries.report(area, on, name)
    figure = report.figure(name)
    line = queries.trend(indicator, area, report.on)
    names = [_month(d, i == 0) for i, (d, _) in enumerate(line)]
    against = 100 if figure.kind == "least" and not figure.single else figure.limit
    chart = parts.line_chart(parts.drawn(figure), figure.unit, names, [f.number for _, f in line], against)
    below = []
    if area.level != "community":
        below = [(a, parts.cell(f), f) for a in report.rows for f in report.of(a) if f.indicator.name == name]
    planned = queries.plans_for([a.pk for a in figure.short[:LISTED]] + [area.pk], name)
    short = []
    for one in figure.short[:LISTED]:
        found = next(f for f in report.of(one) if f.indicator.name == name)
        short.append({"area": one, "figure": found, "plan": planned.get(one.pk)})
    context = common(request, area, on, said) | {
        "indicator": indicator, "figure": figure, "chart": chart, "below": below, "short": short,
        "more": max(0, len(figure.short) - LISTED), "judged": queries.judgements(indicator, area, report.on),
        "may_plan": FigureAccess.may(request.viewer, "plan", area.pk),  # type: ignore[attr-defined]
        "plan": planned.get(area.pk), "level": _level(area), "report": report,
        "needed": next((i for i in queries.indicators() if i.name == indicator.needs), None),
    }  # fmt: skip
    return render(request, "indicators/detail.html", context)


@sign_in_first
def rows(request: HttpRequest, name: str) -> HttpResponse:
    """The rows behind a figure."""
    indicator = queries.get_indicator(name)
    area, on, said = asked(request)
    text = request.GET.get("page", "1")
    page = int(text) if text.isdigit() and 0 < int(text) < 100000 else 1
    (figure,) = queries.report(area, on, name, before=False).figures
    lines, count = queries.rows_behind(request.viewer, indicator, area, on, page)  # type: ignore[attr-defined]
    context = common(request, area, on, said) | {
        "indicator": indicator, "figure": figure, "lines": lines, "count": count, "page": page,
        "pages": max(1, -(-count // 50)),
    }  # fmt: skip
    return render(request, "indicators/rows.html", context)
