"""Addresses of the registers."""

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

from . import pages

app_name = "registers"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", pages.index, name="index"),
    path("<slug:name>/", pages.rows, name="rows"),
    path("<slug:name>/new/", pages.new, name="new"),
    path("<slug:name>/bulk/", pages.bulk, name="bulk"),
    path("<slug:name>/columns/", pages.columns, name="columns"),
    path("<slug:name>/views/", pages.keep, name="keep"),
    path("<slug:name>/views/<int:pk>/drop/", pages.drop, name="drop"),
    path("<slug:name>/<int:pk>/", pages.detail, name="detail"),
    path("<slug:name>/<int:pk>/change/", pages.change, name="change"),
]
if find_spec("sanshe.kernel.register.sheets") and find_spec("sanshe.kernel.register.sheets.urls"):
    urlpatterns.append(path("<slug:name>/", include("sanshe.kernel.register.sheets.urls")))
