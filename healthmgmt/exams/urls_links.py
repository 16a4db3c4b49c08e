from django.urls import path

from healthmgmt.exams.views import handing_over

app_name = "handing_over"

urlpatterns = [
    path("", handing_over.page, name="page"),
    path("<str:token>/", handing_over.opened, name="opened"),
]
