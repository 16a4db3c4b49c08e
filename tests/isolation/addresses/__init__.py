"""Every address of an organisation's host (URLS) and of the bare domain (PUBLIC_URLS), by route; one module a room."""

from tests.isolation.addresses import accounts, exams, portal, tenants

URLS = {**accounts.URLS, **exams.URLS, **portal.URLS}
PUBLIC_URLS = {**accounts.PUBLIC_URLS, **portal.PUBLIC_URLS, **tenants.PUBLIC_URLS}
