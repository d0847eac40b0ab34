"""Addresses of buying services."""

from __future__ import annotations

from django.urls import path

from .pages import calls, contracts, index, projects

app_name = "purchase"

urlpatterns = [
    path("", index.index, name="index"),
    path("needs/", projects.needs, name="needs"),
    path("needs/<int:pk>/", projects.need, name="need"),
    path("needs/<int:pk>/do/<slug:step>/", projects.need_step, name="need_step"),
    path("projects/", projects.projects, name="projects"),
    path("projects/new/", projects.propose, name="propose"),
    path("projects/<int:pk>/", projects.project, name="project"),
    path("projects/<int:pk>/do/<slug:step>/", projects.project_step, name="project_step"),
    path("calls/", calls.calls, name="calls"),
    path("calls/<int:pk>/", calls.call, name="call"),
    path("calls/<int:pk>/do/<slug:step>/", calls.call_step, name="call_step"),
    path("calls/<int:pk>/bid/", calls.bid, name="call_bid"),
    path("calls/<int:pk>/receipt/<int:bid>/", calls.receipt, name="call_receipt"),
    path("calls/<int:pk>/key/", calls.key, name="call_key"),
    path("calls/<int:pk>/envelope/<int:bid>/", calls.envelope, name="call_envelope"),
    path("calls/<int:pk>/bids/<int:bid>/files/<int:nr>/", calls.bid_file, name="bid_file"),
    path("objections/<int:pk>/", calls.objection, name="objection"),
    path("objections/<int:pk>/do/<slug:step>/", calls.objection_step, name="objection_step"),
    path("contracts/", contracts.index, name="contracts"),
    path("contracts/<int:pk>/", contracts.detail, name="contract"),
    path("contracts/<int:pk>/do/<slug:step>/", contracts.step, name="contract_step"),
    path("deliveries/<int:pk>/photo/", contracts.delivery_photo, name="delivery_photo"),
    path("acceptance/<str:token>/", contracts.acceptance, name="acceptance"),
]
