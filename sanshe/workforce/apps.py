"""The workforce as a Django app."""

from django.apps import AppConfig


class WorkforceConfig(AppConfig):
    name = "sanshe.workforce"
    label = "workforce"
    verbose_name = "社会工作队伍"
