"""The registry: what is shipped, and what is refused."""

import re
from pathlib import Path

import pytest

import healthmgmt.insight
from healthmgmt.insight import metrics
from healthmgmt.people import hazards
from healthmgmt.risk import packs

HEAD = """
[reference_day]
zh = "日"
en = "day"
[derived]
[condition]
[follow_up]
grace_days = 14
seen_days = 183
seen_kinds = ["visit"]
[hidden.small_group]
zh = "少于{k}"
en = "below {k}"
[hidden.nobody]
zh = "无"
en = "none"
"""


def metric(slug: str, **changed: str) -> str:
    words = "{" + ", ".join(f'{word} = "w"' for word in metrics.WORDS) + "}"
    entry = {"numerator": slug, "denominator": "due", "direction": "up", "sensitivity": "coverage", "table": slug} | changed
    lines = "\n".join(f'{name} = "{value}"' for name, value in entry.items())
    return f'[[metric]]\nslug = "{slug}"\nversion = 1\n{lines}\nzh = {words}\nen = {words}\n'


def test_shipped_metrics_are_counted_by_the_statement() -> None:
    statement = (Path(healthmgmt.insight.__file__).parent / "sql" / "count_people.sql").read_text()
    counted = set(re.findall(r"'(\w+)', (?:coalesce\()?sum\(weight", statement))
    asked = {name for one in metrics.load().metrics for name in (one.numerator, one.denominator) if not one.hazard}
    # Who came within 15 days is counted by care.
    assert asked - {"asked_to_come", "returned"} == counted


def test_shipped_colours_are_a_partition_of_the_assessed() -> None:
    members = metrics.load().members("colours")
    assert {one.slug for one in members} == set(packs.COLOURS)
    assert {(one.denominator, one.sensitivity) for one in members} == {("assessed", "health")}


def test_shipped_health_content_is_marked() -> None:
    coverage = [one.slug for one in metrics.load().metrics if one.sensitivity == "coverage" and not one.hazard]
    funnel = ["invited", "opened", "signed_up", "took_part", "finished"]
    assert coverage == ["covered", "on_time", "complete", "items", "assessed", *funnel]


def test_shipped_health_content_below_the_whole_is_hidden_with_the_colours() -> None:
    told = [one for one in metrics.load().metrics if one.scope == "tree" and one.sensitivity == "health"]
    assert {one.table for one in told if not one.share_of} == {"colours", "open_alerts"}
    assert {(one.table, one.needs) for one in told if one.share_of} == {("follow_up", "colours")}


def test_shipped_hazards_have_a_metric_each() -> None:
    found = [one for one in metrics.load().metrics if one.hazard]
    assert [one.hazard for one in found] == list(hazards.load())
    noise = metrics.load().metric("exposure_noise")
    assert (noise.numerator, noise.denominator, noise.words["zh"]["name"]) == ("exposed_done_noise", "exposed_noise", "噪声岗位应检已检")


def test_tables_have_a_rest_where_a_metric_is_alone() -> None:
    found = {table.name: table.parts for table in metrics.load().tables()}
    assert found["covered"] == ("covered", "rest")
    assert found["improvement"] == ("improved", "unchanged", "worsened", "no_follow_up", "rest")
    assert found["colours"] == ("red", "orange", "yellow", "blue", "green", "grey")


def test_reason_names_the_smallest_group() -> None:
    assert "fewer than 12 people" in metrics.load().reason("small_group", "en", 12)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (metric("a", direction="sideways"), "a: no direction 'sideways'"),
        (metric("a", sensitivity="secret"), "a: no sensitivity 'secret'"),
        (metric("a", follows="a"), "a: either a table or another metric decides where it is shown"),
        (metric("a", table="", follows="b"), "a: follows 'b', which has no table"),
        (metric("a") + metric("a"), "a metric stands twice"),
        (metric("a", scope="village"), "a: no scope 'village'"),
        (metric("a").replace("zh =", 'share_of = ["a"]\nzh ='), "a: a share of other metrics is told for the whole organisation only"),
        (metric("a").replace("zh =", 'baseline = ["b"]\nzh ='), "a: names 'b', which has no table"),
        (
            metric("a", table="t") + metric("b", table="t", denominator="covered"),
            "table t: its metrics have several bases, sensitivities or scopes",
        ),
        (metric("a", of="b"), "a: 'b' is no earlier step of its chain"),
        (metric("a", needs="colours"), "a: needs 'colours', which is no table before it"),
        (metric("a").replace("zh =", "is_chain = true\nzh ="), "a: a share of other metrics is told for the whole organisation only"),
        (metric("a").replace("version = 1", ""), "'version' is missing"),
    ],
)
def test_parse_names_the_fault(text: str, fault: str) -> None:
    with pytest.raises(metrics.MetricError) as caught:
        metrics.parse(HEAD + text)
    assert fault in caught.value.faults
