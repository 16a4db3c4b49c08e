"""The administrator's pages: users, units, periods, settings."""

from tests.isolation.rules import Rule

ADMIN = frozenset({"admin"})
# Both organisations number their users, units and periods alike, so the other's number is one of their own.
USERS = {name: ADMIN for name in ("liaison_a1", "employee")}
UNITS = {name: ADMIN for name in ("root", "a1", "b1")}
PERIODS = {"period": ADMIN}


def of_users(methods: dict[str, int], **more) -> Rule:
    return Rule(ADMIN, methods, USERS, kind="user", everywhere=True, **more)


def of_units(methods: dict[str, int], **more) -> Rule:
    return Rule(ADMIN, methods, UNITS, kind="unit", everywhere=True, **more)


def of_periods(methods: dict[str, int], **more) -> Rule:
    return Rule(ADMIN, methods, PERIODS, kind="period", everywhere=True, **more)


URLS = {
    "admin/": Rule(ADMIN, {"GET": 200}),
    "admin/settings/": Rule(ADMIN, {"GET": 200, "POST": 422}),
    "admin/centres/options/": Rule(ADMIN, {"GET": 200}),
    "admin/users/": Rule(ADMIN, {"GET": 200}),
    "admin/users/add/": Rule(
        ADMIN, {"GET": 200, "POST": 200}, data={"POST": lambda: {"email": "new@example.org", "role": "liaison", "unit": "/"}}
    ),
    "admin/users/<int:pk>/": of_users({"GET": 200}),
    "admin/users/<int:pk>/grant/": of_users({"POST": 302}, data={"POST": lambda: {"role": "physician", "unit": "/"}}),
    "admin/users/<int:pk>/revoke/": of_users({"POST": 302}, data={"POST": lambda: {"membership": "0"}}),
    "admin/users/<int:pk>/code/": of_users({"POST": 200}),
    "admin/users/<int:pk>/sign-out/": of_users({"POST": 302}),
    "admin/users/<int:pk>/close/": of_users({"POST": 302}, data={"POST": lambda: {"reason": "left"}}),
    "admin/users/<int:pk>/reopen/": of_users({"POST": 302}),
    "admin/units/": Rule(ADMIN, {"GET": 200}),
    "admin/units/options/": Rule(ADMIN, {"GET": 200}),
    "admin/units/<int:pk>/": of_units({"GET": 200}),
    "admin/units/<int:pk>/children/": of_units({"GET": 200}),
    "admin/units/<int:pk>/add/": of_units({"POST": 302}, data={"POST": lambda: {"name": "New"}}),
    "admin/units/<int:pk>/rename/": of_units({"POST": 302}, data={"POST": lambda: {"name": "Renamed"}}),
    "admin/units/<int:pk>/place/": of_units({"POST": 302}, data={"POST": lambda: {"place": "北京"}}),
    "admin/units/<int:pk>/move/": of_units({"GET": 200, "POST": 422}),
    "admin/units/<int:pk>/merge/": of_units({"GET": 200, "POST": 422}),
    "admin/units/<int:pk>/close/": of_units({"POST": 422}),
    "admin/units/<int:pk>/transfer/": of_units({"POST": 422}),
    "admin/periods/": Rule(ADMIN, {"GET": 200, "POST": 422}),
    "admin/periods/<int:pk>/deadline/": of_periods({"POST": 302}, data={"POST": lambda: {"deadline_on": "2026-12-01"}}),
    "admin/periods/<int:pk>/close/": of_periods({"POST": 302}),
    "admin/periods/<int:pk>/lock/": of_periods({"POST": 302}),
    "admin/calendar/": Rule(ADMIN, {"GET": 200, "POST": 422}),
    "admin/calendar/remove/": Rule(ADMIN, {"POST": 302}, data={"POST": lambda: {"day": "2026-12-01"}}),
    "admin/calendar/year/": Rule(ADMIN, {"POST": 302}, data={"POST": lambda: {"year": 2026}}),
    "admin/calendar/week/": Rule(ADMIN, {"POST": 302}, data={"POST": lambda: {"working_days": ["1", "2"]}}),
}
