"""Addresses of imports, below those of a register."""

from django.urls import path

from . import pages

urlpatterns = [
    path("import/", pages.start, name="import"),
    path("import/template/", pages.template, name="import_template"),
    path("import/<int:pk>/", pages.batch, name="batch"),
    path("import/<int:pk>/progress/", pages.progress, name="batch_progress"),
    path("import/<int:pk>/columns/", pages.columns, name="batch_columns"),
    path("import/<int:pk>/sheet/", pages.choose, name="batch_sheet"),
    path("import/<int:pk>/go/", pages.go, name="batch_go"),
    path("import/<int:pk>/again/", pages.again, name="batch_again"),
    path("import/<int:pk>/drop/", pages.drop, name="batch_drop"),
    path("import/<int:pk>/undo/", pages.undo, name="batch_undo"),
    path("import/<int:pk>/back/", pages.back, name="batch_back"),
]
