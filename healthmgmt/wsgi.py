"""The web process. It serves nothing over a connection that could mix organisations up."""

import gc
import os

os.environ["HEALTHMGMT_PROCESS"] = "web"
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "healthmgmt.settings")

from django.core.wsgi import get_wsgi_application  # noqa: E402

application = get_wsgi_application()

from django.urls import get_resolver  # noqa: E402

from tenants.checks import refuse_unsafe_connection  # noqa: E402

refuse_unsafe_connection()
for urlconf in ("healthmgmt.urls", "healthmgmt.urls_public"):
    get_resolver(urlconf).url_patterns  # noqa: B018
# What is loaded now stays for good: looking through it for what can go would hold up a request for a tenth of a second now and then.
gc.collect()
gc.freeze()
