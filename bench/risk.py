"""`python -m bench.risk`: everybody's assessment, beside a bare COPY of its inputs out and of its results in."""

from argparse import ArgumentParser
from datetime import date
from functools import partial
from pathlib import Path
from statistics import median
from typing import NamedTuple

from bench import bare, crowd, plain
from bench.installation import installation, organisation
from bench.measuring import Measured, apart, line, repeated, seconds, watched

PEOPLE, SMALL, SIMULATED = 1_000_000, 200_000, 169_000
TIMES = 3
SAMPLE, UPLOADS = 5000, 9
MIB = 1 << 20
TODAY = date.today()
INPUTS = {
    "people_person": ["id", "sex", "birth", "unit_id"],
    "exams_exam": ["id", "person_id", "taken_on", "results", "reported", "qualifiers", "ranges"],
}


class Assessed(NamedTuple):
    """Seconds of all calls that load values and that evaluate the pack, and how many people got which colour."""

    loading: float
    evaluating: float
    colours: dict[str, int]


class Looped(NamedTuple):
    """How many people a plain loop took, and the seconds in which it judged them alone."""

    people: int
    judging: float


class Uploaded(NamedTuple):
    """Seconds that one person's exam takes to be loaded, evaluated and stored, and those of the whole job."""

    assessing: float
    job: float


def main() -> None:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=PEOPLE)
    parser.add_argument("--small", action="store_true", help=f"{SMALL} people")
    options = parser.parse_args()
    people = SMALL if options.small else options.people
    with installation() as folder:
        schema = organisation("crowd")
        source = apart(crowd.fill, schema, folder, people, TODAY).result
        print(f"risk: {people} people, one exam each, values {source}")
        out = _bare_out(schema, folder)
        everybody = apart(_assess, schema)
        back = _bare_in(schema, folder)
        loop, one = apart(_one_by_one, schema), apart(_upload_of_one, schema)
        _print(people, out, back, everybody, loop, one.result)
        town = organisation("town")
        apart(crowd.fill, town, folder, SIMULATED, TODAY)
        _print_simulation(apart(_simulate, town))


def _bare_out(schema: str, folder: Path) -> float:
    def unload() -> None:
        for name, columns in INPUTS.items():
            database.unload(schema, name, columns, folder / "inputs.txt")

    with bare.connected() as database:
        return repeated(unload, TIMES)


def _bare_in(schema: str, folder: Path) -> float:
    from healthmgmt.risk.storing import COLUMNS

    path = folder / "results.txt"
    with bare.connected() as database:
        database.unload(schema, "risk_assessment", COLUMNS, path)
        database.make_same("risk_assessment", COLUMNS, schema)
        return repeated(lambda: database.load("risk_assessment", path, COLUMNS, "FORMAT text"), TIMES)


def _assess(schema: str) -> Assessed:
    """The product's job, without what other rooms make of it."""
    from healthmgmt.core import organisations
    from healthmgmt.risk import loading, stratification
    from healthmgmt.risk.models import Assessment
    from healthmgmt.work import services as work

    with organisations.entered(schema):
        work.submit("risk.assess", "bench", {"as_of": TODAY.isoformat(), "pack": ""})
        with watched(loading, "load") as loads, watched(stratification, "evaluate") as evaluations:
            work.drain(kinds=("risk.assess",))
        colours = {colour: Assessment.objects.filter(colour=colour).count() for colour in Assessment.Colour.values}
    if not sum(colours.values()):
        raise SystemExit("Nobody was assessed.")
    return Assessed(sum(loads), sum(evaluations), colours)


def _one_by_one(schema: str) -> Looped:
    """The plain loop over a sample; nobody's colour may differ from what the product gave."""
    from healthmgmt.core import organisations
    from healthmgmt.organization.selectors import place_flags, root_unit
    from healthmgmt.risk import services
    from healthmgmt.risk.models import Assessment

    with organisations.entered(schema):
        pack = services.pack_in_force(TODAY)
        since = services.window_start(TODAY, pack)
        north, urban = place_flags()[root_unit().pk]
        loop = plain.Plain(pack, services.uppers(), north == 1, urban == 1)
        colours, judging = plain.assess(loop, pack, SAMPLE, since, TODAY)
        product = dict(Assessment.objects.filter(is_current=True, person__in=colours).values_list("person", "colour"))
    if colours != product:
        raise SystemExit("The plain loop and the product disagree about colours.")
    return Looped(len(colours), judging)


