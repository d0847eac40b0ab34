"""Addresses of facilities."""

from django.urls import path

from .pages import gaps, maps, plans, public, sites

app_name = "facilities"
urlpatterns = [
    path("", gaps.index, name="index"),
    path("all/", public.communities, name="communities"),
    path("community/<int:pk>/", public.community, name="community"),
    path("<int:pk>/", public.facility, name="facility"),
    path("map/", maps.show, name="map"),
    path("community/<int:pk>/point/", maps.point, name="point"),
    path("area/<int:pk>/border/", maps.border, name="border"),
    path("plans/", plans.index, name="plans"),
    path("community/<int:pk>/plan/", plans.new, name="plan_new"),
    path("plans/<int:pk>/", plans.plan, name="plan"),
    path("plans/<int:pk>/<slug:step>/", plans.plan_step, name="plan_step"),
    path("community/<int:pk>/duty/", plans.duty_new, name="duty_new"),
    path("duties/<int:pk>/", plans.duty, name="duty"),
    path("duties/<int:pk>/<slug:step>/", plans.duty_step, name="duty_step"),
    path("sites/", sites.index, name="sites"),
    path("sites/<int:pk>/", sites.study, name="study"),
    path("sites/<int:pk>/progress/", sites.progress, name="study_progress"),
]
