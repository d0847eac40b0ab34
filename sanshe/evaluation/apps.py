"""Evaluation as a Django app."""

from django.apps import AppConfig


class EvaluationConfig(AppConfig):
    name = "sanshe.evaluation"
    label = "evaluation"
    verbose_name = "品牌与示范"
