from django.conf import settings
from django.db import models


class ErrandState(models.TextChoices):
    ASKED = "asked", "待接手"
    RUNNING = "running", "在办"
    DONE = "done", "已办"


class Errand(models.Model):
    title = models.CharField(max_length=80)
    state = models.CharField(max_length=10, blank=True)
    area = models.ForeignKey("areas.Area", models.PROTECT)
    asker = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True)
    due_at = models.DateTimeField(null=True)
    urgent = models.BooleanField(default=False)
    result = models.TextField(blank=True)
    open = models.BooleanField(default=False)

    privacy = {"internal": "title state area asker due_at urgent result open"}

    class Meta:
        verbose_name = "跑腿"

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return f"/errands/{self.pk}/"


class Helper(models.Model):
    errand = models.ForeignKey(Errand, models.CASCADE)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE)

    privacy = {"internal": "errand user"}
