"""Addresses of deliberation."""

from django.urls import path

from .pages import desk, meeting, residents, steps, together

app_name = "deliberation"
urlpatterns = [
    path("", residents.board, name="board"),
    path("calendar/", residents.calendar, name="calendar"),
    path("list/", desk.index, name="list"),
    path("new/", desk.new, name="new"),
    path("topics/", desk.topics, name="topics"),
    path("hot/<int:pk>/", together.hot, name="hot"),
    path("topics/<int:pk>/", desk.topic, name="topic"),
    path("topics/<int:pk>/do/<slug:step>/", steps.topic_step, name="topic_step"),
    path("sign-in/<str:token>/", residents.sign_in, name="sign_in"),
    path("participants/<int:pk>/do/<slug:step>/", steps.participant_step, name="participant_step"),
    path("statements/<int:pk>/do/<slug:step>/", steps.statement_step, name="statement_step"),
    path("meetings/<int:pk>/", meeting.show, name="meeting"),
    path("meetings/<int:pk>/screen/", meeting.screen, name="screen"),
    path("meetings/<int:pk>/minutes.docx", meeting.minutes, name="minutes"),
    path("tasks/<int:pk>/", desk.task, name="task"),
    path("tasks/<int:pk>/do/<slug:step>/", steps.task_step, name="task_step"),
    path("<int:pk>/", residents.show, name="show"),
    path("<int:pk>/do/<slug:step>/", steps.step, name="step"),
    path("<int:pk>/statements/", residents.statements, name="statements"),
    path("<int:pk>/speak/", residents.speak, name="speak"),
    path("<int:pk>/vote/", residents.vote, name="vote"),
    path("<int:pk>/join/", residents.join, name="join"),
    path("<int:pk>/people/", desk.people, name="people"),
]
