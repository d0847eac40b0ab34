"""Addresses of the lists, the same for each."""

from django.urls import URLPattern, path

from . import pages
from .kinds import KINDS


def _of(key: str) -> list[URLPattern]:
    def at(route: str, view: object, name: str) -> URLPattern:
        return path(f"{key}/{route}", view, {"kind": key}, name=f"{key}_{name}" if name else key)  # type: ignore[call-overload,no-any-return]

    return [
        at("", pages.in_force, ""),
        at("versions/", pages.versions, "versions"),
        at("compare/", pages.comparison, "compare"),
        at("versions/<int:pk>/", pages.version, "version"),
        at("versions/<int:pk>/print/", pages.print_version, "print"),
        at("versions/<int:pk>/draft/", pages.start, "start"),
        at("versions/<int:pk>/item/", pages.item, "new_item"),
        at("versions/<int:pk>/item/<int:item>/", pages.item, "item"),
        at("versions/<int:pk>/item/<int:item>/remove/", pages.remove, "remove"),
        at("versions/<int:pk>/enforce/", pages.enforce, "enforce"),
        at("versions/<int:pk>/recall/", pages.recall, "recall"),
        at("versions/<int:pk>/discard/", pages.discard, "discard"),
    ]


urlpatterns = [pattern for key in KINDS for pattern in _of(key)]
