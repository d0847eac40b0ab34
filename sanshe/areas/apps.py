"""Areas as a Django app."""

from django.apps import AppConfig


class AreasConfig(AppConfig):
    """The lowest domain module."""

    name = "sanshe.areas"
    label = "areas"
    verbose_name = "区域与机构"
