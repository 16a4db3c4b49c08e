from django.conf import settings
from django.urls import path

from healthmgmt.portal import views

app_name = "portal"

urlpatterns = [
    path("", views.home, name="home"),
    path("healthz", views.healthz, name="healthz"),
]
if settings.DEBUG:
    urlpatterns.append(path("styleguide/", views.style_guide, name="styleguide"))
