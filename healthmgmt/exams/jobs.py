"""Reading, and applying, an upload: long jobs in batches that may be stopped at any moment."""

from django.utils import timezone

from healthmgmt.core import files, sql
from healthmgmt.core.actors import Actor
from healthmgmt.core.dates import local_day
from healthmgmt.exams import answering, correcting, intake, merging, purging, rereading, selectors, services, staging
from healthmgmt.exams.models import Mending, Upload
from healthmgmt.organization import periods
from healthmgmt.organization.selectors import organisation_settings
from healthmgmt.work import services as work
from healthmgmt.work.registry import Run, handler, subscribe

# The first batch of a run is small, so that a run that ends soon has come further all the same; each next one is twice as large.
FIRST_ROWS, BATCH_ROWS = 2_000, 10_000
MANY_ROWS = 5_000

subscribe("work.daily", kind="exams.purge", key="{day}")
subscribe("work.daily", kind="exams.sweep", key="{day}")
subscribe("exams.applied", kind="exams.count_quality", key="{upload}:{round}")
subscribe("exams.withdrawn", kind="exams.count_quality", key="withdrawn:{upload}")
subscribe("units.merged", kind="exams.follow_merger", key="{change}", lane="now")


@handler("exams.read")
def read(run: Run) -> None:
    """Stage every row of the file, then find people and problems. A resumed run passes over what was stored.

    A file that is read again keeps its rows until its columns are known to be usable.
    """
    upload = Upload.objects.get(pk=run.payload["upload"])
    if upload.state not in (Upload.State.STORED, Upload.State.READING) or upload.purged_at is not None:
        return
    end = run.cursor.get("end")
    if end is None:
        with files.open_plain(upload.file_key) as plain:
            end = _stage(run, upload, plain)
    if end["kind"] == "merged":
        return
    with run.batch(done=end.get("received", 0), total=end.get("received", 0)):
        if end["kind"] == "refused":
            _refused(upload, end)
            return
        if end["received"] >= MANY_ROWS:
            sql.execute("exams/plan_for_many")
        upload.layout["proposals"] = answering.open_questions(end.get("proposals", []), upload.agreed and upload.agreed.layout)
        typed = rereading.carry_over(upload)
        upload.reason = ""
        upload.save(update_fields=["layout", "reason"])
        staging.check(upload)
        rereading.carry_cells(upload, typed, by=_actor(upload))
        services.place(upload)
        upload.finished_at = timezone.now()
        services.settle(upload, went_in=False)
        work.announce("exams.checked", upload=upload.pk, change="read", first=None, last=None)
        if run.payload["apply"] and not upload.check_only:
            services.request_apply(upload, by=_actor(upload))


@handler("exams.apply")
def apply(run: Run) -> None:
    """Turn the good rows into exams, batch by batch, and tell whoever waits for them. Later rounds touch the mended rows only."""
    upload = Upload.objects.get(pk=run.payload["upload"])
    if upload.state != Upload.State.APPLYING or upload.purged_at is not None:
        return
    parameters = {"upload": upload.pk, "codes": upload.layout["codes"], "states": selectors.going_in(upload)}
    done, size = run.cursor.get("done", 0), min(FIRST_ROWS, BATCH_ROWS)
    while (first := _first_going_in(upload, done)) is not None:
        last = min(first + size - 1, upload.received)
        parameters |= {"first": first, "last": last}
        with run.batch(done=last, total=upload.received, cursor={"done": last}):
            services.lock_days()
            # Of most files nothing is known of the same days.
            are_known = sql.row("exams/known_days", parameters)[0]
            if are_known:
                sql.execute("exams/mark_unchanged", parameters)
            for name in ("store_exams", "accept_rows"):
                sql.execute(f"exams/{name}", parameters)
            if are_known:
                sql.execute("exams/settle_days", parameters)
        done, size = last, min(2 * size, BATCH_ROWS)
    with run.batch(done=upload.received, total=upload.received):
        upload.finished_at = timezone.now()
        services.settle(upload, went_in=True)
        services.tell_of_repair(upload, by_user=run.payload.get("user"))
        periods.open_calendar_years(upload.exams.dates("taken_on", "day"), by=Actor.system())
        work.announce("exams.applied", upload=upload.pk, round=upload.rounds)


def _first_going_in(upload: Upload, after: int) -> int | None:
    ready = upload.rows.filter(state__in=selectors.going_in(upload), number__gt=after)
    return ready.order_by("number").values_list("number", flat=True).first()


@handler("exams.count_quality")
def count_quality(run: Run) -> None:
    """Count how good an upload is, once more after each round; one that was undone counts no more."""
    with run.batch(done=1, total=1):
        services.count_quality(Upload.objects.select_for_update().get(pk=run.payload["upload"]))


