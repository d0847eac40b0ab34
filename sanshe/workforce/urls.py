"""Addresses of the workforce."""

from django.urls import path

from . import pages

app_name = "workforce"
urlpatterns = [path("rooms/", pages.rooms, name="rooms")]
