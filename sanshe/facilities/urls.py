"""Addresses of facilities."""

app_name = "facilities"
urlpatterns = []  # type: ignore[var-annotated]
