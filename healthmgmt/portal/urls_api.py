from django.urls import path

from healthmgmt.portal import api
from healthmgmt.portal.employee import api as employee

app_name = "portal_api"

urlpatterns = [
    path("me/", employee.MeView.as_view(), name="me"),
    path("me/record/", employee.RecordView.as_view(), name="me_record"),
    path("me/assessment/", employee.AssessmentView.as_view(), name="me_assessment"),
    path("me/plan/", employee.PlanView.as_view(), name="me_plan"),
    path("people/", api.PeopleView.as_view(), name="people"),
    path("people/<uuid:uuid>/", api.PersonView.as_view(), name="person"),
]
