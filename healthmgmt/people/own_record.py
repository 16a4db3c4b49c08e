"""Pages about the signed-in person, of whichever room: recorded, and an answer for who is no employee."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from healthmgmt.accounts.models import User
from healthmgmt.audit import services as audit
from healthmgmt.core.actors import Actor
from healthmgmt.people.models import Person


def record_look(request: HttpRequest, person: Person, page: str) -> None:
    """Who looks is on record, also when it is the person."""
    audit.record("own_record.viewed", by=Actor.of_request(request), person_id=person.pk, detail={"page": page})


def of_person(find: Callable[[User], Person | None], page: str) -> Callable:
    """A page about the signed-in person, whom `find` gives with what the room needs of them; who is no employee here reads whom to ask.

    The view takes the person after the request.
    """

    def declare(view: Callable) -> Callable:
        @wraps(view)
        def shown(request: HttpRequest, *args, **kwargs) -> HttpResponse:
            person = find(request.user)
            if person is None:
                return render(request, "portal/employee/nobody.html")
            record_look(request, person, page)
            return view(request, person, *args, **kwargs)

        return shown

    return declare
