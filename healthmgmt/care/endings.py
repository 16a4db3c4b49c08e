"""What a contact ends with, when the next one is, and what to ask first: data/endings.toml checked and frozen. Pure."""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

FILE = Path(__file__).parent / "data" / "endings.toml"
COLOURS = ("red", "orange", "yellow", "blue", "green", "grey")
# The word under which the days stand that count while an alert is open.
ALERT = "alert"
LANGUAGES = ("zh", "en")
LONGEST_DAYS = 366


class EndingError(ValueError):
    """The rules break the schema; `faults` are sentences that name the place."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(faults))


@dataclass(frozen=True)
class Ending:
    """`reached`: the person was spoken to; `asks_to_come`: and is expected for a check. `days` until the next contact, by colour and, with an open alert, by `alert`."""

    slug: str
    reached: bool
    asks_to_come: bool
    words: dict[str, str]
    days: dict[str, int]

    def next_on(self, today: date, *, colour: str, has_alert: bool) -> date:
        """The day of the next contact. Raises KeyError for a word that is no colour."""
        return today + timedelta(days=self.days[ALERT if has_alert else colour])


@dataclass(frozen=True)
class Question:
    """What to ask first, where a reason begins so."""

    reasons: tuple[str, ...]
    words: dict[str, str]


@dataclass(frozen=True)
class Rules:
    """All endings in the order of the form."""

    endings: tuple[Ending, ...]
    questions: tuple[Question, ...]
    alert_contact_hours: int
    alert_longest_days: int
    contact_kinds: tuple[str, ...]
    early_kinds: tuple[str, ...]
    worsened_colours: tuple[str, ...]

    def ending(self, slug: str) -> Ending:
        """Raises KeyError for a slug that is none."""
        return {one.slug: one for one in self.endings}[slug]

    @property
    def reached(self) -> list[str]:
        """The endings of contacts in which the person was spoken to."""
        return [one.slug for one in self.endings if one.reached]

    @property
    def coming(self) -> list[str]:
        """The endings after which the person is expected for a check."""
        return [one.slug for one in self.endings if one.asks_to_come]

    def question(self, codes: Iterable[str], language: str) -> str:
        """What to ask first of somebody with these reasons."""
        codes = list(codes)
        for one in self.questions:
            if not one.reasons or any(code.startswith(beginning) for code in codes for beginning in one.reasons):
                return one.words[language]
        raise KeyError(language)


@cache
def load() -> Rules:
    """The shipped rules. Raises EndingError."""
    return parse(FILE.read_text(encoding="utf-8"))


def parse(text: str) -> Rules:
    """Text of a rules file. Raises EndingError with all faults found."""
    content = tomllib.loads(text)
    try:
        rules = Rules(
            endings=tuple(_ending(entry) for entry in content["ending"]),
            questions=tuple(Question(tuple(entry["reasons"]), _words(entry)) for entry in content["question"]),
            alert_contact_hours=content["alert_contact_hours"],
            alert_longest_days=content["alert_longest_days"],
            contact_kinds=tuple(content["contact_kinds"]),
            early_kinds=tuple(content["early_kinds"]),
            worsened_colours=tuple(content["worsened_colours"]),
        )
    except KeyError as error:
        raise EndingError([f"{error} is missing"]) from error
    if faults := [fault for one in rules.endings for fault in _faults_of(one, rules)] + _faults_together(rules):
        raise EndingError(faults)
    return rules


def _ending(entry: dict) -> Ending:
    return Ending(slug=entry["slug"], reached=entry["reached"], asks_to_come=entry["asks_to_come"], words=_words(entry), days=dict(entry["days"]))


def _words(entry: dict) -> dict[str, str]:
    return {language: entry[language] for language in LANGUAGES}


def _faults_of(ending: Ending, rules: Rules) -> list[str]:
    faults = []
    if set(ending.days) != {ALERT, *COLOURS}:
        faults.append(f"ending {ending.slug}: days are needed for `alert` and for each colour, and for nothing else")
    elif not all(0 <= days <= LONGEST_DAYS for days in ending.days.values()):
        faults.append(f"ending {ending.slug}: days go from 0 to {LONGEST_DAYS}")
    elif ending.days[ALERT] > rules.alert_longest_days:
        faults.append(f"ending {ending.slug}: puts an alert off for longer than is allowed")
    return faults


def _faults_together(rules: Rules) -> list[str]:
    faults = []
    if len({one.slug for one in rules.endings}) < len(rules.endings):
        faults.append("an ending stands twice")
    if [bool(one.reasons) for one in rules.questions] != [True] * (len(rules.questions) - 1) + [False]:
        faults.append("the last question, and no other, has to fit every reason")
    if rules.alert_contact_hours < 1 or rules.alert_longest_days < 1:
        faults.append("an alert needs at least an hour for the contact and a day for the next")
    if not set(rules.early_kinds) <= set(rules.contact_kinds):
        faults.append("a step that is fulfilled early is no contact")
    if not set(rules.worsened_colours) <= set(COLOURS):
        faults.append("`worsened_colours` names a colour that is none")
    return faults
