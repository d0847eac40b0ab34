"""What the component templates show: plain dictionaries computed from objects, flows, forms and requests."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from datetime import datetime, time
from functools import cache
from typing import Any
from urllib.parse import urlencode

from django import forms

from sanshe.web import drawing, words

SIGNS = {"plain": "", "info": "→", "todo": "●", "done": "✓", "bad": "!", "off": "–"}
STATION_WORDS = {"done": "已完成", "now": "进行中", "ahead": "尚未开始", "skipped": "不经过"}


def figure(value: Any) -> str:
    """A number as people write it; None is 无数据."""
    if value is None:
        return "无数据"
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return str(value)
    return f"{value:,}" if isinstance(value, int) else f"{value:,.1f}".removesuffix(".0")


def state_of(obj: Any, tone: str = "", label: str = "") -> dict[str, Any]:
    """Label, tone and sign of an object's state. The flow's `tones` decide; else the word does."""
    flow = _flow(obj)
    field = flow.state_field if flow else "state"
    if not label:
        shown = getattr(obj, f"get_{field}_display", None)
        label = str(shown() if shown else getattr(getattr(obj, field, ""), "label", getattr(obj, field, "")))
    if not tone and flow:
        tone = str(flow.tones.get(getattr(obj, field), ""))
    tone = tone if tone in SIGNS else words.tone_of_state(label)
    return {"label": label, "tone": tone, "sign": SIGNS[tone]}


def _flow(obj: Any) -> Any:
    if not hasattr(obj, "_meta"):
        return None
    from sanshe.kernel.flow import flow_of

    return flow_of(obj)


def due_of(at: Any, done: bool, paused: bool) -> dict[str, Any]:
    """The deadline in words; the kernel's clock counts working days."""
    if not at:
        return {"text": "未定期限", "tone": "calm", "exact": ""}
    exact = words.until(at)
    if done or paused:
        return {"text": "已暂停计时" if paused else "", "tone": "calm", "exact": exact, "iso": at.isoformat()}
    from sanshe.kernel import clock

    now = clock.now()
    moment = at if isinstance(at, datetime) else datetime.combine(at, time(23, 59), tzinfo=now.tzinfo)
    text = clock.say_due(moment, now)
    tone = words.tone_of_due(at, now)
    return {"text": text, "tone": tone, "iso": at.isoformat(), "late": tone == "late",
            "exact": "" if text.endswith("前") else exact}  # fmt: skip


def stations(found: Iterable[Any]) -> list[dict[str, Any]]:
    """The thread's stations with their words: the latest entry in full, the earlier ones folded away."""
    out = []
    for station in found:
        status = str(getattr(station, "status", "ahead"))
        entries = list(getattr(station, "entries", ()) or ())
        out.append(
            {
                "label": station.label,
                "status": status,
                "word": STATION_WORDS.get(status, ""),
                "latest": entries[-1] if entries else None,
                "earlier": entries[-2::-1],
            }
        )
    return out


def stepper_of(flow_or_obj: Any, obj: Any = None) -> dict[str, Any]:
    """The diagram of a flow, and what may follow the present state in words."""
    flow = flow_or_obj if hasattr(flow_or_obj, "steps") else _flow(flow_or_obj)
    obj = obj if obj is not None else (None if flow is flow_or_obj else flow_or_obj)
    if flow is None:
        return {"svg": "", "next": [], "title": ""}
    here = flow.state(obj) if obj is not None else None
    return _drawn_once(flow, here) if isinstance(flow, Hashable) else _procedure(flow, here)


def _procedure(flow: Any, here: Any) -> dict[str, Any]:
    following = [
        {"label": step.label, "target": flow.states(step.target).label if step.target is not None else "",
         "by": flow.access.rule(step.verb).says() if hasattr(flow.access, "rule") else ""}
        for step in flow.steps if not step.hidden and here is not None and here in step.sources
    ]  # fmt: skip
    return {"svg": drawing.diagram(flow, here), "next": following, "title": flow.title,
            "here": here.label if here is not None else ""}  # fmt: skip


#: A procedure does not change while we run: each of its states is drawn once.
_drawn_once = cache(_procedure)


def history_of(obj: Any, entries: Iterable[Any] | None, limit: int, public: bool) -> dict[str, Any]:
    """Audit entries as sentences; one more than `limit` is read, to know whether there are more."""
    if entries is None:
        from sanshe.kernel import audit

        rows = audit.history(obj)
        entries = (rows.filter(public=True) if public else rows)[: limit + 1]
    found = list(entries)
    lines = [
        {"text": _told(entry), "at": getattr(entry, "at", None), "post": "" if public else getattr(entry, "post", ""),
         "note": _loose_note(entry)}
        for entry in found[:limit]
    ]  # fmt: skip
    return {"lines": lines, "more": len(found) > limit}


def _told(entry: Any) -> str:
    told = getattr(entry, "told", None)
    return str(told()) if callable(told) else str(getattr(entry, "sentence", entry))


