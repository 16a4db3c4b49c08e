"""The web process. It serves nothing over a connection that could mix organisations up."""

import os

os.environ["HEALTHMGMT_PROCESS"] = "web"
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "healthmgmt.settings")

from django.core.wsgi import get_wsgi_application  # noqa: E402

application = get_wsgi_application()

from tenants.checks import refuse_unsafe_connection  # noqa: E402

refuse_unsafe_connection()
