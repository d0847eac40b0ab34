"""Addresses of disputes."""

from django.urls import path

from .pages import entry, steps, work

app_name = "disputes"
urlpatterns = [
    path("", entry.about, name="about"),
    path("new/", entry.new, name="new"),
    path("desk/", entry.desk, name="desk"),
    path("filed/", entry.filed, name="filed"),
    path("list/", work.index, name="list"),
    path("ties/", work.ties, name="ties"),
    path("ties/<int:pk>/end/", work.end_tie, name="end_tie"),
    path("figures/", work.figures, name="figures"),
    path("terms/<int:pk>/do/<slug:step>/", steps.term_step, name="term_step"),
    path("<int:pk>/", work.show, name="show"),
    path("<int:pk>/agreement.docx", work.agreement, name="agreement"),
    path("<int:pk>/do/<slug:step>/", steps.step, name="step"),
]
