"""Where other systems knock."""

from django.urls import path

from .pages.door import door, states

urlpatterns = [
    path("<slug:code>/", door, name="door"),
    path("<slug:code>/states/", states, name="door_states"),
]
