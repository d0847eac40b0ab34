"""Drawings made on the server as SVG: state diagram, bar, QR code. Attributes only, no style: the CSP allows none."""

from __future__ import annotations

from collections import deque
from typing import Any
from zlib import crc32

from django.conf import settings
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

COLUMN, ROW, BOX_W, BOX_H, PAD = 172, 62, 128, 38, 14


def bar(value: Any, of: Any = 100, tone: str = "", label: str = "") -> SafeString:
    """A thin bar of value/of; None draws an empty bar."""
    share = 0.0 if value is None or not of else max(0.0, min(1.0, float(value) / float(of)))
    return format_html(
        '<svg class="bar-s {}" viewBox="0 0 100 6" preserveAspectRatio="none" role="img" aria-label="{}">'
        '<rect class="bar-all" width="100" height="6"/><rect class="bar-part" width="{}" height="6"/></svg>',
        f"tone-{tone}" if tone else "",
        label or f"{share:.0%}",
        f"{share * 100:.1f}",
    )


def qr(url: str, size: int, alt: str) -> SafeString:
    """A QR code as a data image. A path is completed with SANSHE_BASE_URL."""
    import segno

    if url.startswith("/"):
        url = f"{getattr(settings, 'SANSHE_BASE_URL', '')}{url}"
    data = segno.make(url, error="m", micro=False).svg_data_uri(border=2, dark="#1d2733", light="#fff")
    return format_html('<img class="qr" src="{}" width="{}" height="{}" alt="{}">', data, size, size, alt or "二维码")


def layers(flow: Any) -> dict[Any, tuple[int, int]]:
    """Place of each state: column by the fewest steps from the start, row in the order of the table."""
    depth: dict[Any, int] = {flow.start_state: 0}
    queue = deque([flow.start_state])
    while queue:
        state = queue.popleft()
        for step in flow.steps:
            target = step.target
            if target is not None and state in step.sources and target not in depth:
                depth[target] = depth[state] + 1
                queue.append(target)
    rows: dict[int, int] = {}
    places = {}
    for state in sorted(depth, key=lambda s: (depth[s], list(flow.states).index(flow.states(s)))):
        column = depth[state]
        places[flow.states(state)] = (column, rows.get(column, 0))
        rows[column] = rows.get(column, 0) + 1
    return places


def diagram(flow: Any, here: Any = None) -> SafeString:
    """The state diagram of a flow; the present state is filled, and its outgoing edges are drawn in the accent."""
    places = layers(flow)
    tip = f"tip-{crc32(flow.title.encode())}"  # two diagrams on one page need two names
    width = (max(c for c, _ in places.values()) + 1) * COLUMN - (COLUMN - BOX_W) + 2 * PAD
    height = (max(r for _, r in places.values()) + 1) * ROW + 2 * PAD + 18
    edges: dict[tuple[Any, Any], list[str]] = {}
    for step in flow.steps:
        for source in step.sources:
            a, b = flow.states(source), flow.states(step.target) if step.target is not None else None
            if b is not None and a in places and b in places and a != b:
                edges.setdefault((a, b), []).append(step.label)
    lines = [_edge(places[a], places[b], a == here, "、".join(labels), tip) for (a, b), labels in
             sorted(edges.items(), key=lambda item: item[0][0] == here)]  # fmt: skip
    boxes = [_box(place, state.label, state == here) for state, place in places.items()]
    return mark_safe(
        f'<svg class="flow-svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img" '
        f'aria-label="{escape(flow.title)}的状态图">'
        f'<defs><marker id="{tip}" viewBox="0 0 8 8" refX="7" refY="4" markerUnits="userSpaceOnUse" '
        'markerWidth="9" markerHeight="9" '
        'orient="auto-start-reverse"><path class="flow-tip" d="M0 0L8 4L0 8z"/></marker></defs>'
        f"{''.join(lines)}{''.join(boxes)}</svg>"
    )


def _corner(place: tuple[int, int]) -> tuple[int, int]:
    return PAD + place[0] * COLUMN, PAD + 18 + place[1] * ROW


def _box(place: tuple[int, int], label: str, here: bool) -> str:
    x, y = _corner(place)
    mark = f'<text class="flow-you" x="{x + BOX_W / 2}" y="{y - 6}">您在这里</text>' if here else ""
    return (
        f'<g class="flow-box{" here" if here else ""}"><rect x="{x}" y="{y}" width="{BOX_W}" height="{BOX_H}" rx="6"/>'
        f'<text x="{x + BOX_W / 2}" y="{y + 24}">{escape(label)}</text>{mark}</g>'
    )


def _edge(a: tuple[int, int], b: tuple[int, int], here: bool, label: str, tip: str) -> str:
    (ax, ay), (bx, by) = _corner(a), _corner(b)
    ay, by = ay + BOX_H / 2, by + BOX_H / 2
    if b[0] > a[0]:  # onwards: from the right side to the left side
        x1, x2 = ax + BOX_W, bx
        bend = (x2 - x1) / 2
        path = f"M{x1} {ay}C{x1 + bend} {ay} {x2 - bend} {by} {x2 - 1} {by}"
    elif b[0] == a[0]:  # in the same column: a bow on the right
        x = ax + BOX_W
        path = f"M{x} {ay}C{x + 30} {ay} {x + 30} {by} {x + 1} {by}"
    else:  # back: below the boxes
        y1, y2 = ay + BOX_H / 2, by + BOX_H / 2
        low = max(y1, y2) + 20
        path = f"M{ax + BOX_W / 2} {y1}C{ax + BOX_W / 2} {low} {bx + BOX_W / 2} {low} {bx + BOX_W / 2} {y2 + 1}"
    kind = "flow-edge here" if here else "flow-edge back" if b[0] <= a[0] else "flow-edge"
    return f'<path class="{kind}" d="{path}" marker-end="url(#{tip})"><title>{escape(label)}</title></path>'
