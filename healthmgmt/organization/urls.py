from django.urls import path

from healthmgmt.organization import views

app_name = "organization"

urlpatterns = [
    path("periods/", views.periods, name="periods"),
    path("periods/<int:pk>/deadline/", views.deadline, name="period_deadline"),
    path("periods/<int:pk>/close/", views.close, name="period_close"),
    path("periods/<int:pk>/lock/", views.lock, name="period_lock"),
]
