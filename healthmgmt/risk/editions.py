"""Packs by name and edition, shipped or the organisation's own, and which one a day is judged by.

An own edition is called as the shipped pack it goes back to, with `-own` behind it. What a process has parsed it keeps by the
fingerprint of the texts, so that no organisation meets another's rules under the same name.
"""

from datetime import date
from functools import lru_cache, partial, reduce

from healthmgmt.core import organisations
from healthmgmt.core.dates import months_before
from healthmgmt.organization.selectors import organisation_settings
from healthmgmt.risk import expiring, packs
from healthmgmt.risk.editing import Texts
from healthmgmt.risk.expiring import SHORTEST_MONTHS, Expired
from healthmgmt.risk.models import Assessment, OwnEdition
from healthmgmt.risk.packs import PLUS, Pack, PackError

OWN = "-own"
KEPT = 64


def is_own(name: str) -> bool:
    """Whether the name is of an organisation's own edition, or of one with additions."""
    return any(part.endswith(OWN) for part in name.split(PLUS))


def own_name(name: str) -> str:
    """What an own edition is called that goes back to this pack."""
    return name if name.endswith(OWN) else f"{name}{OWN}"


def shipped_name(name: str) -> str:
    """The shipped pack that an edition goes back to."""
    return name.removesuffix(OWN)


def load(name: str, edition: str) -> Pack:
    """The pack of a stored assessment. One query where a part of it is the organisation's own, and that once a request or job.

    Raises PackError when there is none.
    """
    if not is_own(name):
        return packs.load(name, edition)
    known = organisations.noted().setdefault("risk.editions", {})
    if (name, edition) not in known:
        known[name, edition] = _load(name, edition)
    return known[name, edition]


def parts(name: str, edition: str) -> list[Pack]:
    """The pack of the country and the additions of which a combined one was put together. Raises PackError when there are none."""
    pairs = list(zip(name.split(PLUS), edition.split(PLUS), strict=True))
    return [load(*pair) for pair in pairs]


def _load(name: str, edition: str) -> Pack:
    names, editions = name.split(PLUS), edition.split(PLUS)
    if len(names) != len(editions):
        raise PackError([f"no pack {name} {edition}"])
    wanted = [pair for pair in zip(names, editions, strict=True) if is_own(pair[0])]
    found = OwnEdition.objects.filter(name__in=[one for one, _ in wanted]).values_list("name", "edition", "fingerprint")
    prints = {(one, its): fingerprint for one, its, fingerprint in found}
    parts = []
    for pair in zip(names, editions, strict=True):
        if is_own(pair[0]) and pair not in prints:
            raise PackError([f"no pack {' '.join(pair)}"])
        parts.append(_stored(prints[pair]) if is_own(pair[0]) else packs.load(*pair))
    return _together(parts)


def texts(name: str, edition: str) -> Texts:
    """Head, lines and words of one edition. Raises PackError when there is none."""
    if not is_own(name):
        return Texts(*packs.texts(name, edition))
    found = OwnEdition.objects.filter(name=name, edition=edition).values_list("head", "lines", "words").first()
    if found is None:
        raise PackError([f"no pack {name} {edition}"])
    return Texts(*found)


def in_force(as_of: date) -> Pack:
    """What everybody is judged by on a day. Two queries. Raises PackError when the settings name no pack of a country."""
    return _together(parts_in_force(as_of))


def parts_in_force(as_of: date) -> list[Pack]:
    """The pack of the country and the additions of a day: of each the organisation's own edition, the newest that is approved and
    effective by then, else the one of its settings. An addition of its own counts beside those of the settings. Read once a page."""
    return list(organisations.once(f"risk.parts_in_force.{as_of}", partial(_read_parts_in_force, as_of)))


def _read_parts_in_force(as_of: date) -> list[Pack]:
    country, *additions = organisation_settings().pack.split(PLUS)
    own: dict[str, str] = {}
    approved = OwnEdition.objects.approved().filter(effective_from__lte=as_of).order_by("effective_from", "id")
    for name, fingerprint in approved.values_list("name", "fingerprint"):
        shipped = shipped_name(name)
        own[shipped if packs.is_addition(shipped) else ""] = fingerprint
    found = [_stored(own[""]) if "" in own else packs.in_force(country, as_of)]
    for name in dict.fromkeys([*additions, *(name for name in own if name)]):
        found.append(_stored(own[name]) if name in own else packs.in_force(name, as_of))
    return found


def window_months(pack: Pack) -> int:
    """For how many months values count: an own edition says it itself, else the organisation's settings do."""
    return pack.window_months if is_own(pack.name.split(PLUS)[0]) else organisation_settings().window_months


def present_window(as_of: date) -> int:
    """For how many months values count by the pack in force on a day."""
    return window_months(in_force(as_of))


def expired(one: Assessment | None, today: date) -> Expired | None:
    """What became of an assessment, which comes with its age, by the pack in force today: None while its colour counts. The pack is
    asked for where some window has passed."""
    if one is None or one.newest_on is None or one.newest_on > months_before(today, SHORTEST_MONTHS):
        return None
    return expiring.expired(one.colour, one.newest_on, window_months=present_window(today), today=today)


def in_place(pack: Pack, parts: list[Pack]) -> Pack:
    """The parts in force with `pack` in place of the one that it would take over from, else as one more addition."""
    if not pack.only:
        return _together([pack, *parts[1:]])
    others = [one for one in parts[1:] if shipped_name(one.name) != shipped_name(pack.name)]
    return _together([parts[0], *others, pack])


def named_in_force(name: str, as_of: date) -> Pack:
    """The pack of that name on a day: `cn` as it is shipped, `cn-own` as the organisation has it, an occupation pack on top of what is
    in force. Raises PackError when there is none."""
    if not packs.is_addition(shipped_name(name)):
        return _together([_part_in_force(part, as_of) for part in name.split(PLUS)])
    parts = parts_in_force(as_of)
    is_there = any(shipped_name(one.name) == shipped_name(name) for one in parts)
    return _together(parts if is_there else [*parts, _part_in_force(name, as_of)])


def _part_in_force(name: str, as_of: date) -> Pack:
    if not is_own(name):
        return packs.in_force(name, as_of)
    found = OwnEdition.objects.approved().filter(name=name, effective_from__lte=as_of).order_by("effective_from", "id").last()
    if found is None:
        raise PackError([f"no pack {name} in force on {as_of}"])
    return _stored(found.fingerprint)


def _together(parts: list[Pack]) -> Pack:
    if parts[0].only:
        raise PackError([f"{parts[0].name} adds to the pack of a country and is none by itself"])
    return reduce(packs.add, parts)


@lru_cache(maxsize=KEPT)
def parsed(given: Texts) -> Pack:
    """Raises PackError with every fault."""
    return given.parse()


@lru_cache(maxsize=KEPT)
def _stored(fingerprint: str) -> Pack:
    """The edition with these texts, wherever it is stored: the same fingerprint is the same rules."""
    found = OwnEdition.objects.filter(fingerprint=fingerprint).values_list("head", "lines", "words").first()
    if found is None or Texts(*found).fingerprint != fingerprint:
        raise PackError(["the texts of an own edition are not those that were proposed"])
    return parsed(Texts(*found))
