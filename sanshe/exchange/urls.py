"""Addresses of exchange. Where systems knock stands under /api/in/, Open311 under /open311/."""

from django.urls import path

from .pages import forwards, sources, tokens

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
    path("s/<slug:code>/rules/", forwards.rules, name="rules"),
    path("s/<slug:code>/handed/", forwards.export, name="export_handed"),
    path("s/<slug:code>/states/", forwards.states, name="states"),
    path("rules/<int:pk>/end/", forwards.end_rule, name="end_rule"),
    path("matter/<int:pk>/", forwards.hand_over, name="hand_over"),
    path("f/<int:pk>/", forwards.forward, name="forward"),
    path("f/<int:pk>/recall/", forwards.recall, name="recall"),
    path("m/<int:pk>/", forwards.heard, name="heard"),
    path("m/<int:pk>/<slug:step>/", forwards.heard_step, name="heard_step"),
]
