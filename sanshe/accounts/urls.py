"""Addresses of accounts, mounted at /account/ (sign-in itself is allauth's, at /accounts/)."""

from django.urls import path

from . import audit_pages, pages, standing_pages

app_name = "accounts"

urlpatterns = [
    path("", pages.index, name="index"),
    path("mine/", pages.mine, name="mine"),
    path("mine/sessions/end/", pages.end_sessions, name="end_sessions"),
    path("users/", pages.users, name="users"),
    path("users/new/", pages.new, name="new"),
    path("users/<int:pk>/", pages.user, name="user"),
    path("users/<int:pk>/reset/", pages.reset, name="reset"),
    path("users/<int:pk>/lock/", pages.lock, name="lock"),
    path("users/<int:pk>/unlock/", pages.unlock, name="unlock"),
    path("users/<int:pk>/second-factor/clear/", pages.clear_factor, name="clear_factor"),
    path("users/<int:pk>/appoint/", pages.appoint, name="appoint"),
    path("posts/<int:pk>/end/", pages.end_post, name="end_post"),
    path("users/<int:pk>/leave/", standing_pages.leave, name="leave"),
    path("stand-ins/", standing_pages.stand_ins, name="stand_ins"),
    path("stand-ins/new/", standing_pages.new_stand_in, name="new_stand_in"),
    path("stand-ins/<int:pk>/end/", standing_pages.end_stand_in, name="end_stand_in"),
    path("audit/", audit_pages.entries, name="audit"),
    path("audit/verify/", audit_pages.verify, name="audit_verify"),
]
