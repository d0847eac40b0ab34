"""Words of social organisations."""

from django.db import models


class Standing(models.TextChoices):
    """Who a social organisation answers to (notice 二(二)1: three ways, by whether it meets the legal conditions)."""

    REGISTERED = "registered", "法人登记"
    FILED = "filed", "街道管理"
    GUIDED = "guided", "社区指导"
