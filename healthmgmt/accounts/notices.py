"""Notices on a user's page: told in the transaction of what they tell of, once by key; counted, read, removed after their time.

Any room may tell. What has to go out by mail as well is announced; who knows about consent and quiet hours sends it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.postgres.expressions import ArraySubquery
from django.db import transaction
from django.db.models import OuterRef, QuerySet
from django.utils import timezone

from healthmgmt.accounts import notice_kinds
from healthmgmt.accounts.models import Notice, User
from healthmgmt.core.templatetags.health import page_language
from healthmgmt.work import services as work

# More unread ones than this are not counted.
COUNTED = 99
SLICE_PURGED = 5_000


@dataclass(frozen=True)
class ShownNotice:
    """A notice in words."""

    uuid: str
    icon: str
    title: str
    text: str
    told_at: datetime
    is_unread: bool


def tell(users: Iterable[int], *, kind: str, key: str, link: str) -> None:
    """Tell users, by id, that something happened; the same kind and key is told once. Raises KeyError for an unknown kind."""
    is_mailed = notice_kinds.kind(kind).is_mailed
    found = [Notice(user_id=user, kind=kind, key=key, link=link, is_mail_due=is_mailed) for user in sorted(set(users))]
    if not found:
        return
    with transaction.atomic():
        Notice.objects.bulk_create(found, ignore_conflicts=True)
        if is_mailed:
            work.announce("accounts.noticed", notice=f"{kind}:{key}")


def with_unread(users: QuerySet[User]) -> QuerySet[User]:
    """Users with `unread_ids`, so that whoever is signed in costs no query of its own for them."""
    own = Notice.objects.filter(user=OuterRef("pk"), read_at=None).order_by().values("pk")[:COUNTED]
    return users.annotate(unread_ids=ArraySubquery(own))


def unread(user: User) -> int:
    """How many notices a user has not read, at most COUNTED; one query on an index of the unread, none for who was fetched `with_unread`."""
    if (known := getattr(user, "unread_ids", None)) is not None:
        return len(known)
    return Notice.objects.filter(user=user, read_at=None).order_by()[:COUNTED].count()


def of_user(user: User) -> QuerySet[Notice]:
    """A user's own notices of kinds that there still are, the last first."""
    return Notice.objects.filter(user=user, kind__in=list(notice_kinds.load().by_slug))


def shown(found: Iterable[Notice]) -> list[ShownNotice]:
    """Notices in the language of the page."""
    language = page_language()
    kinds = [(one, notice_kinds.kind(one.kind)) for one in found]
    return [
        ShownNotice(str(one.uuid), kind.icon, kind.titles[language], kind.texts[language], one.told_at, one.read_at is None)
        for one, kind in kinds
    ]


def read(found: QuerySet[Notice]) -> int:
    """Note that notices were read; a mail about them need not go out any more. Read twice is read once."""
    return found.filter(read_at=None).order_by().update(read_at=timezone.now(), is_mail_due=False)


def settle(*, kinds: Iterable[str], link: str, user: User | None = None) -> int:
    """What the notices that lead to a page told of is seen to: read by everybody, or by one user."""
    found = Notice.objects.filter(kind__in=list(kinds), link=link)
    return read(found.filter(user=user) if user else found)


def purge(*, now: datetime) -> bool:
    """Remove a slice of the notices that were kept long enough; whether there may be more."""
    old = Notice.objects.filter(told_at__lt=now - timedelta(days=notice_kinds.load().keep_days)).order_by("told_at")
    ids = list(old.values_list("pk", flat=True)[:SLICE_PURGED])
    Notice.objects.filter(pk__in=ids).delete()
    return len(ids) == SLICE_PURGED
