"""Addresses of the registers for programs."""

from django.urls import path

from . import api

urlpatterns = [
    path("", api.index, name="registers-api"),
    path("openapi.json", api.openapi, name="registers-api-document"),
    path("<slug:name>/", api.rows, name="registers-api-rows"),
    path("<slug:name>/<int:pk>/", api.one, name="registers-api-row"),
]
