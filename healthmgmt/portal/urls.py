from django.conf import settings
from django.urls import path

from healthmgmt.portal import liaison, views

app_name = "portal"

urlpatterns = [
    path("", views.home, name="home"),
    path("liaison/", liaison.home, name="liaison"),
    path("due/", liaison.due, name="due"),
    path("due/export/", liaison.due_export, name="due_export"),
    path("healthz", views.healthz, name="healthz"),
    path("api/schema/", views.SchemaView.as_view(), name="schema"),
]
if settings.DEBUG:
    urlpatterns.append(path("styleguide/", views.style_guide, name="styleguide"))
