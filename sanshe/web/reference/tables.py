"""Markdown tables and the words that all documents share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.apps import apps

HEAD = "<!-- 由 sanshe docs 生成，请改代码后重新生成，不要直接修改。 -->\n"


def cell(text: object) -> str:
    """A text as it may stand in a cell: on one line, with its bars escaped."""
    return " ".join(str(text).split()).replace("|", "\\|") or "—"


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table; empty when there is no row."""
    body = [f"| {' | '.join(cell(c) for c in row)} |" for row in rows]
    if not body:
        return ""
    return "\n".join([f"| {' | '.join(head)} |", f"|{'|'.join('---' for _ in head)}|", *body]) + "\n"


def page(title: str, lead: str, *parts: str) -> str:
    """A whole document: heading, one paragraph, parts."""
    return "\n".join([HEAD, f"# {title}\n", f"{lead}\n", *(p for p in parts if p)]).rstrip() + "\n"


def modules() -> dict[str, str]:
    """Our modules in their order from the bottom: label → Chinese name."""
    return {c.label: str(c.verbose_name) for c in apps.get_app_configs() if c.name.startswith("sanshe.")}


def in_order(label: str) -> tuple[int, str]:
    """Sorts "app.Model" by module, then by name."""
    order = list(modules())
    app = label.split(".")[0]
    return (order.index(app) if app in order else len(order), label)
