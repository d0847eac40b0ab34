"""Root of all addresses. A module is mounted when it is there."""

from importlib.util import find_spec

from django.apps import apps
from django.urls import include, path

from sanshe.kernel.http import healthz

MOUNTS = [
    ("", "sanshe.web"),
    ("areas/", "sanshe.areas"),
    ("account/", "sanshe.accounts"),
    ("people/", "sanshe.people"),
    ("facilities/", "sanshe.facilities"),
    ("orgs/", "sanshe.orgs"),
    ("workforce/", "sanshe.workforce"),
    ("matters/", "sanshe.matters"),
    ("neighbours/", "sanshe.neighbours"),
    ("disputes/", "sanshe.disputes"),
    ("deliberation/", "sanshe.deliberation"),
    ("purchase/", "sanshe.purchase"),
    ("evaluation/", "sanshe.evaluation"),
    ("indicators/", "sanshe.indicators"),
    ("exchange/", "sanshe.exchange"),
]

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("accounts/", include("allauth.urls")),
    path("registers/", include("sanshe.kernel.register.urls")),
    path("api/registers/", include("sanshe.kernel.register.api_urls")),
    path("api/in/", include("sanshe.exchange.door_urls")),
    path("open311/", include("sanshe.exchange.open311.urls")),
]
for prefix, module in MOUNTS:
    if apps.is_installed(module) and find_spec(f"{module}.urls"):
        urlpatterns.append(path(prefix, include(f"{module}.urls")))
if find_spec("sanshe.web.api"):
    from sanshe.web.api import api

    urlpatterns.append(path("api/", api.urls))

handler404 = "sanshe.kernel.http.not_found"
handler500 = "sanshe.kernel.http.server_error"
handler403 = "sanshe.kernel.http.not_allowed"
