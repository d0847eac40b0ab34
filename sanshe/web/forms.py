"""Forms look right without effort: set FORM_RENDERER = "sanshe.web.forms.Renderer"."""

from django.forms.renderers import DjangoTemplates


class Renderer(DjangoTemplates):
    """`{{ form }}` and `{{ form.x.as_field_group }}` through our own templates."""

    form_template_name = "web/forms/form.html"
    field_template_name = "web/forms/group.html"
