"""Addresses of people, mounted at /people/. No number of a person ever stands in an address."""

from django.urls import path

from . import pages

app_name = "people"

urlpatterns = [
    path("", pages.find, name="find"),
    path("new/", pages.new, name="new"),
    path("reads/", pages.reads, name="reads"),
    path("<int:pk>/", pages.person, name="person"),
    path("<int:pk>/unmask/", pages.unmask, name="unmask"),
    path("<int:pk>/change/", pages.change, name="change"),
    path("<int:pk>/link/", pages.link, name="link"),
]
