"""states.md: every procedure with its diagram, its steps and whom each state waits for."""

from __future__ import annotations

from typing import Any

from sanshe.kernel.flow import Flow, Step, registry

from .tables import in_order, page, table


def states_page() -> str:
    """Every procedure: the diagram, the steps, the states."""
    flows = sorted(
        (f for f in registry() if not f.model.__module__.startswith("tests.")),
        key=lambda f: in_order(f.model._meta.label),
    )
    lead = (
        "每个流程都写成一张表：从哪个状态到哪个状态、谁可以办、要满足什么。"
        "页面上的按钮、步骤条、待办和本文都由同一张表得出。图中不画状态不变的步骤，表中全部列出。"
    )
    contents = "\n".join(f"- [{f.title}](#{_anchor(f)})" for f in flows) + "\n"
    return page("流程与状态", lead, contents, *(_procedure(f) for f in flows))


def _anchor(flow: Flow[Any]) -> str:
    return f"{flow.title}-{flow.model._meta.label}".lower().replace(".", "")


def _procedure(flow: Flow[Any]) -> str:
    head = f"## {flow.title} {flow.model._meta.label}\n"
    steps = table(
        ("步骤", "标识", "从", "到", "谁可以", "需要满足", "待办", "审计记录"), [_row(flow, s) for s in flow.steps]
    )
    return "\n".join([head, _diagram(flow), steps, "各状态在等谁：\n", _owners(flow)])


def _diagram(flow: Flow[Any]) -> str:
    lines = ["```mermaid", "stateDiagram-v2"]
    lines += [f'    state "{s.label}" as s_{s.value}' for s in flow.states]
    lines.append(f"    [*] --> s_{flow.start_state.value}")
    arrows: dict[tuple[str, str], list[str]] = {}
    left = set()
    for step in flow.steps:
        for source in step.sources:
            if step.target is None or step.target == source:
                continue
            left.add(source)
            labels = arrows.setdefault((source.value, step.target.value), [])
            if step.label not in labels:
                labels.append(step.label)
    lines += [f"    s_{source} --> s_{target} : {'、'.join(labels)}" for (source, target), labels in arrows.items()]
    lines += [f"    s_{s.value} --> [*]" for s in flow.states if s not in left]
    return "\n".join([*lines, "```"]) + "\n"


def _row(flow: Flow[Any], step: Step) -> tuple[str, ...]:
    needs = [n.why if isinstance(n.why, str) else "（原因随具体情况给出）" for n in step.needs]
    return (
        step.label + ("（不设按钮）" if step.hidden else ""),
        f"`{step.name}`",
        "、".join(str(s.label) for s in step.sources),
        "不变" if step.target is None else str(step.target.label),
        getattr(flow.access, step.verb).says(),
        " ".join(dict.fromkeys(needs)),
        step.todo,
        (step.sentence or f"{{actor}}{step.label}").replace("{actor}", "〔经办人〕").replace("{note}", "〔说明〕")
        + ("" if step.public else "（不向反映人显示）"),
    )


def _owners(flow: Flow[Any]) -> str:
    rows = []
    for state in flow.states:
        waits = [
            f"{getattr(flow.access, s.verb).says()}：{s.todo}" for s in flow.steps if s.todo and state in s.sources
        ]
        waits = list(dict.fromkeys(waits))
        stated = flow.owners.get(state)
        come = flow.elsewhere.get(state, "")
        rows.append((state.label, f"`{state.value}`", "；".join([stated] if stated else waits), come))
    return table(("状态", "标识", "在等谁", "另有来源"), rows)
