"""Cache keys that carry the organisation."""

from tenants import current


class KeyOutsideOrganisation(RuntimeError):
    """A cache key was used where no organisation is known, so it could be read by another one."""


def make_key(key: str, key_prefix: str, version: int) -> str:
    """`schema:prefix:version:key`; raises outside an organisation."""
    schema = current.expected()
    if schema == current.PUBLIC:
        raise KeyOutsideOrganisation("The cache is used inside an organisation only.")
    return f"{schema}:{key_prefix}:{version}:{key}"
