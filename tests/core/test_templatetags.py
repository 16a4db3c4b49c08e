"""What templates write and draw with, in both languages."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.template import Context, Template
from django.utils import timezone, translation

from healthmgmt.core import icons


def rendered(source: str, **context) -> str:
    return Template("{% load health %}" + source).render(Context(context))


def test_icon_is_inline_and_decoration():
    drawn = rendered('{% icon "check" "icon-s" %}')
    assert drawn.startswith('<svg class="icon icon-s"') and 'aria-hidden="true"' in drawn and "<path" in drawn
    assert 'stroke="none"' not in drawn


@pytest.mark.parametrize("name", ["no-such-icon", "../outline/check", "Check"])
def test_icon_unknown_is_an_error(name):
    with pytest.raises(icons.UnknownIcon):
        icons.drawing(name)


def test_band_says_colour_and_label_in_the_language_of_the_page():
    assert "Orange · Chronic care" in rendered('{% band "orange" %}')
    with translation.override("zh-hans"):
        assert "橙色 · 慢病管理" in rendered('{% band "orange" %}')


def test_clauses_wrap_in_chinese_only_and_escape():
    with translation.override("zh-hans"):
        assert rendered("{{ text|clauses }}", text="先修<b>，再看。") == '<span class="cl">先修&lt;b&gt;，</span><span class="cl">再看。</span>'
    assert rendered("{{ text|clauses }}", text="First <b>, then.") == "First &lt;b&gt;, then."


def test_numbers_percents_and_bars():
    assert rendered("{{ n|number }} {% percent n whole %}", n=5154, whole=5240) == "5,154 98%"
    assert 'class="w1"' in rendered("{% part_bar 1 2 %}")


def test_days_and_moments_are_the_organisations():
    moment = datetime(2026, 6, 17, 22, 30, tzinfo=UTC)
    with timezone.override(ZoneInfo("Asia/Shanghai")):
        year = timezone.localdate().year
        assert rendered("{{ m|day }} {{ m|clock }}", m=moment.replace(year=year)) == "18 June 06:30"
        assert rendered("{{ d|day:'year' }}", d=date(year, 1, 2)) == f"2 January {year}"
    assert rendered("{{ nothing|day }}{{ nothing|moment }}{{ nothing|clock }}", nothing=None) == ""


def test_range_bar_and_spark_take_what_a_row_lacks():
    drawn = rendered("{% range_bar row.number row.axis low=row.low high=row.high previous=row.previous %}{% spark row.series row.limit %}", row={"number": 1, "axis": (0, 2)})
    assert 'class="nw"' in drawn
