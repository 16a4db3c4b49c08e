"""The organisation of an address, for operators."""

from django.http import Http404

from tenants.models import Organisation


def get_organisation_or_404(slug: str) -> Organisation:
    """A ready organisation; closed ones are entered by nobody."""
    found = Organisation.objects.filter(slug=slug, state=Organisation.State.READY).first()
    if found is None:
        raise Http404
    return found
