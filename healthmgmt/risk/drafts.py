"""Editing an own edition before it is proposed: copy, change, look, discard. Nobody is judged by a draft."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from healthmgmt.audit import services as audit
from healthmgmt.core.actors import Actor
from healthmgmt.core.exceptions import Rejected
from healthmgmt.organization.selectors import organisation_settings
from healthmgmt.risk import describing, editing, editions, packs
from healthmgmt.risk.describing import Difference, LineText
from healthmgmt.risk.editing import Change, EditFault, Texts
from healthmgmt.risk.models import OwnEdition, PackDraft
from healthmgmt.risk.packs import Pack, PackError
from healthmgmt.risk.words import LANGUAGES

# It stands behind other editions in one name, with a plus between them.
EDITION = re.compile(r"[0-9A-Za-z\u4e00-\u9fff][0-9A-Za-z\u4e00-\u9fff._-]{0,11}")
LONGEST_TITLE, LONGEST_SOURCE = 60, 200
FAULTS = {
    "no_line": gettext_lazy("There is no such line in this draft any more. Please load the page again."),
    "no_reason": gettext_lazy("There is no such reason in this draft."),
    "no_limit": gettext_lazy("This line has no limit: it asks whether something is so."),
    "no_colour": gettext_lazy("A reason is red, orange, yellow or blue."),
    "class_a_stays_red": gettext_lazy("Class A results stay red: an alert follows them the same day. Their limits can be changed."),
    "class_a_stays": gettext_lazy("This is the last line of a class A result. Its limit can be changed; it cannot be left out."),
    "reason_is_needed": gettext_lazy("This is the last line of a reason that the pack itself refers to, so it has to stay. Its limit can be changed."),
    "no_indicator": gettext_lazy("There is no such indicator with a number in the catalogue."),
    "no_op": gettext_lazy("Please choose at or above, above, at or below, or below."),
    "no_sex": gettext_lazy("A line is for men, for women or for everybody."),
    "no_unit": gettext_lazy("The catalogue does not know this indicator in that unit."),
    "line_exists": gettext_lazy("The reason has a line on this indicator already. Please change that line’s limit."),
    "no_window": gettext_lazy("How long values count is said by the pack of the country, not by an addition to it."),
    "window_range": gettext_lazy("Values may count for %(least)d to %(most)d months."),
    "limit_number": gettext_lazy("The limit is a number, such as 135 or 6.1."),
    "limit_times": gettext_lazy("The limit is how many times the upper limit of the report, such as 3: more than 0 and at most 100."),
    "limit_ordinal": gettext_lazy("The limit is one of 1+, 2+, 3+ and 4+."),
    "limit_impossible": gettext_lazy("No value of this indicator is there: it lies between %(least)s and %(most)s."),
    "no_conventional": gettext_lazy("This line has one unit only. Please leave the second limit empty."),
    "conventional_number": gettext_lazy("Please give the limit in %(unit)s too; it would be about %(near).4g."),
    "conventional_differs": gettext_lazy("The two limits do not mean the same: in %(unit)s it would be about %(near).4g."),
    "no_source": gettext_lazy("Please say what this rests on: a guideline, a paper or a decision."),
}  # fmt: skip


@dataclass(frozen=True)
class Preview:
    """What one change would do, nothing of it stored. `fault` is a sentence, empty where the change can be made, `at` the input
    at fault; `before` and `after` hold, by language, the lines that it makes different; `window` the months before and after."""

    fault: str = ""
    at: str = ""
    before: Mapping[str, list[LineText]] = field(default_factory=dict)
    after: Mapping[str, list[LineText]] = field(default_factory=dict)
    window: tuple[int, int] = (0, 0)


def copy(name: str, base_edition: str, *, edition: str, title_zh: str, title_en: str, by: Actor) -> PackDraft:
    """A draft with the rules of a shipped pack or of an own edition, which stays what it is.

    Raises Rejected: no such pack, an edition that is taken or cannot be a name, a title missing or too long.
    """
    edition, titles = edition.strip(), {"title_zh": title_zh.strip(), "title_en": title_en.strip()}
    if not EDITION.fullmatch(edition):
        said = _("An edition is called by up to 12 letters, digits, dots, hyphens or underscores, such as 2026.1.")
        raise Rejected(said, field="edition")
    for which, title in titles.items():
        if not title or len(title) > LONGEST_TITLE or editing.NOT_IN_TEXT.search(title):
            raise Rejected(_("Please give the edition a title of at most %(most)d characters.") % {"most": LONGEST_TITLE}, field=which)
    own = editions.own_name(name)
    try:
        base = editions.texts(name, base_edition)
    except PackError as error:
        raise Rejected(_("There is no such pack.")) from error
    window = None if editions.is_own(name) else organisation_settings().window_months
    texts = editing.copied(base, name=own, edition=edition, window_months=window, **titles)
    _check(texts)
    with transaction.atomic():
        taken = PackDraft.objects.filter(name=own, edition=edition).exists() or OwnEdition.objects.filter(name=own, edition=edition).exists()
        if taken:
            raise Rejected(_("There is an edition of that name already."), field="edition")
        draft = PackDraft.objects.create(
            name=own, edition=edition, base_name=name, base_edition=base_edition, head=texts.head, lines=texts.lines, words=texts.words,
            fingerprint=texts.fingerprint, made_by_id=by.user_id,
        )  # fmt: skip
        audit.record("pack.copied", by=by, subject=draft, detail={"pack": own, "edition": edition, "from": f"{name} {base_edition}"})
    return draft


def change(draft: PackDraft, wanted: Change, *, by: Actor) -> PackDraft:
    """Make one change in a draft; all of it or nothing. Raises Rejected with what is wrong with it."""
    with transaction.atomic():
        draft = PackDraft.objects.select_for_update().get(pk=draft.pk)
        texts = _changed(draft, wanted)
        if texts != texts_of(draft):
            draft.head, draft.lines, draft.words, draft.fingerprint = texts.head, texts.lines, texts.words, texts.fingerprint
            draft.save(update_fields=["head", "lines", "words", "fingerprint", "changed_at"])
            audit.record("pack.changed", by=by, subject=draft, detail={"kind": type(wanted).__name__, "line": _named(wanted)})
    return draft


def discard(draft: PackDraft, *, by: Actor) -> None:
    """Remove a draft with its simulations."""
    with transaction.atomic():
        audit.record("pack.discarded", by=by, subject=draft, detail={"pack": draft.name, "edition": draft.edition})
        draft.delete()


def preview(draft: PackDraft, wanted: Change) -> Preview:
    """What a change would do to its line. Nothing is stored."""
    try:
        texts = _changed(draft, wanted)
    except Rejected as error:
        return Preview(fault=error.message, at=error.field)
    now, then = pack_of(draft), editions.parsed(texts)
    before, after = ({language: _others(one, other, language) for language in LANGUAGES} for one, other in ((now, then), (then, now)))
    return Preview(before=before, after=after, window=(now.window_months, then.window_months))


def differences(draft: PackDraft | OwnEdition, language: str) -> list[Difference]:
    """What a draft or an own edition says otherwise than the pack that it is based on, line by line."""
    texts, base = texts_of(draft), editions.parsed(editions.texts(draft.base_name, draft.base_edition))
    return describing.differences(base, editions.parsed(texts), language, editing.taken_away(texts))


def lines(draft: PackDraft | OwnEdition, language: str) -> list[LineText]:
    """Every line in words, in the order of the pack."""
    pack = pack_of(draft)
    return [describing.line_text(pack, line, language) for line in pack.lines]


def pack_of(draft: PackDraft | OwnEdition) -> Pack:
    return editions.parsed(texts_of(draft))


def texts_of(draft: PackDraft | OwnEdition) -> Texts:
    return Texts(draft.head, draft.lines, draft.words)


def copyable() -> list[tuple[str, str]]:
    """(name, edition) of everything that can be copied: shipped packs, and own editions whatever became of them."""
    return packs.available() + list(OwnEdition.objects.order_by("name", "id").values_list("name", "edition"))


def _changed(draft: PackDraft, wanted: Change) -> Texts:
    source = getattr(wanted, "source", None)
    if source and max(len(source.zh), len(source.en)) > LONGEST_SOURCE:
        raise Rejected(_("The source has at most %(most)d characters.") % {"most": LONGEST_SOURCE}, field="source")
    try:
        texts = editing.changed(texts_of(draft), editions.texts(draft.base_name, draft.base_edition), wanted)
    except EditFault as error:
        raise Rejected(FAULTS[error.code] % error.values, field=error.field) from error
    _check(texts)
    return texts


def _check(texts: Texts) -> None:
    try:
        editions.parsed(texts)
    except PackError as error:
        raise Rejected(_("The rules do not fit together like this: %(faults)s.") % {"faults": "; ".join(error.faults)}) from error


def _named(wanted: Change) -> str:
    """Which line or reason a change is about."""
    return getattr(wanted, "key", "") or getattr(wanted, "reason", "")


def _others(pack: Pack, other: Pack, language: str) -> list[LineText]:
    """The lines of a pack that the other has not, or otherwise."""
    known = {replace(line, number=0) for line in other.lines}
    return [describing.line_text(pack, line, language) for line in pack.lines if replace(line, number=0) not in known]
