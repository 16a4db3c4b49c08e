"""Cache keys carry the organisation and are refused outside of one."""

import pytest
from django.core.cache import cache

from tenants import cache as keys
from tenants import current


def test_cache_key_carries_the_schema(pair):
    with current.use(pair.a):
        assert keys.make_key("home", "p", 1) == f"{pair.a}:p:1:home"


def test_cache_value_of_one_organisation_is_not_another_ones(pair):
    with current.use(pair.a):
        cache.set("home", "MARK", 60)
        assert cache.get("home") == "MARK"
    with current.use(pair.b):
        assert (cache.get("home"), cache.get_many(["home"]), "home" in cache) == (None, {}, False)
        cache.delete("home")
    with current.use(pair.a):
        assert cache.get("home") == "MARK"
        cache.delete("home")


def test_cache_outside_an_organisation_is_refused(free_database):
    for use in (lambda: cache.get("home"), lambda: cache.set("home", 1), lambda: cache.delete("home"), lambda: cache.incr("home")):
        with pytest.raises(keys.KeyOutsideOrganisation):
            use()
