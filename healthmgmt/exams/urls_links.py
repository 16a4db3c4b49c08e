from django.urls import path

from healthmgmt.exams.views import handing_over, templates

app_name = "handing_over"

urlpatterns = [
    path("", handing_over.page, name="page"),
    path("template/<slug:package>/", templates.template_by_link, name="template"),
    path("<str:token>/", handing_over.opened, name="opened"),
]
