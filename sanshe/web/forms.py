"""Forms look right without effort: set FORM_RENDERER = "sanshe.web.forms.Renderer"."""

from __future__ import annotations

from typing import Any

from django.forms.renderers import DjangoTemplates
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

SELECT = "django/forms/widgets/select.html"


class Renderer(DjangoTemplates):
    """`{{ form }}` and `{{ form.x.as_field_group }}` through our own templates; selects without a template."""

    form_template_name = "web/forms/form.html"
    field_template_name = "web/forms/group.html"

    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> str:
        """A select is written straight: Django's renders three templates an option, half of a page with a filter."""
        if template_name == SELECT:
            return _select(context["widget"])
        return super().render(template_name, context, request)


def _attributes(given: dict[str, Any]) -> str:
    out = []
    for name, value in given.items():
        if value is True:
            out.append(f" {conditional_escape(name)}")
        elif value is not False:
            out.append(f' {conditional_escape(name)}="{conditional_escape(str(value))}"')
    return "".join(out)


def _select(widget: dict[str, Any]) -> SafeString:
    """The same as Django's template, character for character."""
    out = [f'<select name="{conditional_escape(widget["name"])}"{_attributes(widget["attrs"])}>']
    for group, options, _ in widget["optgroups"]:
        if group:
            out.append(f'\n  <optgroup label="{conditional_escape(group)}">')
        out += [
            f'\n  <option value="{conditional_escape(str(option["value"]))}"{_attributes(option["attrs"])}>'
            f"{conditional_escape(option['label'])}</option>\n"
            for option in options
        ]
        if group:
            out.append("\n  </optgroup>")
    out.append("\n</select>")
    return mark_safe("".join(out))
