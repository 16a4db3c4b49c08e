from django.apps import AppConfig


class WorkConfig(AppConfig):
    name = "healthmgmt.work"
