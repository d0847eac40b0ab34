"""Addresses of social organisations."""

from django.urls import path

from . import pages

app_name = "orgs"
urlpatterns = [path("", pages.index, name="index"), path("<int:pk>/", pages.detail, name="detail")]
