"""`manage.py migrate`: the public schema, the template and every organisation."""

from django.core.management.base import BaseCommand, CommandError
from django.db.migrations.autodetector import MigrationAutodetector

from tenants import provisioning


class Command(BaseCommand):
    help = "Bring the public schema, the template schema and every organisation's schema up to the code."
    requires_system_checks = []
    # Django checks that `migrate` and `makemigrations` look for changes with the same class.
    autodetector = MigrationAutodetector

    def handle(self, *args, **options) -> None:
        try:
            done = provisioning.migrate(options["verbosity"])
        except provisioning.ProvisioningError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{len(done)} schemas are up to date.")
