from django.urls import path

from healthmgmt.insight import api

app_name = "insight_api"

urlpatterns = [
    path("units/<int:pk>/scorecard/", api.ScorecardView.as_view(), name="scorecard"),
]