def _upload_of_one(schema: str) -> Uploaded:
    """One person's new exam among all the others, in a warm process."""
    from healthmgmt.core import organisations
    from healthmgmt.exams.models import Exam, Upload
    from healthmgmt.risk import loading, storing, stratification
    from healthmgmt.work import services as work

    with organisations.entered(schema):
        taken = []
        for exam in Exam.objects.order_by("-id")[: UPLOADS + 1]:
            upload = Upload.objects.create(file_name="one", sha256="", size=0, unit=exam.upload.unit, state=Upload.State.APPLYING)
            exam.pk, exam.upload, exam.taken_on, exam.results = None, upload, TODAY, exam.results | {"sbp": 190}
            exam.save()
            work.submit("risk.assess_upload", str(upload.pk), {"upload": upload.pk})
            with watched(loading, "load") as loads, watched(stratification, "evaluate") as evaluations, watched(storing, "store") as stores:
                whole = seconds(partial(work.drain, kinds=("risk.assess_upload",)))
            taken.append((sum(loads + evaluations + stores), whole))
    return Uploaded(*map(median, zip(*taken[1:], strict=True)))


def _simulate(schema: str) -> tuple[float, float]:
    """The whole job with a draft that changes two limits and a colour; seconds of all of it, and of loading values."""
    from healthmgmt.accounts.models import User
    from healthmgmt.core import organisations
    from healthmgmt.core.actors import Actor
    from healthmgmt.risk import drafts, loading, simulating
    from healthmgmt.risk.editing import NewColour, NewLimit, Source
    from healthmgmt.work import services as work

    with organisations.entered(schema):
        by, source = Actor.of(User.objects.order_by("pk").first()), Source("bench")
        draft = drafts.copy("cn", "2024", edition="bench", title_zh="bench", title_en="bench", by=by)
        for change in (
            NewLimit("hypertension|sbp|>=|", "135", "", source),
            NewLimit("hyperlipidaemia|tc|>=|", "6", "232", source),
            NewColour("low_hdl", "yellow", source),
        ):
            draft = drafts.change(draft, change, by=by)
        simulation = simulating.start(draft, by=by)
        with watched(loading, "load") as loads:
            taken = seconds(partial(work.drain, kinds=("risk.simulate",)))
        simulation.refresh_from_db()
        if sum(simulation.counts["moves"].values()) != SIMULATED:
            raise SystemExit("Not everybody was simulated.")
        return taken, sum(loads)


def _print_simulation(simulated: Measured) -> None:
    taken, loading = simulated.result
    line(f"simulating a changed pack on {SIMULATED} people, the whole job", taken, "s", "", "goal <= 3 s")
    line("of that: loading values into columns", loading, "s", f"{loading / taken:.0%}")


def _print(people: int, out: float, back: float, everybody: Measured, loop: Measured, one: Uploaded) -> None:
    bare_seconds, assessed = out + back, everybody.result
    rest = everybody.seconds - assessed.loading - assessed.evaluating
    line(f"bare COPY of the inputs out (median of {TIMES})", out, "s")
    line(f"bare COPY of the results in (median of {TIMES})", back, "s")
    beside_bare = f"{everybody.seconds / bare_seconds:.1f} x bare COPY"
    line("the product's assessment of everybody", everybody.seconds, "s", beside_bare, "goal <= 5 x")
    line("the same for 1,000,000 people", everybody.seconds * 1_000_000 / people, "s", "", "goal <= 30 s")
    line("of that: loading values into columns", assessed.loading, "s", f"{assessed.loading / everybody.seconds:.0%}")
    line("of that: evaluating the pack", assessed.evaluating, "s", f"{assessed.evaluating / everybody.seconds:.0%}")
    line("of that: texts, COPY in, making them current", rest, "s", f"{rest / everybody.seconds:.0%}")
    plain_all, plain_judging = (taken * people / loop.result.people for taken in (loop.seconds, loop.result.judging))
    beside_product = f"{plain_all / everybody.seconds:.1f} x the product"
    line(f"a plain loop over people ({SAMPLE}, scaled up)", plain_all, "s", beside_product, "goal >= 3 x")
    line("of that: judging alone", plain_judging, "s", f"{plain_judging / assessed.evaluating:.0f} x the product", "goal >= 20 x")
    line(f"one new exam: load, evaluate, store (median of {UPLOADS})", one.assessing * 1000, "ms", "", "goal <= 20 ms")
    line("the whole job around it", one.job * 1000, "ms")
    line("peak memory of the worker", everybody.memory * MIB / 1e6, "MB", "", "goal <= 500 MB")
    print("  " + ", ".join(f"{colour} {count}" for colour, count in assessed.colours.items()))


if __name__ == "__main__":
    main()
