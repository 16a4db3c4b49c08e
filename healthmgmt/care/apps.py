from django.apps import AppConfig


class CareConfig(AppConfig):
    name = "healthmgmt.care"
