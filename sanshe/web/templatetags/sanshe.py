"""All components as template tags: `{% load sanshe %}`. One page of examples: sanshe/web/README.md.

The kernel is imported inside the functions, so that a page without a component does not pay for it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from functools import cache
from typing import Any

from django import template
from django.template.base import FilterExpression, NodeList, Parser, Token
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from sanshe.kernel.money import money_wan
from sanshe.web import drawing, parts, words

register = template.Library()
Context = template.Context


def _viewer(context: Context) -> Any:
    request = context.get("request")
    viewer = context.get("viewer") or getattr(request, "viewer", None)
    if viewer is None:
        from sanshe.kernel.access import Viewer

        viewer = Viewer.public()
    return viewer


# -- filters -----------------------------------------------------------------------------------------------------------


@register.filter
def wan(value: object) -> str:
    """Money in yuan: 125000 → 「12.5 万元」."""
    return money_wan(value)


@register.filter
def cnday(value: date | datetime | None) -> str:
    """「7月3日（周五）」, near days by name: 「明天（周六）」."""
    return words.day(value)


@register.filter
def cnshort(value: date | datetime | None) -> str:
    """「7月3日」 for narrow places."""
    return words.short_day(value)


@register.filter
def cntime(value: datetime | None) -> str:
    """「7月3日 14:05」, 「今天 09:30」."""
    return words.moment(value)


@register.filter
def cnuntil(value: date | datetime | None) -> str:
    """A deadline: 「明天 17:00 前」, 「7月3日（周五）前」."""
    return words.until(value)


@register.filter
def mask(value: object) -> str:
    """Hides the middle of a number or a name; also `{% mask value %}`."""
    return words.masked(value)


@register.filter
def posts_briefly(text: str) -> str:
    """The posts of who did something; of more than three the first two and how many there are."""
    posts = text.split("、")
    return text if len(posts) <= 3 else f"{posts[0]}、{posts[1]}等 {len(posts)} 个岗位"


@register.filter
def num(value: object) -> str:
    """A whole number with commas, 无数据 for None."""
    return "无数据" if value is None else f"{value:,}"


@register.filter
def percent(value: object) -> str:
    """A share 0…1 as 「93.5 %」; None is 无数据, never 0 %."""
    return "无数据" if value is None else f"{float(str(value)) * 100:.1f}".rstrip("0").rstrip(".") + " %"


@register.simple_tag(name="mask")
def mask_tag(value: object) -> SafeString:
    """A masked value that says so to a screen reader."""
    return format_html('<span class="masked" title="已隐去中间部分">{}</span>', words.masked(value))


# -- small parts -------------------------------------------------------------------------------------------------------


@register.simple_tag
def icon(name: str) -> SafeString:
    """A line icon from web/icons.svg; decoration only, the word stands beside it."""
    return _icon(name, static("web/icons.svg"))


@cache
def _icon(name: str, source: str) -> SafeString:
    return format_html(
        '<svg class="icon" width="20" height="20" aria-hidden="true" focusable="false"><use href="{}#{}"/></svg>',
        source,
        name,
    )


# State and deadline stand in every row of every list: written without a template each, which costs a third.
def _badge(label: str, tone: str, sign: str) -> SafeString:
    mark = format_html('<span aria-hidden="true">{}</span> ', sign) if sign else ""
    return format_html('<span class="badge-s tone-{}">{}{}</span>', tone, mark, label)


@register.simple_tag
def state(obj: Any, tone: str = "", label: str = "") -> SafeString:
    """Badge of the object's state: colour + sign + word. `tone` info|todo|done|bad|off overrides the flow's."""
    return _badge(**parts.state_of(obj, tone, label))


@register.simple_tag
def badge(label: str, tone: str = "plain") -> SafeString:
    """A badge with any word: `{% badge "大事" %}`, `{% badge "未读" "todo" %}`."""
    return _badge(label, tone, parts.SIGNS.get(tone, ""))


@register.simple_tag
def due(at: Any, done: bool = False, paused: bool = False) -> SafeString:
    """「还剩 2 个工作日　7月3日（周五）前」; red and 已逾期 when past; `done` silences it, `paused` says so."""
    it = parts.due_of(at, done, paused)
    if not it["text"] and not it["exact"]:
        return mark_safe("")
    day = format_html('<time datetime="{}">{}</time>', it["iso"], it["exact"]) if it["exact"] else ""
    if it["text"] and day:
        day = format_html(' <span class="due-exact">{}{}</span>', "应在" if it["tone"] == "late" else "", day)
    sign = mark_safe('<span aria-hidden="true">!</span> ') if it["tone"] == "late" else ""
    return format_html('<span class="due due-{}">{}{}{}</span>', it["tone"], sign, it["text"], day)


@register.inclusion_tag("web/components/stat.html")
def stat(value: Any, unit: str = "", label: str = "", url: str = "", note: str = "", tone: str = "") -> dict[str, Any]:
    """One number with its unit; the number links to its rows. None shows 无数据."""
    return {"value": parts.figure(value), "unit": unit if value is not None else "", "label": label, "url": url,
            "note": note, "tone": tone}  # fmt: skip


@register.simple_tag
def bar(value: Any, of: Any = 100, tone: str = "", label: str = "") -> SafeString:
    """A thin horizontal bar (SVG): `{% bar 42 of=56 label="42 个社区，共 56 个" %}`."""
    return drawing.bar(value, of, tone, label)


@register.simple_tag
def qr(url: str, size: int = 168, alt: str = "") -> SafeString:
    """QR code as an SVG data image; a path is completed with the platform's address."""
    return drawing.qr(url, size, alt)


