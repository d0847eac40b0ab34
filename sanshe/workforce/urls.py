"""Addresses of the workforce."""

from django.urls import path

from . import pages

app_name = "workforce"
urlpatterns = [
    path("", pages.index, name="index"),
    path("rooms/", pages.rooms, name="rooms"),
    path("rooms/<int:pk>/", pages.room, name="room"),
    path("people/<int:pk>/", pages.worker, name="worker"),
    path("lapsing/", pages.lapsing, name="lapsing"),
    path("staffing/", pages.staffing, name="staffing"),
    path("allowance/", pages.sheets, name="sheets"),
    path("allowance/<int:pk>/", pages.sheet, name="sheet"),
    path("allowance/<int:pk>/do/<slug:step>/", pages.sheet_step, name="sheet_step"),
]
