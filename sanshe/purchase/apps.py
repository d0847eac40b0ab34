"""Buying services as a Django app."""

from django.apps import AppConfig


class PurchaseConfig(AppConfig):
    name = "sanshe.purchase"
    label = "purchase"
    verbose_name = "服务项目与购买"
