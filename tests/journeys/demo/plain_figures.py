"""Every metric of an organisation by plain SQL over its roster, examinations, assessments and what care and activities noted: no fact
table, no statement and no function of the product. A person is looked at by themselves; the conditions are written as one would ask."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

# Of two periods, their reference days, the day and the moment of counting.
PEOPLE = """
CREATE TEMP TABLE person AS
SELECT p.id, p.sex, p.birth,
    (SELECT e.unit_id FROM people_employment e WHERE e.person_id = p.id AND e.started_on <= %(day)s AND (e.ended_on IS NULL OR e.ended_on >= %(day)s)
        ORDER BY e.started_on DESC, e.id DESC LIMIT 1) AS unit_id,
    EXISTS (SELECT 1 FROM people_employment e WHERE e.person_id = p.id AND e.started_on <= %(day_before)s
        AND (e.ended_on IS NULL OR e.ended_on >= %(day_before)s)) AS was_due,
    (SELECT min(x.taken_on) FROM exams_exam x WHERE x.person_id = p.id AND x.state = 'current' AND x.results <> '{}'
        AND x.taken_on BETWEEN %(starts)s AND %(ends)s) AS first_on,
    (SELECT max(x.taken_on) FROM exams_exam x WHERE x.person_id = p.id AND x.state = 'current' AND x.results <> '{}'
        AND x.taken_on BETWEEN %(starts)s AND %(ends)s) AS last_on
FROM people_person p;
CREATE TEMP VIEW of_period AS
SELECT * FROM exams_exam WHERE state = 'current' AND taken_on BETWEEN %(starts)s AND %(ends)s;
CREATE TEMP TABLE judged AS
SELECT a.*, (SELECT max(x.taken_on) FROM exams_exam x WHERE x.id = ANY (a.exams) AND x.state = 'current') AS newest_on,
    (SELECT bool_and(x.state = 'current') FROM exams_exam x WHERE x.id = ANY (a.exams)) AS is_whole,
    (SELECT max(x.id) FROM exams_exam x WHERE x.id = ANY (a.exams)) AS newest_exam
FROM risk_assessment a;
CREATE TEMP TABLE now_judged AS
SELECT DISTINCT ON (person_id) * FROM judged WHERE newest_on BETWEEN %(starts)s AND %(ends)s
ORDER BY person_id, is_current DESC, is_whole DESC, newest_exam DESC, is_history, assessed_on DESC, id DESC;
CREATE TEMP TABLE before_judged AS
SELECT DISTINCT ON (person_id) * FROM judged WHERE newest_on BETWEEN %(starts_before)s AND %(ends_before)s
ORDER BY person_id, is_current DESC, is_whole DESC, newest_exam DESC, is_history, assessed_on DESC, id DESC;
CREATE TEMP TABLE contact AS
SELECT person_id, ending, (made_at AT TIME ZONE %(zone)s)::date AS made_on FROM care_contact WHERE made_at <= %(moment)s
    AND ending IN ('will_be_seen_today', 'will_come', 'referred', 'in_treatment', 'not_now', 'to_physician');
CREATE TEMP TABLE step AS
SELECT p.person_id, s.kind, s.doer, s.state, s.due_on, (s.ended_at AT TIME ZONE %(zone)s)::date AS ended_on,
    s.due_on + greatest(s.window_days, 14) AS last_on
