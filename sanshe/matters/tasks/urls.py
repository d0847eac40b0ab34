"""Addresses of tasks to communities."""

from django.urls import path

from . import pages

urlpatterns = [
    path("tasks/", pages.task_list, name="tasks"),
    path("tasks/new/", pages.ask, name="task_new"),
    path("tasks/figures/", pages.task_figures, name="task_figures"),
    path("tasks/<int:pk>/", pages.task, name="task"),
    path("tasks/<int:pk>/do/<slug:step>/", pages.step, name="task_step"),
    path("tasks/part/<int:pk>/", pages.part, name="task_part"),
    path("tasks/part/<int:pk>/do/<slug:step>/", pages.part_step, name="task_part_step"),
]
