"""permissions.md and privacy.md: who may do what to which rows, and how each field is classified."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db.models import Model

from sanshe.kernel.access import Access
from sanshe.kernel.flow import flow_of

from .tables import in_order, modules, page, table

CLASSES = {"public": "公开", "internal": "内部", "personal": "个人信息", "sensitive": "敏感个人信息"}


def _name(model: type[Model]) -> str:
    return str(model._meta.verbose_name)


def permissions_page() -> str:
    """Every rule: model, verb, who."""
    rules = [a for a in Access.registry.values() if not a.model.__module__.startswith("tests.")]
    rules.sort(key=lambda a: in_order(a.model._meta.label))
    lead = (
        "同一条规则既筛选列表，也回答对一条记录能不能办。没有写规则的事，谁都不能办；除「查看」外，"
        "每件事都以能查看为前提。岗位覆盖本区域和下级区域。"
    )
    return page("权限", lead, *(_rules(a) for a in rules))


def _rules(access: type[Access[Any]]) -> str:
    flow = flow_of(access.model)
    labels: dict[str, list[str]] = {"see": ["查看"]}
    for step in flow.steps if flow is not None else []:
        found = labels.setdefault(step.verb, [])
        if step.label not in found:
            found.append(step.label)
    verbs = ["see", *sorted(v for v in access.all_verbs() if v != "see")]
    rows = [(f"`{verb}`", "、".join(labels.get(verb, [])), getattr(access, verb).says()) for verb in verbs]
    return f"## {_name(access.model)} {access.model._meta.label}\n\n" + table(("标识", "对应的步骤", "谁可以"), rows)


def privacy_page() -> str:
    """Every field of every model by its class."""
    lead = (
        "每个字段都归入一类，没有归类就不能通过检查。公开：可以给任何人看。内部：工作人员按权限查看。"
        "个人信息：按权限查看，不进入公开页面和开放接口。敏感个人信息：加密保存，显示时遮盖，查看要写理由并留痕。"
    )
    parts = []
    for label, title in modules().items():
        rows = [_fields(m) for m in apps.get_app_config(label).get_models() if not m._meta.proxy]
        if rows:
            parts.append(f"## {title} {label}\n\n" + table(("记录", *CLASSES.values()), rows))
    return page("字段分类", lead, *parts)


def _fields(model: type[Model]) -> list[str]:
    stated: dict[str, str] = getattr(model, "privacy", {})
    row = [f"{_name(model)} `{model.__name__}`"]
    for key in CLASSES:
        names = [_field(model, name) for name in stated.get(key, "").split()]
        row.append("、".join(names))
    return row


def _field(model: type[Model], name: str) -> str:
    field: Any = model._meta.get_field(name)
    title = str(field.verbose_name)
    if title.isascii() and field.is_relation:
        title = str(field.related_model._meta.verbose_name)
    return f"`{name}`" if title.isascii() else f"{title} `{name}`"
