"""Every address declares its rule, and what it declares is enforced."""

from collections.abc import Iterator
from types import SimpleNamespace

from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver
from rest_framework.views import APIView

from healthmgmt.core.permissions import Permission
from healthmgmt.core.rules import DeclaredPermission, Rule, requires

URLCONFS = ("healthmgmt.urls", "healthmgmt.urls_public")
# Views without a rule of their own, each with its reason.
EXEMPT: dict[str, str] = {}


def patterns(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    """(route, pattern) of everything that a resolver answers."""
    for entry in resolver.url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from patterns(entry, route)
        else:
            yield route, entry


def fault(view) -> str | None:
    """What is wrong with a view's declaration."""
    holder = getattr(view, "cls", None) or getattr(view, "view_class", None) or view
    rule = vars(holder).get("access_rule")
    if not isinstance(rule, Rule):
        return "declares no rule of its own"
    if not rule.kind or (rule.kind == "permission") != bool(rule.permissions):
        return "declares a rule that is none"
    if isinstance(holder, type):
        if not issubclass(holder, APIView):
            return "is a class whose rule nobody enforces"
        if DeclaredPermission not in holder.permission_classes:
            return "does not ask DeclaredPermission"
    return None


def everywhere() -> list[tuple[str, str, URLPattern]]:
    return [(urlconf, route, pattern) for urlconf in URLCONFS for route, pattern in patterns(get_resolver(urlconf))]


def test_urls_declare_their_rules():
    found = [f"{urlconf} {route}: {fault(one.callback)}" for urlconf, route, one in everywhere() if route not in EXEMPT and fault(one.callback)]
    assert found == []


def test_urls_exemptions_are_not_stale():
    assert set(EXEMPT) - {route for _, route, one in everywhere() if fault(one.callback)} == set()


def test_urls_are_those_that_are_served():
    assert (settings.ROOT_URLCONF, settings.PUBLIC_SCHEMA_URLCONF) == URLCONFS


def test_urls_have_names():
    assert [f"{urlconf} {route}" for urlconf, route, one in everywhere() if not one.name] == []


def test_guard_sees_undeclared_views():
    assert fault(lambda request: None) == "declares no rule of its own"
    assert fault(SimpleNamespace(access_rule="signed_in")) == "declares no rule of its own"
    assert fault(SimpleNamespace(access_rule=Rule("permission"))) == "declares a rule that is none"


def test_guard_sees_an_inherited_rule():
    @requires(Permission.ROSTER_VIEW)
    class Parent(APIView):
        permission_classes = [DeclaredPermission]

    class Child(Parent):
        pass

    assert (fault(Parent.as_view()), fault(Child.as_view())) == (None, "declares no rule of its own")


def test_guard_sees_a_class_that_asks_nobody():
    @requires(Permission.ROSTER_VIEW)
    class Open(APIView):
        permission_classes = []

    @requires(Permission.ROSTER_VIEW)
    class Plain:
        pass

    assert fault(Open.as_view()) == "does not ask DeclaredPermission"
    assert fault(SimpleNamespace(view_class=Plain)) == "is a class whose rule nobody enforces"
