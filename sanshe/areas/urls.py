"""Addresses of areas."""

from django.urls import path

from . import ending_pages, pages

app_name = "areas"
urlpatterns = [
    path("", pages.index, name="index"),
    path("worker/", pages.worker, name="worker"),
    path("codes/", pages.codes, name="codes"),
    path("<int:pk>/", pages.area, name="area"),
    path("<int:pk>/change/<slug:kind>/", pages.reshape, name="reshape"),
    path("<int:pk>/affairs/", pages.affairs, name="affairs"),
    path("<int:pk>/affairs/new/", pages.publish, name="publish"),
    path("affairs/<int:pk>/", pages.affair, name="affair"),
    path("affairs/<int:pk>/ask/", pages.ask, name="ask"),
    path("questions/<int:pk>/<slug:step>/", pages.question_step, name="question_step"),
    path("bodies/<int:pk>/end/", ending_pages.end_body, name="end_body"),
    path("setups/", pages.setups, name="setups"),
    path("setups/new/", pages.setup_new, name="setup_new"),
    path("setups/<int:pk>/", pages.setup, name="setup"),
    path("setups/<int:pk>/<slug:step>/", pages.setup_step, name="setup_step"),
]