# -- the signature and the procedure -----------------------------------------------------------------------------------


@register.inclusion_tag("web/components/thread.html", takes_context=True)
def thread(context: Context, obj: Any = None, stations: Iterable[Any] | None = None) -> dict[str, Any]:
    """The seven stations of the whole thread (全流程) around `obj`, as far as the viewer may see them."""
    if stations is None:
        from sanshe.kernel import thread as kernel_thread

        stations = kernel_thread.of(obj, _viewer(context))
    return {"stations": parts.stations(stations)}


@register.inclusion_tag("web/components/offers.html", takes_context=True)
def offers(context: Context, obj: Any, offers: Iterable[Any] | None = None, skip: str = "") -> dict[str, Any]:
    """The button bar of an object, from its flow. `skip` names steps (comma separated) shown elsewhere on the page."""
    if offers is None:
        from sanshe.kernel.flow import flow_of

        flow = flow_of(obj)
        offers = flow.offers(obj, _viewer(context)) if flow else []
    left_out = {name.strip() for name in skip.split(",") if name.strip()}
    found = [offer for offer in offers if offer.step.name not in left_out]
    return {"offers": found, "request": context.get("request"), "csrf_token": context.get("csrf_token")}


@register.inclusion_tag("web/components/stepper.html", takes_context=True)
def stepper(context: Context, flow_or_obj: Any, obj: Any = None) -> dict[str, Any]:
    """State diagram of a procedure with 「您在这里」: `{% stepper obj %}`, `{% stepper flow obj %}`."""
    return parts.stepper_of(flow_or_obj, obj)


@register.inclusion_tag("web/components/history.html", takes_context=True)
def history(context: Context, obj: Any = None, entries: Iterable[Any] | None = None, limit: int = 30,
            public: bool = False) -> dict[str, Any]:  # fmt: skip
    """The object's events as sentences, newest first. `public` keeps to what the person concerned may read."""
    return parts.history_of(obj, entries, limit, public)


# -- forms -------------------------------------------------------------------------------------------------------------


@register.inclusion_tag("web/forms/field.html")
def field(bound: Any, known: bool = False, hint: str = "", label: str = "") -> dict[str, Any]:
    """A form field: label above, hint below, error at the field. `known`: 「已有，无需填写」."""
    return parts.field_of(bound, known, hint, label)


@register.inclusion_tag("web/forms/errors.html")
def errors(*forms: Any) -> dict[str, Any]:
    """All errors of the forms on top, each a link to its field; nothing when there are none."""
    return {"found": parts.errors_of(forms)}


@register.simple_tag
def form_key() -> SafeString:
    """Hidden key, unique in the database: a double click is one effect. Belongs in every form that posts."""
    from sanshe.kernel.http import new_key

    return format_html('<input type="hidden" name="form_key" value="{}">', new_key())


@register.simple_tag
def demo_accounts() -> list[Any]:
    """The demo's accounts for its sign-in page; empty on a real installation."""
    from sanshe.web import sources

    return sources.demo_accounts()


# -- tables ------------------------------------------------------------------------------------------------------------


@register.inclusion_tag("web/components/th.html", takes_context=True)
def th(context: Context, label: str, key: str = "", number: bool = False) -> dict[str, Any]:
    """A column head; with `key` it sorts by `?sort=key` / `?sort=-key` and keeps the other filters."""
    return parts.head_of(context.get("request"), label, key, number)


