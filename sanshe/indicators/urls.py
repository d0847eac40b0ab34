"""Addresses of the indicators."""

from django.urls import path

from . import pages

app_name = "indicators"
urlpatterns = [
    path("", pages.cockpit, name="cockpit"),
    path("<slug:name>/", pages.detail, name="detail"),
    path("<slug:name>/rows/", pages.rows, name="rows"),
]