FROM care_step s JOIN care_plan p ON p.id = s.plan_id;
CREATE TEMP TABLE alert AS
SELECT person_id, closed_at, closed_at - opened_at AS taken FROM care_alert
WHERE measured_on BETWEEN %(starts)s AND %(ends)s AND code NOT LIKE 'rapid\\_%%';
CREATE TEMP TABLE act AS
SELECT p.* FROM engagement_participation p JOIN engagement_activity a ON a.id = p.activity_id
WHERE a.sensitivity = 'coverage' AND a.state IN ('open', 'ended') AND a.starts_on <= %(ends)s AND a.ends_on >= %(starts)s;
CREATE INDEX ON judged (person_id);
CREATE INDEX ON now_judged (person_id);
CREATE INDEX ON before_judged (person_id);
CREATE INDEX ON contact (person_id);
CREATE INDEX ON step (person_id);
CREATE INDEX ON alert (person_id);
CREATE INDEX ON act (person_id);
ANALYZE person; ANALYZE judged; ANALYZE now_judged; ANALYZE before_judged; ANALYZE contact; ANALYZE step; ANALYZE alert; ANALYZE act;
"""
ITEMS = (
    "p.sex <> ''", "p.birth IS NOT NULL",
    *(
        "EXISTS (SELECT 1 FROM of_period x WHERE x.person_id = p.id AND ({}))".format(" OR ".join(f"x.results ?& ARRAY{codes}" for codes in alternatives))
        for alternatives in ([["bmi"], ["height", "weight"]], [["sbp"]], [["dbp"]], [["fpg"], ["hba1c"]], [["tc"]], [["tg"]])
    ),
)  # fmt: skip
PRESENT = " + ".join(f"({item})::int" for item in ITEMS)
SPOKEN = "EXISTS (SELECT 1 FROM contact c WHERE c.person_id = p.id AND c.made_on BETWEEN j.newest_on AND %(until)s AND c.made_on >= %(starts_before)s)"
SLOWEST = "(SELECT CASE WHEN bool_or(closed_at IS NULL) THEN NULL ELSE max(taken) END FROM alert WHERE alert.person_id = p.id)"
HAS_ALERT = "EXISTS (SELECT 1 FROM alert WHERE alert.person_id = p.id)"
IN_TIME = "s.doer <> 'person' AND s.due_on BETWEEN %(starts)s AND %(until)s AND s.state = 'done' AND s.ended_on <= s.last_on"
LATE = (
    "s.doer <> 'person' AND s.due_on BETWEEN %(starts)s AND %(until)s AND s.last_on < %(until)s AND s.state NOT IN ('cancelled', 'skipped', 'declined') "
    "AND NOT (s.state = 'done' AND s.ended_on <= s.last_on)"
)
FOLLOWED = (
    f"NOT EXISTS (SELECT 1 FROM step s WHERE s.person_id = p.id AND {LATE}) "
    f"AND (EXISTS (SELECT 1 FROM step s WHERE s.person_id = p.id AND {IN_TIME}) OR {SPOKEN})"
)
SEEN = (
    "(EXISTS (SELECT 1 FROM contact c WHERE c.person_id = p.id AND c.made_on > %(until)s::date - 183 AND c.made_on <= %(until)s) "
    "OR EXISTS (SELECT 1 FROM step s WHERE s.person_id = p.id AND s.state = 'done' AND s.kind IN ('visit', 'recheck', 'referral', 'case_review') "
    "AND s.ended_on > %(until)s::date - 183 AND s.due_on >= %(starts_before)s) "
    "OR p.last_on > p.first_on AND p.last_on <= %(until)s AND p.last_on > %(until)s::date - 183)"
)


def cascade(slug: str, reasons: str, told: str, treated: str, target: str) -> dict[str, str]:
    """Each step with all of those before it."""
    says = "EXISTS (SELECT 1 FROM of_period x WHERE x.person_id = p.id AND (x.results ->> '{}')::numeric = 1)"
    have = f"EXISTS (SELECT 1 FROM jsonb_array_elements(j.reasons) r WHERE r ->> 'code' IN {reasons})"
    know = f"{have} AND ({says.format(told)} OR {says.format(treated)} OR {SPOKEN})"
    in_treatment = "EXISTS (SELECT 1 FROM contact c WHERE c.person_id = p.id AND c.ending = 'in_treatment' AND c.made_on BETWEEN %(starts)s AND %(until)s)"
    treats = f"{know} AND ({says.format(treated)} OR {in_treatment})"
    seen = f"{treats} AND {SEEN}"
    return {f"{slug}_have": have, f"{slug}_know": know, f"{slug}_treated": treats, f"{slug}_seen": seen, f"{slug}_at_target": f"{seen} AND {target}"}


def newest(*codes: str) -> str:
    """The newest examination of the period that has these values, with what it says of the first ..."""
    having = f"x.results ?& ARRAY{list(codes)}"
    return f"(SELECT x.results FROM of_period x WHERE x.person_id = p.id AND {having} ORDER BY x.taken_on DESC, x.id DESC LIMIT 1)"


def below(limits: dict[str, float]) -> str:
    return " AND ".join(f"({newest(*limits)} ->> '{code}')::numeric < {limit}" for code, limit in limits.items())


def all_measured(*goals: dict[str, float]) -> str:
    """Every goal that was measured is reached, and one was measured."""
    measured = " OR ".join(f"{newest(*goal)} IS NOT NULL" for goal in goals)
    reached = " AND ".join(f"({newest(*goal)} IS NULL OR {below(goal)})" for goal in goals)
    return f"(({measured}) AND {reached})"


# Of who is due (`p`), with the assessment of the period (`j`); what is true of a person counts one.
OF_DUE = {
    "due": "true",
    "covered": "p.first_on IS NOT NULL",
    "on_time": "p.first_on <= %(deadline)s",
    "complete": f"p.first_on IS NOT NULL AND {PRESENT} = {len(ITEMS)}",
    "assessed": "j.id IS NOT NULL",
    **{colour: f"j.colour = '{colour}'" for colour in ("red", "orange", "yellow", "blue", "green", "grey")},
    "alerted": f"{HAS_ALERT} AND {SLOWEST} IS NULL",
    "settled": f"{SLOWEST} IS NOT NULL",
    "alerts_any": HAS_ALERT,
    "closed_in_week": f"{SLOWEST} <= interval '7 days'",
    "closed_in_day": f"{SLOWEST} <= interval '24 hours'",
    "followed_up": f"j.colour IN ('red', 'orange') AND {FOLLOWED}",
    "not_followed_up": f"j.colour IN ('red', 'orange') AND NOT ({FOLLOWED})",
    **cascade("bp", "('hypertension')", "condition:hypertension", "treatment:bp", all_measured({"sbp": 140, "dbp": 90})),
    **cascade("glucose", "('hyperglycaemia')", "condition:diabetes", "treatment:glucose", all_measured({"hba1c": 7.0}, {"fpg": 7.0})),
    **cascade("lipids", "('hyperlipidaemia')", "condition:dyslipidaemia", "treatment:lipid", all_measured({"ldl": 3.4})),
    **{
        name: f"EXISTS (SELECT 1 FROM act WHERE act.person_id = p.id AND {column} IS NOT NULL)"
        for name, column in (
            ("invited", "invited_at"), ("opened", "opened_at"), ("signed_up", "enrolled_at"), ("took_part", "first_act_on"), ("finished", "finished_at"),
        )
    },
}  # fmt: skip
SCALE = "array_position(ARRAY['green', 'blue', 'yellow', 'orange', 'red'], {}::text)"
STEPS = f"{SCALE.format('j.colour')} - {SCALE.format('again.colour')}"
ENROLLED = (
    "(EXISTS (SELECT 1 FROM contact c WHERE c.person_id = p.id AND c.made_on BETWEEN %(starts_before)s AND %(until)s) "
    "OR EXISTS (SELECT 1 FROM step s WHERE s.person_id = p.id AND s.state = 'done' AND s.due_on >= %(starts_before)s AND s.ended_on >= %(starts_before)s))"
)
CHANGES = {"improved": f"{STEPS} < 0", "unchanged": f"{STEPS} = 0", "worsened": f"{STEPS} > 0", "no_follow_up": f"({STEPS}) IS NULL"}
OF_DUE_BEFORE = {
    "compared": "true",
    **{name: f"b.colour IN ('yellow', 'orange', 'red') AND {condition}" for name, condition in CHANGES.items()},
    **{f"enrolled_{name}": f"b.colour IN ('yellow', 'orange', 'red') AND {condition} AND {ENROLLED}" for name, condition in CHANGES.items()},
    **{f"others_{name}": f"b.colour IN ('yellow', 'orange', 'red') AND {condition} AND NOT {ENROLLED}" for name, condition in CHANGES.items()},
}


def recount(cursor, *, period: dict, before: dict, moment: datetime, zone: str) -> dict[tuple[int, str], int]:
    """{(unit, count): people} of every unit with all below it; those of who was due before stand with the root alone."""
    today = moment.astimezone(ZoneInfo(zone)).date()
    given = _days(period, before, today) | {"moment": moment, "zone": zone}
    cursor.execute(PEOPLE, given)
    cursor.execute("SELECT id, path, level FROM organization_unit")
    units = cursor.fetchall()
    found = {}
    for unit, path, level in units:
        found |= {(unit, name): count for name, count in _of_unit(cursor, path, given).items()}
        if level == 0:
            found |= {(unit, name): count for name, count in _of_before(cursor, given).items()}
    return found


def _days(period: dict, before: dict, today: date) -> dict:
    return {
        "starts": period["starts_on"], "ends": period["ends_on"], "deadline": period["deadline_on"], "day": min(period["deadline_on"], today),
        "starts_before": before["starts_on"], "ends_before": before["ends_on"], "day_before": min(before["deadline_on"], today),
        "until": min(period["ends_on"], today),
    }  # fmt: skip


def _of_unit(cursor, path: str, given: dict) -> dict[str, int]:
    counts = ", ".join(f"count(*) FILTER (WHERE {condition})" for condition in OF_DUE.values())
    items = f"coalesce(sum({PRESENT}) FILTER (WHERE p.first_on IS NOT NULL), 0)"
    cursor.execute(
        f"SELECT {counts}, {items}, {len(ITEMS)} * count(*) FILTER (WHERE p.first_on IS NOT NULL) FROM person p "
        "JOIN organization_unit u ON u.id = p.unit_id LEFT JOIN now_judged j ON j.person_id = p.id WHERE u.path LIKE %(path)s",
        given | {"path": f"{path}%"},
    )
    found = dict(zip((*OF_DUE, "items_present", "items_due"), cursor.fetchone(), strict=True))
    cursor.execute(
        f"SELECT e.kind, count(DISTINCT p.id), count(DISTINCT p.id) FILTER (WHERE p.first_on IS NOT NULL AND {PRESENT} = {len(ITEMS)}) "
        "FROM person p JOIN organization_unit u ON u.id = p.unit_id JOIN people_exposure e ON e.person_id = p.id AND e.since <= %(day)s "
        "AND (e.until IS NULL OR e.until >= %(day)s) WHERE u.path LIKE %(path)s GROUP BY e.kind",
        given | {"path": f"{path}%"},
    )
    for kind, exposed, done in cursor.fetchall():
        found |= {f"exposed_{kind}": exposed, f"exposed_done_{kind}": done}
    return found


def _of_before(cursor, given: dict) -> dict[str, int]:
    counts = ", ".join(f"count(*) FILTER (WHERE {condition})" for condition in OF_DUE_BEFORE.values())
    cursor.execute(
        f"SELECT {counts} FROM person p JOIN before_judged b ON b.person_id = p.id LEFT JOIN now_judged j ON j.person_id = p.id "
        "LEFT JOIN judged again ON again.id = j.before_id AND again.newest_on BETWEEN %(starts_before)s AND %(ends_before)s WHERE p.was_due",
        given,
    )
    found = dict(zip(OF_DUE_BEFORE, cursor.fetchone(), strict=True))
    cursor.execute(
        "SELECT CASE WHEN p.was_due THEN coalesce(b.colour, 'none') ELSE 'none' END, CASE WHEN p.unit_id IS NOT NULL THEN coalesce(j.colour, 'none') "
        "ELSE 'none' END, count(*) FROM person p LEFT JOIN before_judged b ON b.person_id = p.id LEFT JOIN now_judged j ON j.person_id = p.id GROUP BY 1, 2"
    )
    found |= {f"flow_{source}_{target}": people for source, target, people in cursor.fetchall() if (source, target) != ("none", "none")}
    return found | _returned(cursor, given)


def _returned(cursor, given: dict) -> dict[str, int]:
    """Of those whom a contact of 90 days asked to come, and whose 15 days are over: who came."""
    cursor.execute(
        """SELECT count(*), count(*) FILTER (WHERE
            EXISTS (SELECT 1 FROM exams_exam x WHERE x.person_id = f.person_id AND x.state = 'current' AND x.taken_on BETWEEN f.day AND f.day + 15)
            OR EXISTS (SELECT 1 FROM devices_reading r WHERE r.person_id = f.person_id AND r.withdrawn_at IS NULL AND r.taken_at > f.made_at
                AND (r.taken_at AT TIME ZONE %(zone)s)::date <= f.day + 15)
            OR EXISTS (SELECT 1 FROM care_step s JOIN care_plan p ON p.id = s.plan_id WHERE p.person_id = f.person_id AND s.state = 'done'
                AND s.kind IN ('visit', 'recheck', 'referral') AND s.ended_at > f.made_at AND (s.ended_at AT TIME ZONE %(zone)s)::date <= f.day + 15))
        FROM (
            SELECT DISTINCT ON (person_id) person_id, made_at, (made_at AT TIME ZONE %(zone)s)::date AS day FROM care_contact
            WHERE ending IN ('will_be_seen_today', 'will_come', 'referred')
              AND (made_at AT TIME ZONE %(zone)s)::date BETWEEN %(until)s::date - 105 AND %(until)s::date - 16
            ORDER BY person_id, made_at, id
        ) f""",
        given,
    )
    asked, returned = cursor.fetchone()
    return {"asked_to_come": asked, "returned": returned}