@register.inclusion_tag("web/components/pager.html", takes_context=True)
def pager(context: Context, page: Any) -> dict[str, Any]:
    """Paging by key: `page` has .total_text or .total, .next, .previous (keys or None)."""
    return parts.pager_of(context.get("request"), page)


@register.inclusion_tag("web/components/export.html", takes_context=True)
def export(context: Context, kind: str = "xlsx", label: str = "导出所见") -> dict[str, Any]:
    """Link to the same list as a sheet: the present filters and `?as=xlsx`."""
    return {"url": parts.query_url(context.get("request"), **{"as": kind}), "label": label}


@register.simple_tag(takes_context=True)
def query(context: Context, **changes: Any) -> str:
    """The present address with changed parameters (None removes one): `href="{% query area=a.code %}"`."""
    return parts.query_url(context.get("request"), **changes)


# -- block tags --------------------------------------------------------------------------------------------------------


class _Capture(template.Node):
    def __init__(self, nodelist: NodeList, name: str) -> None:
        self.nodelist, self.name = nodelist, name

    def render(self, context: Context) -> str:
        context[self.name] = mark_safe(self.nodelist.render(context).strip())
        return ""


@register.tag
def capture(parser: Parser, token: Token) -> _Capture:
    """`{% capture name %}…{% endcapture %}`: keeps rendered text, so that a shell can leave out an empty block."""
    name = token.split_contents()[1]
    nodelist = parser.parse(("endcapture",))
    parser.delete_first_token()
    return _Capture(nodelist, name)


class _Box(template.Node):
    """A block tag that renders its inside into a component template."""

    def __init__(self, nodelist: NodeList, args: list[FilterExpression], kwargs: dict[str, FilterExpression],
                 path: str, names: tuple[str, ...]) -> None:  # fmt: skip
        self.nodelist, self.args, self.kwargs, self.path, self.names = nodelist, args, kwargs, path, names

    def render(self, context: Context) -> str:
        values: dict[str, Any] = dict.fromkeys(self.names, "")
        values |= dict(zip(self.names, (arg.resolve(context) for arg in self.args), strict=False))
        values |= {key: value.resolve(context) for key, value in self.kwargs.items()}
        values["inside"] = mark_safe(self.nodelist.render(context).strip())
        return str(template.loader.get_template(self.path).template.render(context.new(values)))


def _box(parser: Parser, token: Token, end: str, path: str, names: tuple[str, ...]) -> _Box:
    args: list[FilterExpression] = []
    kwargs: dict[str, FilterExpression] = {}
    for bit in token.split_contents()[1:]:
        key, sign, value = bit.partition("=")
        if sign and key.isidentifier():
            kwargs[key] = parser.compile_filter(value)
        else:
            args.append(parser.compile_filter(bit))
    nodelist = parser.parse((end,))
    parser.delete_first_token()
    return _Box(nodelist, args, kwargs, path, names)


@register.tag
def nothing(parser: Parser, token: Token) -> _Box:
    """`{% nothing "这里会列出…" %}怎样开始…{% endnothing %}`: an empty state that teaches."""
    return _box(parser, token, "endnothing", "web/components/nothing.html", ("title", "icon"))


@register.tag
def card(parser: Parser, token: Token) -> _Box:
    """`{% card "标题" %}…{% endcard %}`: a titled section on white; optional `note=` and `url=` with `more=`."""
    return _box(parser, token, "endcard", "web/components/card.html", ("title", "note", "url", "more", "id"))


@register.tag
def filters(parser: Parser, token: Token) -> _Box:
    """`{% filters "筛选事项" %}{% field form.area %}…{% endfilters %}`: the filter row, always there, a GET form."""
    return _box(parser, token, "endfilters", "web/components/filters.html", ("title",))


@register.tag
def split(parser: Parser, token: Token) -> _Box:
    """`{% split %}<table…>{% endsplit %}`: a list; on a wide screen its first-column links open beside it."""
    return _box(parser, token, "endsplit", "web/components/split.html", ())


@register.tag
def fold(parser: Parser, token: Token) -> _Box:
    """`{% fold "标题" %}…{% endfold %}`: details that open on a click; `open=True` starts open."""
    return _box(parser, token, "endfold", "web/components/fold.html", ("title", "open", "note"))


@register.inclusion_tag("web/components/chart.html")
def chart(sentence: str, data: dict[str, Any], height: int = 260) -> dict[str, Any]:
    """A chart with a sentence as title and its table behind it; the page loads `charts.js` (see README for `data`)."""
    return parts.chart_of(sentence, data, height)
