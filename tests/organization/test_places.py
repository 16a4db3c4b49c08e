"""Places: facts of geography, found under every usual name, never guessed."""

import pytest

from healthmgmt.organization.places import alternatives, lookup, places


@pytest.mark.parametrize("text", ["北京", "北京市", "Beijing", " beijing ", "Beijing City", "BEIJING"])
def test_lookup_by_every_usual_name(text):
    assert lookup(text) == ("北京", "Beijing", "city", "北京", True, True)


@pytest.mark.parametrize(
    ("text", "name", "north", "urban"),
    [
        ("广州", "广州", False, True),
        ("上海市", "上海", False, True),
        ("江苏", "江苏", None, None),
        ("江苏省南京市", "南京", False, True),
        ("山东省", "山东", True, None),
        ("武汉", "武汉", True, True),
        ("重庆", "重庆", True, True),
        ("芜湖", "芜湖", False, True),
        ("吉林", "吉林", True, None),
        ("吉林市", "吉林市", True, True),
        ("Jilin", "吉林", True, None),
        ("Jilin City", "吉林市", True, True),
        ("Suzhou, Anhui", "宿州", True, True),
        ("Xi'an", "西安", True, True),
        ("内蒙古自治区", "内蒙古", True, None),
        ("玉树藏族自治州", "玉树", False, True),
    ],
)
def test_lookup_side_of_the_river(text, name, north, urban):
    found = lookup(text)
    assert (found.name, found.north, found.urban) == (name, north, urban)


@pytest.mark.parametrize("text", ["", "火星", "Atlantis", "京"])
def test_lookup_of_unknown_text_is_none(text):
    assert (lookup(text), alternatives(text)) == (None, [])


def test_lookup_of_a_doubtful_name_is_none_and_lists_them():
    assert (lookup("Suzhou"), alternatives("Suzhou")) == (None, ["苏州", "宿州"])


def test_table_is_whole_and_consistent():
    names = [place.name for place in places()]
    provinces = {place.name: place for place in places() if place.name == place.province}
    assert (len(names), len(set(names)), len(provinces)) == (367, 367, 34)
    for place in places():
        province = provinces[place.province]
        assert lookup(place.name) == place
        assert place.urban is (True if place.kind == "city" else None)
        # A province with a side gives it to all its cities; one without has cities on either side or a river between.
        assert province.north is None or place.north is province.north
        assert place.kind == "province" or place.north is not None