def _loose_note(entry: Any) -> str:
    """What was written with the event, unless the sentence already contains it."""
    note = str(getattr(entry, "note", "") or "")
    return "" if note and note in _told(entry) else note


# -- forms -------------------------------------------------------------------------------------------------------------


def field_of(bound: Any, known: bool = False, hint: str = "", label: str = "") -> dict[str, Any]:
    """What the field template needs. A form may name its known fields in `known` (a set of names)."""
    kind = getattr(bound.field.widget, "input_type", "") or type(bound.field.widget).__name__.lower()
    known = known or bound.name in (getattr(bound.form, "known", None) or ())
    return {"field": bound, "known": known and bool(bound.value()), "hint": hint or bound.help_text,
            "label": label or bound.label, "single": kind == "checkbox" and not bound.use_fieldset,
            "group": bound.use_fieldset, "hidden": bound.is_hidden, "errors": _sentences(bound),
            "optional": _optional(bound)}  # fmt: skip


def _optional(bound: Any) -> bool:
    """Whether to say 选填. A form that requires nothing by itself leaves the judgement to its action: no word then."""
    named = getattr(bound.form, "optional", None)
    if named is not None:
        return bound.name in named
    return not bound.field.required and any(field.required for field in bound.form.fields.values())


def _sentences(bound: Any) -> list[str]:
    """The errors of a field in our words: what is missing is asked for by its name."""
    if not bound.errors:
        return []
    ask = "请选择" if hasattr(bound.field, "choices") else "请填写"
    if bound.field.widget.needs_multipart_form:
        ask = "请上传"
    data = bound.errors.as_data()
    own = bound.field.error_messages.get("required")
    default = type(bound.field).default_error_messages.get("required", forms.Field.default_error_messages["required"])
    out = []
    for error in data:
        if error.code == "required" and own == default:
            out.append(f"{ask}「{bound.label}」。" if bound.label else f"{ask}这一项。")
        else:
            out.extend(str(message) for message in error.messages)
    return out


def errors_of(forms: Iterable[Any]) -> list[dict[str, str]]:
    """Each error of the forms as a label, a sentence and the id of its field (empty for the whole form)."""
    found = []
    for form in forms:
        if form is None or not getattr(form, "is_bound", False):
            continue
        for name, general in form.errors.items():
            bound = form[name] if name in form.fields else None
            for sentence in _sentences(bound) if bound is not None else general:
                label = str(bound.label) if bound is not None and str(bound.label) not in str(sentence) else ""
                where = (bound.id_for_label or f"f-{bound.html_name}") if bound is not None else ""
                found.append({"label": label, "text": str(sentence), "id": where})
    return found


# -- tables ------------------------------------------------------------------------------------------------------------


def query_url(request: Any, **changes: Any) -> str:
    """The present path with changed parameters; a changed filter starts at the first page again."""
    if request is None:
        return "?" + urlencode(changes)
    query = request.GET.copy()
    for key in ("after", "before", "page", "as"):
        query.pop(key, None)
    for key, value in changes.items():
        if value is None or value == "":
            query.pop(key, None)
        else:
            query[key] = str(value)
    text = query.urlencode()
    return f"{request.path}?{text}" if text else request.path


def head_of(request: Any, label: str, key: str, number: bool) -> dict[str, Any]:
    """A column head: whether it sorts, how it is sorted now, and the address of the other order."""
    now = request.GET.get("sort", "") if request is not None else ""
    order = "ascending" if key and now == key else "descending" if key and now == f"-{key}" else ""
    target = f"-{key}" if order == "ascending" else key
    return {"label": label, "number": number, "order": order,
            "url": query_url(request, sort=target) if key else ""}  # fmt: skip


def pager_of(request: Any, page: Any) -> dict[str, Any]:
    """Links to the next and previous rows by key, and the total up to its limit."""

    def get(name: str) -> Any:
        return page.get(name) if isinstance(page, dict) else getattr(page, name, None)

    total = get("total_text") or get("total")
    return {
        "total": "" if total is None else str(total),
        "next": query_url(request, after=get("next")) if get("next") else "",
        "previous": query_url(request, before=get("previous")) if get("previous") else "",
        "first": query_url(request) if get("previous") else "",
    }


def chart_of(sentence: str, data: dict[str, Any], height: int) -> dict[str, Any]:
    """The chart's data for the script and, row by row, for the table behind it."""
    series = data.get("series", [])
    rows = [
        [name, *(figure(one["values"][at]) if at < len(one["values"]) else "" for one in series)]
        for at, name in enumerate(data.get("names", []))
    ]
    key = f"chart-{abs(hash((sentence, height))) % 10**8}"
    return {"sentence": sentence, "data": data, "id": key, "height": "tall" if height > 320 else "low"
            if height < 200 else "mid", "head": [data.get("of", ""), *(_head(one) for one in series)],
            "rows": rows,
            "blank": all(value is None for one in series for value in one["values"])}  # fmt: skip


def _head(one: dict[str, Any]) -> str:
    return f"{one.get('name', '')}（{one['unit']}）" if one.get("unit") else str(one.get("name", ""))
