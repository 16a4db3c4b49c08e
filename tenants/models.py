"""The organisations that share this installation, in the public schema."""

from django.db import models
from django_tenants.models import DomainMixin, TenantMixin


class Organisation(TenantMixin):
    """A customer: its schema and its role have the same opaque name."""

    class State(models.TextChoices):
        READY = "ready"
        CLOSED = "closed"

    slug = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=200)
    country = models.CharField(max_length=2, default="cn")
    state = models.CharField(max_length=10, choices=State, default=State.READY)
    # How many of the code's migrations its schema has; noted by provisioning, so that one query tells of all.
    migrations_applied = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    # provisioning.create makes schema, role and rights in one transaction.
    auto_create_schema = False
    auto_drop_schema = False

    CLASSIFICATION = {
        "schema_name": "plain",
        "slug": "plain",
        "name": "plain",
        "country": "plain",
        "state": "plain",
        "migrations_applied": "plain",
        "created_at": "plain",
    }

    class Meta:
        ordering = ["slug"]


class Domain(DomainMixin):
    """A host name of an organisation."""

    CLASSIFICATION = {"domain": "plain", "tenant": "plain", "is_primary": "plain"}

    class Meta:
        ordering = ["domain"]
