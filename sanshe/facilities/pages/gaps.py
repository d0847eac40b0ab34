"""Where the gap is: first the answer in a sentence, then the communities, worst first."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from sanshe.areas.public import AreaLevel
from sanshe.kernel import clock, params

from .. import drawing, norms, queries
from ..forms import BoardFilter
from .common import asked

#: Communities shown at once; a larger area is read by street.
MOST = 120
#: Those that stand open at once; the others are folded away.
FIRST, FEW = 20, 8


def _answer(board: queries.Board) -> str:
    """The sentence on top."""
    all_of_it, lines = board.total, [one for one in board.lines if one.gap.met is False]
    if not all_of_it.communities:
        return "这一天这里没有社区。"
    unknown = f"另有 {all_of_it.no_data} 个社区无数据，不算达标也不算缺口。" if all_of_it.no_data else ""
    if all_of_it.no_data == all_of_it.communities:
        return f"{all_of_it.communities} 个社区都还没有可以判断的数据：请先填报户数、登记设施面积。"
    if not all_of_it.short:
        return f"有数据的 {all_of_it.met} 个社区都达到了设施标准。{unknown}"
    worst = lines[0] if lines else None
    most = f"，缺得最多的是{worst.area}（{worst.gap.missing:,.0f} 平方米）" if worst and worst.gap.missing else ""
    left = "，都还没有补齐计划" if not all_of_it.plans else "，已列入计划的可以全部补齐"
    if all_of_it.plans and all_of_it.remaining:
        left = f"，计划完成后仍差 {all_of_it.remaining:,.0f} 平方米"
    return f"{all_of_it.short} 个社区未达到设施标准，共差 {all_of_it.missing:,.0f} 平方米{most}{left}。{unknown}"


def index(request: HttpRequest) -> HttpResponse:
    """The gaps of an area, for those who read them; everybody else is led to what there is."""
    viewer = request.viewer  # type: ignore[attr-defined]
    if not queries.reads_gaps(viewer):
        return HttpResponseRedirect(reverse("facilities:communities"))
    area, on, said = asked(request)
    if area.level == AreaLevel.COMMUNITY:
        return HttpResponseRedirect(reverse("facilities:community", args=[area.pk]))
    kind = request.GET.get("kind", "")
    kind = kind if kind in norms.parts(on) else ""
    board = queries.board(area, on, kind)
    known = [line for line in board.lines if line.gap.missing is not None]
    context = {
        "area": area,
        "on": on,
        "said": said,
        "kind": norms.parts(on).get(kind, ""),
        "board": board,
        "answer": _answer(queries.board(area, on) if kind else board),
        "lines": known[:FIRST],
        "others": known[FIRST:MOST],
        "others_title": f"其余 {len(known) - FIRST} 个社区",
        "more": max(0, len(known) - MOST),
        "unknown_title": f"无数据的 {len(board.without_data)} 个社区：不算达标，也不算缺口",
        "unknown_few": len(board.without_data) <= FEW,
        "unknown": board.without_data[:MOST],
        "form": BoardFilter(initial={"area": area.pk, "on": on, "kind": kind}),
        "schematic": drawing.schematic(board.lines) if area.level == AreaLevel.STREET else "",
        "centre_limit": norms.centre_limit(on),
        "share_limit": norms.share_limit(on),
        "kinds_limit": params.get("facilities.kinds", on=on),
        "states_limit": params.get("facilities.counting_states", on=on),
        "today": clock.today(),
    }
    return render(request, "facilities/gaps.html", context)
