from django.urls import path

from healthmgmt.care import api

app_name = "care_api"

urlpatterns = [
    path("assessments/", api.AssessmentsView.as_view(), name="assessments"),
    path("plans/", api.PlansView.as_view(), name="plans"),
]
