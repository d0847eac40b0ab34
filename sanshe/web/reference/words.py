"""words.md: every enumeration of the code with its identifiers and Chinese labels."""

from __future__ import annotations

import importlib
from importlib.util import find_spec
from typing import Any

from django.apps import apps
from django.db.models import Choices

from .tables import modules, page, table


def words_page() -> str:
    """Every enumeration that stands in a module's words.py."""
    lead = "程序里的每一个固定取值：左边是标识，右边是页面上显示的词。模块之间的用词见 `docs/glossary.md`。"
    parts = []
    for label, title in modules().items():
        name = f"{apps.get_app_config(label).name}.words"
        if find_spec(name) is None:
            continue
        found = [_list(one) for one in vars(importlib.import_module(name)).values() if _is_ours(one, name)]
        if found:
            parts += [f"## {title} {label}\n", *found]
    return page("取值与用词", lead, *parts)


def _is_ours(one: Any, module: str) -> bool:
    return isinstance(one, type) and issubclass(one, Choices) and one.__module__ == module


def _list(words: type[Choices]) -> str:
    return f"### {words.__name__}\n\n" + table(("标识", "词"), [(f"`{w.value}`", w.label) for w in words])
