"""Addresses of the figures."""

from django.urls import path

from ..pages import figures

urlpatterns = [
    path("satisfaction/", figures.public_satisfaction, name="satisfaction"),
    path("ratings/", figures.rating_figures, name="rating_figures"),
    path("figures/", figures.window_figures, name="window_figures"),
    path("figures/<slug:kind>/rows/", figures.figure_rows, name="figure_rows"),
]
