"""Addresses of evaluation."""

from django.urls import path

from . import pages

app_name = "evaluation"
urlpatterns = [
    path("brands/", pages.brands, name="brands"),
    path("sites/", pages.sites, name="sites"),
]
