"""Social organisations as a Django app."""

from django.apps import AppConfig


class OrgsConfig(AppConfig):
    name = "sanshe.orgs"
    label = "orgs"
    verbose_name = "社会组织"
