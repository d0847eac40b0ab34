"""Addresses of the indicators."""

from django.urls import path

from . import pages

app_name = "indicators"
urlpatterns = [
    path("", pages.cockpit, name="cockpit"),
    path("table/", pages.table, name="table"),
    path("notice/", pages.notice, name="notice"),
    path("report/", pages.report, name="report"),
    path("report/<str:form>/", pages.download, name="download"),
    path("plans/", pages.plans, name="plans"),
    path("plans/<int:pk>/", pages.plan, name="plan"),
    path("plans/<int:pk>/<slug:step>/", pages.plan_step, name="plan_step"),
    path("<slug:name>/", pages.detail, name="detail"),
    path("<slug:name>/rows/", pages.rows, name="rows"),
    path("<slug:name>/plan/", pages.start_plan, name="start_plan"),
]
