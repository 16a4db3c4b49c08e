"""Small charts add up, keep to their frame, and say what they are without colour."""

import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from healthmgmt.core import drawing


def rects(svg: str) -> list[tuple[str, float, float]]:
    """(fill, start, width) of the parts of a bar, in percent."""
    root = ElementTree.fromstring(svg)
    found = []
    for rect in root.findall("rect"):
        if rect.get("x") and rect.get("width", "").endswith("%"):
            found.append((rect.get("class") or rect.get("fill"), float(rect.get("x")[:-1]), float(rect.get("width")[:-1])))
    return found


@pytest.mark.parametrize("colour", drawing.COLOURS)
def test_mark_is_a_picture_with_a_label_or_decoration(colour):
    assert 'role="img" aria-label="Words &amp; more"' in drawing.mark(colour, label="Words & more")
    assert 'aria-hidden="true"' in drawing.mark(colour) and "aria-label" not in drawing.mark(colour)


def test_mark_of_no_colour_is_an_error():
    with pytest.raises(KeyError):
        drawing.mark("pink")


def test_marks_differ_by_shape_alone():
    shapes = {re.sub(r"mk-\w+", "", drawing.mark(colour)) for colour in drawing.COLOURS}
    assert len(shapes) == 6


def test_stacked_bar_has_each_part_in_its_share():
    assert rects(drawing.stacked_bar([(50, "w1"), (25, "w2"), (25, "w4")])) == [("w1", 0.0, 50.0), ("w2", 50.0, 25.0), ("w4", 75.0, 25.0)]


def test_stacked_bar_draws_patterns_over_stuck_and_outside():
    fills = [fill for fill, _start, _width in rects(drawing.stacked_bar([(1, "w3"), (1, "w5")]))]
    assert fills == ["w3", "url(#dots)", "w5", "url(#hatch)"]


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=6))
def test_stacked_bar_fills_the_whole_and_hides_no_part(counts):
    parts = rects(drawing.stacked_bar([(count, "w1") for count in counts]))
    assert len(parts) == sum(1 for count in counts if count)
    if parts:
        assert sum(width for _fill, _start, width in parts) == pytest.approx(100, abs=0.1)
        assert min(width for _fill, _start, width in parts) >= drawing.LEAST_WIDTH - 0.01


def test_range_bar_places_value_range_and_previous():
    svg = drawing.range_bar(148, (90, 190), high=140, previous=137, colour="orange")
    assert 'x="58.0%"' in svg and 'cx="47.0%"' in svg and '<rect class="zn" x="0.0%" y="12" width="50.0%"' in svg
    assert ">140</text>" in svg and 'class="nw orange"' in svg


def test_range_bar_keeps_what_lies_outside_the_axis_in_sight():
    assert 'cx="98.5%"' in drawing.range_bar(500, (90, 190))


def test_spark_needs_two_values_and_stays_in_its_frame():
    assert drawing.spark([1.0]) == ""
    points = re.search(r'points="([^"]*)"', drawing.spark([1, 5, 3], limit=9)).group(1)
    places = [tuple(map(float, point.split(","))) for point in points.split()]
    assert all(0 <= x <= drawing.SPARK_WIDTH and 0 <= y <= drawing.SPARK_HEIGHT for x, y in places)
    assert places[1][1] < places[2][1] < places[0][1]
