from django.urls import path

from healthmgmt.insight import views

app_name = "insight"

urlpatterns = [
    path("board/", views.board, name="board"),
    path("group/", views.group, name="group"),
    path("group/departments/", views.departments, name="departments"),
    path("group/definitions/", views.definitions, name="definitions"),
]
