"""Addresses of the shell."""

from django.urls import path

from . import gallery, pages, ways, working_days
from .finding import pages as finding

app_name = "web"
urlpatterns = [
    path("", pages.home, name="home"),
    path("start/", pages.start, name="start"),
    path("start/demo/", pages.demo_sign_in, name="demo_sign_in"),
    path("mine/", pages.mine, name="mine"),
    path("workbench/", pages.workbench, name="workbench"),
    path("notices/", pages.notice_list, name="notices"),
    path("notices/ways/", ways.ways, name="notice_ways"),
    path("notices/sending/", ways.sending, name="sending"),
    path("notices/sending/<slug:way>/again/", ways.sending_again, name="sending_again"),
    path("notices/read/", pages.notices_read, name="notices_read"),
    path("notices/<int:pk>/", pages.notice_open, name="notice"),
    path("working-days/", working_days.working_days, name="working_days"),
    path("elder/", pages.elder, name="elder"),
    path("search/", finding.results, name="search"),
    path("search/suggest/", finding.suggest, name="search_suggest"),
    path("gallery/", gallery.show, name="gallery"),
    path("gallery/cockpit/", gallery.cockpit, name="gallery_cockpit"),
]
