from django.apps import AppConfig


class CareConfig(AppConfig):
    name = "healthmgmt.care"

    def ready(self) -> None:
        # Declares which people were given to a clinician; without it they are reached through their units alone.
        from healthmgmt.care import access  # noqa: F401