@handler("exams.purge")
def purge(run: Run) -> None:
    """Remove the files and rows of all uploads that were kept long enough. A later try goes on where one stopped."""
    now, last, done = timezone.now(), 0, 0
    while (upload := purging.next_due(now, after=last)) is not None:
        last, removed = upload.pk, BATCH_ROWS
        with run.batch(done=done, total=0):
            purging.begin(upload, by=Actor.system())
        while removed == BATCH_ROWS:
            with run.batch(done=done, total=0):
                removed = purging.remove_rows(upload, most=BATCH_ROWS)
        done += 1
        with run.batch(done=done, total=0):
            purging.remove_file(upload)


@handler("exams.sweep")
def sweep(run: Run) -> None:
    """Remove files that no row names any more, whatever became of the rows by day."""
    with run.batch(done=1, total=1):
        purging.remove_forgotten(timezone.now(), by=Actor.system())


@handler("exams.mend")
def mend(run: Run) -> None:
    """Do what somebody decided for all rows of a large group. What was undone meanwhile is left alone."""
    act = Mending.objects.select_related("upload__unit").get(pk=run.payload["mending"])
    if act.finished_at is None:
        correcting.carry_on(run, act)


@handler("exams.follow_merger")
def follow_merger(run: Run) -> None:
    """The uploads of a unit that became part of another belong to that one."""
    with run.batch(done=1, total=1):
        services.hand_over_uploads(run.payload["unit"], into=run.payload["into"], by=Actor.system())


def _refused(upload: Upload, end: dict) -> None:
    if not rereading.has_stood(upload):
        upload.rows.all().delete()
        if "columns" in end:
            upload.layout = {"columns": end["columns"], "kinds": end["kinds"]}
        services.refuse(upload, reason=end["reason"], received=end["received"])
    elif upload.state == Upload.State.STORED:
        rereading.keep_as_it_was(upload, reason=end["reason"])
    else:
        # Whole before, and with the same columns: what stopped it now passes.
        raise RuntimeError("A file that was read before could not be read to its end.")


def _stage(run: Run, upload: Upload, plain) -> dict:
    """COPY the frames of the reading child in batches; returns its last frame."""
    today = local_day(timezone.now(), organisation_settings().timezone)
    # A resumed run goes on with the answers that it began with.
    agreed = upload.agreed if upload.state == Upload.State.READING else selectors.agreed_now(upload)
    stored = run.cursor.get("stored") or {"rows": 0, "hints": []}
    options = {"name": upload.file_name, "today": today.isoformat(), "layout": agreed and agreed.layout, "stored": stored}
    frames = intake.run(plain.fileno(), options, staging.prepared)
    pending: list[staging.Block] = []
    size, received, hints, staged = min(FIRST_ROWS, BATCH_ROWS), 0, stored["hints"], stored["rows"]
    for frame in frames:
        if frame.get("mends"):
            return merging.merge(run, upload, frame, frames)
        if frame["kind"] == "layout":
            expected = frame["expected"]
            with run.batch(done=stored["rows"], total=max(expected, stored["rows"])):
                if upload.state == Upload.State.STORED:
                    rereading.make_room(upload)
                upload.layout = {**frame, "codes": answering.codes(answering.columns_of(frame))}
                upload.state, upload.agreed = Upload.State.READING, agreed
                upload.save(update_fields=["layout", "state", "agreed"])
        elif frame["kind"] == "passed":
            received += frame["count"]
        elif frame["kind"] == "rows":
            pending.append(frame["lines"])
            received += frame["count"]
            hints = frame["hints"]
            if received - staged >= size:
                _store(run, upload, pending, cursor={"stored": {"rows": received, "hints": hints}}, done=received, total=expected)
                pending, size, staged = [], min(2 * size, BATCH_ROWS), received
        elif frame["kind"] == "refused":
            # Kept with the refusal, so that it is seen when others count.
            upload.agreed = agreed
            return frame
        else:
            _store(run, upload, pending, cursor={"stored": {"rows": received, "hints": hints}, "end": frame}, done=received, total=received)
            return frame
    raise RuntimeError("The reading child ended without saying how.")


def _store(run: Run, upload: Upload, blocks: list[staging.Block], *, cursor: dict, done: int, total: int) -> None:
    """Stage rows, and say from where the next run goes on."""
    with run.batch(done=done, total=max(done, total), cursor=cursor):
        if blocks:
            staging.copy_rows(upload.pk, blocks)


def _actor(upload: Upload) -> Actor:
    return Actor(label=f"user:{upload.uploaded_by_id}", user_id=upload.uploaded_by_id) if upload.uploaded_by_id else Actor.system()
