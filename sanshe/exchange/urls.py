"""Addresses of exchange. Where systems knock stands under /api/in/, Open311 under /open311/."""

from django.urls import path

from .pages import sources, tokens

app_name = "exchange"

urlpatterns = [
    path("", sources.index, name="index"),
    path("connect/", tokens.guide, name="guide"),
    path("tokens/", tokens.tokens, name="tokens"),
    path("tokens/<int:pk>/revoke/", tokens.revoke, name="revoke"),
    path("new/", sources.new, name="new"),
    path("s/<slug:code>/", sources.source, name="source"),
    path("s/<slug:code>/key/", sources.key, name="key"),
    path("s/<slug:code>/stop/", sources.stop, name="stop"),
    path("s/<slug:code>/resume/", sources.resume, name="resume"),
    path("s/<slug:code>/retry/", sources.retry, name="retry"),
    path("s/<slug:code>/take/", sources.take, name="take"),
    path("s/<slug:code>/answers/", sources.export, name="export"),
]
