from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "healthmgmt.audit"
