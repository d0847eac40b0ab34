"""Our select is Django's, character for character."""

from __future__ import annotations

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates

from sanshe.web.forms import Renderer

CHOICES = [
    ("", "全部"),
    ("a&b", "<甲> & '乙'"),
    ("街道", [("1", "一\"社区\""), (2, "二社区")]),
    (None, "无"),
]  # fmt: skip


@pytest.mark.parametrize("value", [None, "", "a&b", 2, "1"])
@pytest.mark.parametrize("attrs", [{}, {"id": "x<y", "required": True, "disabled": False, "data-n": 3}])
@pytest.mark.parametrize("kind", [forms.Select, forms.SelectMultiple, forms.NullBooleanSelect])
def test_select_is_djangos(kind, attrs, value):
    widget = kind() if kind is forms.NullBooleanSelect else kind(choices=CHOICES)
    value = [value] if kind is forms.SelectMultiple else value
    assert widget.render("n", value, attrs, Renderer()) == widget.render("n", value, attrs, DjangoTemplates())
