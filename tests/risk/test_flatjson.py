"""Flat JSON objects taken apart at once give what a JSON parser gives, to the last bit."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from healthmgmt.risk.flatjson import Reader

NUMBERS = st.one_of(
    st.integers(-(10**20), 10**20),
    st.floats(allow_nan=False, allow_infinity=False),
    st.decimals(-(10**6), 10**6, places=3).map(float),
    st.integers(10**15, 10**17).map(lambda digits: float(f"{digits // 10**15}.{digits % 10**15:015}")),
    st.sampled_from([0, -0.0, 0.1, 5.83, 125.0, 0.30000000000000004, 999999999999999, 9999999999999999, 1e-7, 1e22, True, False, None]),
)
NAMES = st.one_of(st.sampled_from(["tc", "hba1c", "condition:diabetes", "ft3", "ft4"]), st.text("ab_:19é\\\"", min_size=1, max_size=12))


def texts(objects: list[dict]) -> list[bytes]:
    return [json.dumps(one).encode() for one in objects]


def told(reader: Reader, objects: list[bytes]) -> list[list[tuple[str, float]]]:
    found = reader.read(objects)
    names, values, ends = reader.names, found.values.tolist(), np.cumsum(found.counts).tolist()
    members = [(names[place], repr(value)) for place, value in zip(found.names.tolist(), values, strict=True)]
    return [members[start:end] for start, end in zip([0, *ends], ends)]


def expected(one: dict) -> list[tuple[str, str]]:
    return [(name, repr(float("nan") if value is None else float(value))) for name, value in one.items()]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.dictionaries(NAMES, NUMBERS, max_size=6), min_size=1, max_size=8), st.integers(1, 8))
def test_objects_give_what_a_json_parser_gives(objects, at_once):
    reader = Reader()
    batches = [objects[place : place + at_once] for place in range(0, len(objects), at_once)]
    assert [one for batch in batches for one in told(reader, texts(batch))] == [expected(one) for one in objects]


def test_empty_objects_have_no_members():
    found = Reader().read([b"{}", b"{}"])
    assert (found.counts.tolist(), found.names.tolist(), found.values.tolist()) == ([0, 0], [], [])


@pytest.mark.parametrize("wrong", ['{"a": "x"}', '{"a": "x, y"}', '{"a": {"b": 1}}', '{"a": [1, 2]}', '{"a": [1]}', '{"a": "1: 2, 3"}'])
def test_what_is_no_number_is_an_error(wrong):
    with pytest.raises(ValueError):
        Reader().read([b'{"a": 1}', wrong.encode()])
