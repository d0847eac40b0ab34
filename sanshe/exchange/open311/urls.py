"""Addresses of Open311 GeoReport v2."""

from django.urls import re_path

from . import views

app_name = "open311"
_FORM = r"(?P<form>\.xml|\.json)?"

urlpatterns = [
    re_path(rf"^discovery{_FORM}$", views.discovery, name="discovery"),
    re_path(rf"^v2/discovery{_FORM}$", views.discovery, name="discovery_v2"),
    re_path(rf"^v2/services{_FORM}$", views.services, name="services"),
    re_path(rf"^v2/services/(?P<code>[^/.]+){_FORM}$", views.service, name="service"),
    re_path(rf"^v2/requests{_FORM}$", views.requests, name="requests"),
    re_path(rf"^v2/requests/(?P<number>[^/.]+){_FORM}$", views.one, name="request"),
    re_path(rf"^v2/tokens/(?P<token>[^/.]+\.[0-9a-f]+?){_FORM}$", views.token, name="token"),
    re_path(rf"^v2/tokens/(?P<token>[^/.]+){_FORM}$", views.token, name="any_token"),
    re_path(r"^v2/(?P<rest>.*?)(?P<form>\.xml|\.json)?$", views.nothing, name="nothing"),
]
