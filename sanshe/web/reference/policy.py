"""parameters.md and indicators.md: the numbers of law and policy with their dates and sources, and what is counted."""

from __future__ import annotations

from sanshe.indicators.public import indicators
from sanshe.kernel import params
from sanshe.kernel.policy_shape import Due, Target

from .tables import page, table


def parameters_page() -> str:
    """Every parameter with its whole history, and every target with its dates."""
    lead = (
        "这些数值写在 `policy/` 目录里，不写在程序里；每个值有单位、生效日期和来源，"
        "办理时按当天有效的值。改数值请新增一个生效日期，不要改旧值。"
    )
    groups: dict[str, list[tuple[str, ...]]] = {}
    for item in params.all():
        for value in item.history:
            shown = value.shown + ("" if value.hard else "（原则上）")
            groups.setdefault(item.file, []).append(
                (item.title, f"`{item.name}`", shown, str(value.since), value.source, value.note)
            )
    head = ("名称", "标识", "值", "自", "来源", "说明")
    parts = [f"## {file}\n\n" + table(head, rows) for file, rows in sorted(groups.items())]
    rows = [(t.title, f"`{t.name}`", _dues(t), t.counts, t.source, t.note) for t in params.targets()]
    targets = "## 目标\n\n" + table(("目标", "标识", "期限和数值", "谁计入", "来源", "说明"), rows)
    return page("参数与目标", lead, *parts, targets)


def _due(due: Due, unit: str) -> str:
    if due.at_least is None:
        return f"{due.by} 未设目标"
    return f"{due.by} 至少 {due.at_least:g}{unit if unit == '%' else f' {unit}'}"


def _dues(target: Target) -> str:
    said = "；".join(_due(d, target.unit) for d in target.dues) or "未设目标"
    return said + ("" if target.hard else "（原则上）")


def indicators_page() -> str:
    """Every indicator: what it counts, from what, against which target."""
    lead = (
        "每项指标都由现有记录当场算出：数值和它背后的记录来自同一次查询，可以看任何一天、任何区域。"
        "分母为零时是「无数据」，不是 0%；没有目标数的写「未设目标」。"
    )
    stated = {t.name: t for t in params.targets()}
    rows = []
    for item in indicators():
        target = stated[item.name]
        kind = "记录的占比" if item.by_row else "社区的占比"
        rows.append(
            (item.short, f"`{item.name}`", target.counts, kind, "、".join(item.columns), _dues(target), target.source)
        )
    head = ("指标", "标识", "谁计入", "算法", "背后记录的列", "目标", "来源")
    known = {i.name for i in indicators()}
    later = [(t.title, f"`{t.name}`", t.counts, _dues(t), t.source) for t in stated.values() if t.name not in known]
    more = "## 尚未计算的目标\n\n" + table(("目标", "标识", "谁计入", "期限和数值", "来源"), later) if later else ""
    return page("指标", lead, table(head, rows), more)
