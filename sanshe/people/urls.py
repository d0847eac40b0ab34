"""Addresses of people, mounted at /people/. No number of a person ever stands in an address."""

from django.urls import path

from .pages import care, households, index, merging, rights

app_name = "people"

urlpatterns = [
    path("", index.find, name="find"),
    path("new/", index.new, name="new"),
    path("reads/", index.reads, name="reads"),
    path("<int:pk>/", index.person, name="person"),
    path("<int:pk>/unmask/", index.unmask, name="unmask"),
    path("<int:pk>/change/", index.change, name="change"),
    path("<int:pk>/link/", index.link, name="link"),
    path("<int:pk>/request/", rights.at_the_desk, name="request_for"),
    path("household/<int:pk>/", households.household, name="household"),
    path("household/<int:pk>/unmask/", households.unmask, name="household_unmask"),
    path("household/<int:pk>/members/", households.add, name="household_add"),
    path("household/member/<int:pk>/end/", households.end, name="household_end"),
    path("duplicates/", merging.duplicates, name="duplicates"),
    path("duplicates/<int:kept>/<int:gone>/", merging.compare, name="compare"),
    path("duplicates/<int:kept>/<int:gone>/apart/", merging.apart, name="apart"),
    path("merges/<int:pk>/split/", merging.split, name="split"),
    path("requests/", rights.waiting, name="requests"),
    path("requests/mine/", rights.mine, name="my_requests"),
    path("requests/new/", rights.new, name="request_new"),
    path("requests/<int:pk>/", rights.request, name="request"),
    path("requests/<int:pk>/copy/<slug:form>/", rights.copy, name="request_copy"),
    path("requests/<int:pk>/<slug:step>/", rights.step, name="request_step"),
    path("retention/", care.retention, name="retention"),
    path("texts/", care.texts, name="texts"),
    path("texts/<int:pk>/back/", care.back, name="text_back"),
]
