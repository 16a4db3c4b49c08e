"""What each event is called for the people who read the log. The words follow the events of all domains by name."""

from django.utils.translation import gettext_lazy as _

from healthmgmt.audit.models import Event

WORDS = {
    "account.created": _("Account made"),
    "account.password_set": _("Password set"),
    "account.signed_in": _("Signed in"),
    "account.signed_out": _("Signed out"),
    "account.code_issued": _("Activation code issued"),
    "account.activated": _("Account activated"),
    "account.token_created": _("API token made"),
    "account.token_revoked": _("API token revoked"),
    "account.sessions_ended": _("Signed out everywhere"),
    "account.deactivated": _("Account closed"),
    "account.language_chosen": _("Language chosen"),
    "accounts.opened": _("Accounts opened for a unit"),
    "organisation.established": _("Organisation established"),
    "unit.created": _("Unit made"),
    "unit.renamed": _("Unit renamed"),
    "unit.placed": _("Place of a unit set"),
    "unit.moved": _("Unit moved"),
    "unit.closed": _("Unit closed"),
    "role.granted": _("Role given"),
    "role.revoked": _("Role taken away"),
    "period.opened": _("Period opened"),
    "period.closed": _("Period closed"),
    "period.locked": _("Period locked"),
    "roster.imported": _("Roster taken in"),
    "person.created": _("Entered in the roster"),
    "person.updated": _("Roster entry changed"),
    "person.left": _("Marked as having left"),
    "person.account_opened": _("Account opened"),
    "person.account_linked": _("Account linked"),
    "audit.marked": _("Record marked for sealing"),
    "upload.received": _("File received"),
    "upload_link.made": _("One-time link for a file made"),
    "upload_link.revoked": _("One-time link for a file revoked"),
    "upload_link.used": _("File delivered by a one-time link"),
    "upload.applied": _("File's good rows taken in"),
    "upload.withdrawn": _("Upload undone"),
    "upload.purged": _("File and rows of an upload removed after their time"),
    "files.removed": _("Files removed that nothing refers to any more"),
    "exam.typed": _("Exam typed in by hand"),
    "exam.form_opened": _("Form for an exam opened"),
    "exam.reports_viewed": _("List of exams and report files looked at"),
    "exam.report_added": _("Report file kept beside an exam"),
    "exam.report_downloaded": _("Report file taken along"),
    "exam.report_removed": _("Report file removed with its exam"),
    "exams.exported": _("Exams exported"),
    "risk.assessment_requested": _("Assessment of everybody asked for"),
    "risk.exported": _("Assessments exported"),
    "care.planned": _("Plans brought up to date"),
    "care.manager_assigned": _("Case manager assigned"),
    "alert.opened": _("Alert opened"),
    "alert.escalated": _("Others told of an alert"),
    "alert.acknowledged": _("Alert taken on"),
    "alert.closed": _("Alert closed"),
    "step.done": _("Step done"),
    "job.retried": _("Job tried again"),
    "account.reset_mailed": _("Link for a new password sent"),
    "account.password_reset": _("New password chosen by a link"),
    "upload.rows_viewed": _("Rows of a file looked at that wait"),
    "upload.rows_downloaded": _("Rows of a file downloaded that wait"),
    "upload.undo_viewed": _("Seen among those whom undoing a file concerns"),
    "upload.changes_viewed": _("Seen among the rows that a file changes"),
    "upload.people_searched": _("Looked for while mending a file"),
    "upload.value_left_out": _("Value of a file's row left out"),
    "upload.row_left_out": _("Row of a file left out"),
    "upload.cells_mended": _("Row of a file mended"),
    "upload.rows_marked": _("Rows of a file put first"),
    "upload.person_named": _("Row of a file put down to a person"),
    "upload.columns_viewed": _("Columns of a file looked at"),
    "upload.columns_answered": _("Columns of a file explained"),
    "upload.read_again": _("File read again"),
    "upload.rows_checked_again": _("Rows of a file compared with the roster again"),
    # Case managers and physicians.
    "worklist.viewed": _("Seen in a worklist"),
    "record.listed": _("Seen in a list of people"),
    "record.viewed": _("Record opened"),
    "contact.logged": _("Contact recorded"),
    "alert.viewed": _("Alert looked at"),
    "alert.confirmed": _("Alert confirmed"),
    "alert.cleared": _("Alert cleared"),
    # The roster, and who is due.
    "roster.viewed": _("Seen in the roster"),
    "person.identity_viewed": _("Roster entry looked at"),
    "person.code_issued": _("Activation code issued to the employee"),
    "due.viewed": _("Seen in the list of people due"),
    "due.exported": _("Downloaded with the list of people due"),
    "numbers.published": _("Numbers published at once"),
    # The employee's own pages.
    "own_record.viewed": _("Own record looked at"),
    "consent.given": _("Consent given"),
    "consent.withdrawn": _("Consent taken back"),
    "care.plans_withdrawn": _("Plans without a basis ended"),
    "care.steps_fired": _("Due steps begun"),
    "care.steps_lapsed": _("Steps closed that were not done in time"),
    # Administration and the record itself.
    "account.reopened": _("Account opened again"),
    "role.moved": _("Role moved with its unit"),
    "unit.merged": _("Unit merged into another"),
    "unit.people_viewed": _("Looked at on the list of a unit"),
    "period.deadline_changed": _("Deadline of a period changed"),
    "settings.changed": _("Settings changed"),
    "people.transferred": _("People moved to another unit"),
    "person.transferred": _("Moved to another unit"),
    "person.account_viewed": _("Account looked at"),
    "uploads.moved": _("Uploads of a merged unit handed over"),
    "care.unit_handed_over": _("Unit's case managers after a merger"),
    "audit.verified": _("Record compared with its seals"),
    "access_log.viewed": _("Access log looked at"),
    "access_log.person_shown": _("Shown in the access log"),
}

# Why somebody looked, where nobody is asked to write a reason.
REASONS = {"care": _("care for the person"), "call": _("a call to the person")}


def reason_in_words(event: Event) -> str:
    """Why it was done, in the present language where the product gave the reason, else as it was written."""
    return str(REASONS.get(event.reason, event.reason))


def in_words(event: Event) -> str:
    """An event's name in the present language; the bare name for one that no list knows."""
    return str(WORDS.get(event.action, event.action))
