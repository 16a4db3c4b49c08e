from django.urls import path

from healthmgmt.insight import card_views, coach_views, light_views, views

app_name = "insight"

urlpatterns = [
    path("board/", views.board, name="board"),
    path("board/say/", coach_views.say, name="coach_say"),
    path("board/words/", coach_views.notes, name="coach_notes"),
    path("group/", views.group, name="group"),
    path("group/departments/", views.departments, name="departments"),
    path("group/definitions/", views.definitions, name="definitions"),
    path("group/year/", views.year_report, name="year_report"),
    path("group/evidence/", views.evidence, name="evidence"),
    path("group/evidence/sheet/", views.evidence_sheet, name="evidence_sheet"),
    path("lights/", light_views.lights, name="lights"),
    path("lights/<uuid:uuid>/answer/", light_views.answer, name="light_answer"),
    path("scorecards/", card_views.overview, name="cards"),
    path("scorecards/<int:pk>/", card_views.card, name="card"),
    path("scorecards/<int:pk>/sheet/", card_views.sheet, name="card_sheet"),
    path("scorecards/<int:pk>/submit/", card_views.submit, name="card_submit"),
    path("scorecards/<int:pk>/accept/", card_views.accept, name="card_accept"),
    path("scorecards/<int:pk>/send-back/", card_views.send_back, name="card_send_back"),
    path("scorecards/<int:pk>/targets/", card_views.targets, name="card_targets"),
]
