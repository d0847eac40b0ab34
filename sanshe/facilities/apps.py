"""Facilities as a Django app."""

from django.apps import AppConfig


class FacilitiesConfig(AppConfig):
    name = "sanshe.facilities"
    label = "facilities"
    verbose_name = "社区服务设施"
