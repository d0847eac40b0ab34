"""The real addresses, and below /bench/ the references they are measured against."""

from django.urls import path

from bench import bare
from config.urls import handler403, handler404, handler500
from config.urls import urlpatterns as real

__all__ = ["handler403", "handler404", "handler500", "urlpatterns"]

urlpatterns = [
    path("bench/board/", bare.board),
    path("bench/matter/", bare.matter),
    path("bench/list/", bare.work_list),
    path("bench/window/", bare.window),
    path("bench/todo/", bare.todo),
    path("bench/filing/", bare.filing),
    path("bench/organisations/", bare.organisations),
    *real,
]
