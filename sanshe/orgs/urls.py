"""Addresses of social organisations."""

from django.urls import path

from . import pages

app_name = "orgs"
urlpatterns = [
    path("", pages.index, name="index"),
    path("triage/", pages.triage_page, name="triage"),
    path("picture/", pages.picture_page, name="picture"),
    path("<int:pk>/", pages.detail, name="detail"),
]
