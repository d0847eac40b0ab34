"""Where other systems knock."""

from django.urls import path

from .pages.door import door

urlpatterns = [path("<slug:code>/", door, name="door")]
