"""The one sentence with which a page of figures opens."""

from __future__ import annotations

from collections.abc import Sequence

from .figure import Figure


def headline(found: Sequence[Figure]) -> str:
    """The answer first: how many targets are reached, and what the nearest one lacks."""
    judged = [f for f in found if f.judged]
    met = sum(f.met is True for f in judged)
    unknown = sum(not f.has_data for f in judged)
    said = f"{len(judged)} 项目标中 {met} 项达到、{len(judged) - met - unknown} 项未达到"
    said += f"、{unknown} 项无数据。" if unknown else "。"
    short = [f for f in judged if f.met is False and f.gap]
    least = [f for f in short if f.kind == "least"] or short
    if not least:
        return said
    first = least[0]
    year = f"{first.due.by.year} 年" if first.due is not None else ""
    gap = first.gap.split("；")[0]
    if not gap.startswith("还差"):
        return f"{said}{first.target.title}：{gap}。"
    return f"{said}离 {year}目标{gap}。"
