"""parameters.md and indicators.md: the numbers of law and policy with their dates and sources, and what is counted."""

from __future__ import annotations

from sanshe.indicators.public import indicators, notice, numbers
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
    said = "；".join(_due(d, target.unit) for d in target.dues) or ("只看趋势" if target.trend else "未设目标")
    return said + ("" if target.hard or target.trend else "（原则上、倡导）")


#: How the kinds of measures are worked out, in words.
KINDS = {
    "coverage": "有的社区（街道）占全部的比例",
    "least": "每个社区的数，逐个与下限比；上级看达到的社区占比",
    "share": "合格的记录占全部记录的比例",
    "total": "合计数",
    "mean": "平均数",
}
LEVELS = {"community": "社区", "street": "街道", "anywhere": "全区"}


def indicators_page() -> str:
    """Every indicator: what it counts, from what, against which target; the numbers of the notice and its items."""
    lead = (
        "每项指标都由现有记录算出：数值和它背后的记录来自同一次查询，可以看任何一天、任何区域。"
        "没有记录可以判断的是「无数据」，不是零，也不算达到；没有目标数的写「未设目标」。"
    )
    stated = {t.name: t for t in params.targets()}
    rows = []
    for item in indicators():
        target = stated[item.name]
        rows.append(
            (
                target.title, f"`{item.name}`", target.counts, KINDS[item.kind], LEVELS[item.level],
                "、".join(item.columns), _dues(target), target.source,
            )
        )  # fmt: skip
    head = ("指标", "标识", "谁计入", "算法", "在哪一级衡量", "背后记录的列", "目标", "来源")
    known = {i.name for i in indicators()}
    later = [(t.title, f"`{t.name}`", t.counts, _dues(t), t.source) for t in stated.values() if t.name not in known]
    more = "## 尚未计算的目标\n\n" + table(("目标", "标识", "谁计入", "期限和数值", "来源"), later) if later else ""
    held = [(n.cites, n.title, f"{n.value} {n.unit}", "刚性" if n.hard else "原则上、倡导", n.held) for n in numbers()]
    said = "## 通知里的数\n\n" + table(("条目", "内容", "数", "性质", "所在参数或目标"), held)
    items = [(i.cites, i.says, "、".join(i.who), "" if i.supported else "尚未支持") for i in notice().items]
    against = "## 通知对照\n\n" + table(("条目", "要求", "责任单位", "支持"), items)
    return page("指标", lead, table(head, rows), more, said, against)
