"""Provinces and prefecture-level cities of China, and on which side of the Yangtze they lie. Pure.

`data/places.csv`, from general geography. A province has a side only when all of it lies on one; Jiangsu, Anhui, Hubei,
Sichuan, Yunnan and Qinghai straddle the river (its upper courses Jinsha and Tongtian included) and have none. A city
lies where its government sits: Wuhan, Yichang, Chongqing, Yibin and Luzhou on the north bank, Nanjing, Wuhu, Ma'anshan,
Tongling, Huangshi, Jiujiang, Yueyang and Panzhihua on the south bank. Shanghai counts as south though Chongming is not.
`urban` is 1 for a city and blank for a province, which says nothing about how somebody lives.
"""

import csv
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import NamedTuple

TABLE = Path(__file__).parent / "data" / "places.csv"
ENDINGS = (" province", " municipality", " autonomous region", " prefecture", " city", " shi", " sheng")


class Place(NamedTuple):
    """A province or city; None where its table says nothing."""

    name: str
    name_en: str
    kind: str
    province: str
    north: bool | None
    urban: bool | None


def lookup(text: str) -> Place | None:
    """The place of a Chinese or English name, such as 北京, 北京市, Beijing or `Suzhou, Anhui`.

    None for an unknown name, and for one that several places bear.
    """
    found = _found(text)
    return found[0] if len(found) == 1 else None


def alternatives(text: str) -> list[str]:
    """The Chinese names of all places that a text may mean."""
    return [place.name for place in _found(text)]


def _found(text: str) -> tuple[Place, ...]:
    """As written first: Jilin is the province, Jilin City the city in it."""
    key = _key(text)
    return _index().get(key) or _index().get(_bare(key)) or ()


@cache
def places() -> tuple[Place, ...]:
    """The whole table."""
    return tuple(place for place, _full in _table())


def _table() -> list[tuple[Place, str]]:
    with open(TABLE, encoding="utf-8", newline="") as file:
        return [
            (Place(row["zh"], row["en"], row["kind"], row["province_zh"], _flag(row["north"]), _flag(row["urban"])), row["full_zh"])
            for row in csv.DictReader(file)
        ]


def _flag(text: str) -> bool | None:
    return {"1": True, "0": False, "": None}[text]


def _key(text: str) -> str:
    return " ".join(text.casefold().replace("，", ",").replace(",", ", ").split())


def _bare(key: str) -> str:
    for ending in ENDINGS:
        key = key.removesuffix(ending)
    return key


@cache
def _index() -> dict[str, tuple[Place, ...]]:
    index: dict[str, list[Place]] = defaultdict(list)
    table = _table()
    provinces = {place.name: (place.name_en, full) for place, full in table if place.name == place.province}
    for place, full in table:
        province, province_full = provinces[place.province]
        keys = {place.name, full, place.province + place.name, province_full + full, place.name_en, f"{place.name_en}, {province}"}
        for key in {_key(key) for key in keys}:
            index[key].append(place)
    return {key: tuple(found) for key, found in index.items()}
