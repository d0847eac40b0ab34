"""Addresses of matters."""

from django.urls import path

from .figures.urls import urlpatterns as figures
from .lists.urls import urlpatterns as lists
from .pages import (
    batch,
    board,
    catalogue,
    desk,
    filing,
    group_order,
    hot,
    mine,
    online,
    oversight,
    progress,
    same,
    staff,
    steps,
    trust,
)
from .tasks.urls import urlpatterns as tasks

app_name = "matters"

urlpatterns = [
    *lists,
    *tasks,
    *figures,
    # for everyone
    path("", board.board, name="board"),
    path("p/<str:number>/", board.public_page, name="public"),
    path("p/<str:number>/help/", progress.offer_help, name="offer_help"),
    path("p/<str:number>/too/<slug:step>/", mine.support, name="support"),
    path("new/", filing.report, name="new"),
    path("places/", filing.places, name="places"),
    path("similar/", same.similar, name="similar"),
    path("services/", catalogue.services, name="services"),
    path("services/<str:code>/", catalogue.service, name="service"),
    path("services/<str:code>/apply/", online.apply, name="apply"),
    path("services/<str:code>/apply/materials/", online.asked, name="apply_materials"),
    path("find/", progress.find, name="find"),
    path("filed/<str:token>/", filing.filed, name="filed"),
    path("t/<str:token>/", progress.progress, name="progress"),
    path("t/<str:token>/receipt/", filing.receipt, name="receipt"),
    path("t/<str:token>/receipt.docx", filing.receipt_word, name="receipt_word"),
    path("t/<str:token>/photo/<int:pk>/", progress.progress_photo, name="progress_photo"),
    path("t/<str:token>/help/<int:pk>/<slug:step>/", progress.answer_help_by_token, name="help_by_token"),
    path("t/<str:token>/satisfied/<int:pk>/", mine.satisfied, name="satisfied"),
    path("t/<str:token>/do/<slug:step>/", steps.bearer_step, name="bearer_step"),
    path("t/<str:token>/materials/", online.bring, name="bring"),
    # for those who have signed in
    path("mine/", mine.mine, name="mine"),
    path("draft/<int:pk>/", online.draft_file, name="draft_file"),
    path("help/<int:pk>/", progress.help_page, name="help"),
    path("help/<int:pk>/do/<slug:step>/", steps.help_step, name="help_step"),
    # the workbench
    path("list/", staff.work_list, name="list"),
    path("triage/", batch.one_after_another, name="batch"),
    path("oversight/", oversight.oversight, name="oversight"),
    path("oversight/<int:pk>/group/", group_order.answer, name="oversight_group"),
    path("hot/", hot.topics, name="hot"),
    path("hot/<int:pk>/", hot.topic, name="hot_topic"),
    path("hot/<int:pk>/do/<slug:what>/", hot.do, name="hot_do"),
    path("suggestions/", trust.suggestions, name="suggestions"),
    path("suggestions/rows/", trust.suggestion_rows, name="suggestion_rows"),
    path("desk/", desk.desk, name="desk"),
    path("desk/materials/", desk.materials, name="materials"),
    path("desk/sounds/", desk.sounds, name="sounds"),
    path("window/", catalogue.window, name="window"),
    path("window/<int:pk>/", catalogue.progress_of, name="followed"),
    path("owed/", online.owed, name="owed"),
    path("material/<int:pk>/", desk.settle, name="settle_material"),
    path("material/<int:pk>/back/", online.send_back, name="send_back"),
    path("<int:pk>/materials/right/", online.all_right, name="all_right"),
    path("<int:pk>/", staff.page, name="page"),
    path("<int:pk>/contact/", staff.contact, name="contact"),
    path("<int:pk>/photo/<int:photo>/", staff.photo, name="photo"),
    path("<int:pk>/same/", same.same_as, name="same"),
    path("<int:pk>/receipt/", staff.print_receipt, name="print_receipt"),
    path("<int:pk>/do/<slug:step>/", steps.step, name="step"),
    path("assist/<int:pk>/do/<slug:step>/", steps.assist_step, name="assist_step"),
    path("objection/<int:pk>/do/<slug:step>/", steps.objection_step, name="objection_step"),
    path("extension/<int:pk>/do/<slug:step>/", steps.extension_step, name="extension_step"),
    path("oversight/<int:pk>/do/<slug:step>/", steps.oversight_step, name="oversight_step"),
    path("callback/<int:pk>/do/<slug:step>/", steps.callback_step, name="callback_step"),
]
