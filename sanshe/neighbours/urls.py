"""Addresses of mutual help."""

from django.urls import path

from .pages import desk, residents, steps

app_name = "neighbours"
urlpatterns = [
    path("", residents.board, name="board"),
    path("new/", residents.new, name="new"),
    path("mine/", residents.mine, name="mine"),
    path("hours/", residents.hours, name="hours"),
    path("hours/certificate.docx", residents.certificate, name="certificate"),
    path("blocks/<int:pk>/end/", residents.unblock, name="unblock"),
    path("pairs/<int:pk>/", residents.pair, name="pair"),
    path("pairs/<int:pk>/report/", residents.report, {"what": "pair"}, name="report_pair"),
    path("pairs/<int:pk>/block/", residents.block, {"what": "pair"}, name="block_pair"),
    path("pairs/<int:pk>/do/<slug:step>/", steps.pair_step, name="pair_step"),
    path("list/", desk.index, name="list"),
    path("desk/", desk.new, name="desk"),
    path("figures/", desk.figures, name="figures"),
    path("reports/<int:pk>/", desk.report, name="report"),
    path("reports/<int:pk>/do/<slug:step>/", steps.report_step, name="report_step"),
    path("bars/<int:pk>/lift/", desk.lift, name="lift"),
    path("<int:pk>/", residents.post, name="post"),
    path("<int:pk>/report/", residents.report, {"what": "post"}, name="report_post"),
    path("<int:pk>/block/", residents.block, {"what": "post"}, name="block_post"),
    path("<int:pk>/do/<slug:step>/", steps.post_step, name="post_step"),
]
