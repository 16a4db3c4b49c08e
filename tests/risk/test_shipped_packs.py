"""What holds for every pack that is shipped: words, units, class A, and that nothing outside its files knows its name."""

import csv
import json
import shutil
from datetime import date
from pathlib import Path

import pytest

from healthmgmt.records import catalogue as records
from healthmgmt.risk import packs
from healthmgmt.risk.explanation import explain
from healthmgmt.risk.measures import of_people
from healthmgmt.risk.packs import Pack, PackError
from healthmgmt.risk.stratification import evaluate
from tests.risk.people import UPPERS, person, reporting

SHIPPED = [packs.load(*one) for one in packs.available()]
COUNTRIES = [pack for pack in SHIPPED if not pack.only]
CROWD = [
    person({}),
    reporting({"sbp": 135, "dbp": 88, "fpg": 101, "tg": 160, "hdl": 38, "ldl": 141, "waist": 91, "bmi": 26, "smoking": 2}),
    reporting({"sbp": 190, "fpg": 310, "hgb": 95, "creatinine": 200, "condition:hypertension": 1}, sex="f"),
    person({"height": 170, "weight": 63, "sbp": 110, "dbp": 70, "fpg": 5.0, "tc": 4.5, "tg": 1.0, "hdl": 1.6, "waist": 80}),
    person({"tg": 11.3, "alt": 900, "hba1c": 6.6}, qualifiers={"tg": ">"}, sex="", birth=None),
    reporting({"waist": 230, "bmi": 31, "sbp": 150, "dbp": 95, "tg": 310, "random_glucose": 130, "altitude": 5300, "hgb": 400}),
    person({"hgb": 140, "altitude": 4200, "exposure:high_altitude": 1}, days={"exposure:high_altitude": date(2023, 1, 1)}),
]


def head_of(name: str) -> Path:
    return next(path for path in (packs.DATA / "packs").glob("*.toml") if f'name = "{name}"\n' in path.read_text(encoding="utf-8"))


def answers(pack: Pack) -> list[tuple]:
    outcome = evaluate(pack, of_people(CROWD), UPPERS)
    texts = (outcome.reasons_json(), outcome.scores_json(), outcome.missing_json())
    return [outcome.colour.tolist(), outcome.incomplete.tolist(), *(text.tolist() for text in texts)]


def catalogue(shared: Path) -> dict[str, str]:
    with (shared / "reference" / "exam_items.csv").open(encoding="utf-8") as file:
        return {row["code"]: row["unit_ucum"] for row in csv.DictReader(file)}


def test_packs_that_are_shipped() -> None:
    assert packs.available() == [("cn", "2024"), ("high-altitude", "2024"), ("jp-tokutei", "FY2024"), ("kr-checkup", "2024")]


@pytest.mark.parametrize("pack", SHIPPED, ids=lambda pack: pack.name)
def test_pack_names_a_source_in_both_languages_for_every_line(pack: Pack) -> None:
    named = {line.source for line in pack.lines if line.source}
    assert named == set(pack.words.sources)
    unsourced = [line.reason for line in pack.lines if not line.source]
    assert unsourced == (["known_ascvd", "fast_or_slow_pulse", "fast_or_slow_pulse"] if pack.name == "cn" else [])


@pytest.mark.parametrize("pack", SHIPPED, ids=lambda pack: pack.name)
def test_pack_has_no_words_that_no_line_needs(pack: Pack) -> None:
    assert set(pack.words.reasons) == {line.reason for line in pack.lines}
    assert set(pack.words.indicators) == {line.indicator for line in pack.lines}


@pytest.mark.parametrize("pack", SHIPPED, ids=lambda pack: pack.name)
def test_pack_keeps_the_units_of_the_catalogue(pack: Pack, shared: Path) -> None:
    path = head_of(pack.name)
    words = packs.DATA / "words" / path.name
    texts = [part.read_text(encoding="utf-8") for part in (path, path.with_suffix(".csv"), words)]
    assert packs.parse(*texts, catalogue(shared)).lines == pack.lines


@pytest.mark.parametrize("pack", SHIPPED, ids=lambda pack: pack.name)
def test_pack_asks_for_items_of_the_catalogue(pack: Pack) -> None:
    asked = {code for use in pack.calculators for code in use.measured if ":" not in code}
    asked |= {code for requirement in pack.minimum for code in requirement.any_of} | {sample.of for sample in pack.samples}
    asked |= {sample.same_day for sample in pack.samples}
    samples = {code for sample in pack.samples for code in (sample.present, sample.absent)}
    assert asked - records.load().keys() - samples - {"sex", "age"} == set()


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", ["cn", "jp-tokutei", "kr-checkup", "cn+high-altitude", "jp-tokutei+high-altitude"])
def test_pack_has_words_for_everything_that_an_assessment_may_say(name: str, language: str) -> None:
    pack = packs.load(name)
    outcome = evaluate(pack, of_people(CROWD), UPPERS)
    texts = zip(outcome.reasons_json(), outcome.missing_json(), outcome.scores_json(), outcome.colour, strict=True)
    for reasons, missing, scores, colour in texts:
        if colour < 0:
            continue
        reasons, missing, scores = map(json.loads, (reasons, missing, scores))
        told = explain(pack, language, colour=packs.COLOURS[colour], reasons=reasons, missing=missing, scores=scores)
        assert len(told.reasons) == len(reasons)
        assert all("{" not in text.text and pack.words.source(text.source, language) for text in told.reasons)
        assert told.label and told.plan and told.screening


@pytest.mark.parametrize("pack", COUNTRIES, ids=lambda pack: pack.name)
def test_pack_has_the_class_a_lines_of_the_consensus(pack: Pack) -> None:
    critical = [[line for line in one.lines if line.reason.startswith("critical_")] for one in (pack, packs.load("cn"))]
    assert critical[0] == critical[1]
    assert {line.colour for line in critical[0]} == {"red"}


@pytest.mark.parametrize("name", ["cn", "jp-tokutei", "kr-checkup", "cn+high-altitude", "kr-checkup+high-altitude"])
def test_pack_alone_under_another_name_gives_the_same_answers(name: str, tmp_path: Path, monkeypatch) -> None:
    """Every other pack file is gone, and this one is called something else: what it says is in the file."""
    before = answers(packs.load(name))
    shutil.copytree(packs.DATA / "words", tmp_path / "words")
    (tmp_path / "packs").mkdir()
    for part in name.split("+"):
        path = head_of(part)
        head = path.read_text(encoding="utf-8").replace(f'name = "{part}"\n', f'name = "other-{part[:2]}"\n', 1)
        (tmp_path / "packs" / f"moved_{part[:2]}.toml").write_text(head, encoding="utf-8")
        shutil.copy(path.with_suffix(".csv"), tmp_path / "packs" / f"moved_{part[:2]}.csv")
    monkeypatch.setattr(packs, "DATA", tmp_path)
    packs.load.cache_clear()
    try:
        renamed = "+".join(f"other-{part[:2]}" for part in name.split("+"))
        assert [one for one, _ in packs.available()] == sorted(renamed.split("+"))
        assert answers(packs.in_force(renamed, date(2026, 1, 1))) == before
        with pytest.raises(PackError, match="no pack"):
            packs.load(name)
    finally:
        packs.load.cache_clear()
