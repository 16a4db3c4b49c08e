"""Names in Latin letters: pinyin and initials, surnames read as surnames."""

import pytest

from healthmgmt.people import spelling


def finds(typed: str, name: str) -> bool:
    found = spelling.sought(typed)
    return bool(found) and found in spelling.keys(name)


@pytest.mark.parametrize("typed", ["lzy", "LZY", "linzhiyuan", "lin zhiyuan", "Lin Zhi-yuan", "linz", "lin", "zhiyuan", "zy", "l"])
def test_name_is_found_by_initials_and_by_the_beginning_of_its_pinyin(typed) -> None:
    assert finds(typed, "林知远")


@pytest.mark.parametrize("typed", ["yuan", "inzhi", "lyz", "x", "林", "l%", "l1", "", " "])
def test_name_is_not_found_by_other_letters(typed) -> None:
    assert not finds(typed, "林知远")


@pytest.mark.parametrize(
    ("name", "read", "other"),
    [
        ("单雄", "shanxiong", "danxiong"), ("曾国", "zengguo", "cengguo"), ("仇英", "qiuying", "chouying"), ("解珍", "xiezhen", "jiezhen"),
        ("区伟", "ouwei", "quwei"), ("查良", "zhaliang", "chaliang"), ("朴信", "piaoxin", "puxin"), ("翟明", "zhaiming", "diming"),
        ("任远", "renyuan", "rengyuan"), ("尉迟恭", "yuchigong", "weichigong"), ("长孙无忌", "zhangsunwuji", "changsunwuji"),
        ("万俟雪", "moqixue", "wansixue"), ("单于浩", "chanyuhao", "shanyuhao"), ("种师道", "chongshidao", "zhongshidao"),
    ],
)  # fmt: skip
def test_surname_is_read_as_a_surname(name, read, other) -> None:
    assert finds(read, name) and not finds(other, name)


def test_surname_that_families_read_differently_is_found_by_both() -> None:
    assert finds("qinlan", "覃兰") and finds("tanlan", "覃兰") and finds("ql", "覃兰") and finds("tl", "覃兰")


def test_same_character_in_a_given_name_is_read_as_a_word() -> None:
    assert finds("wangchongyang", "王重阳") and finds("likeyi", "李可以")


def test_umlaut_is_typed_in_every_way() -> None:
    assert all(finds(typed, "吕绿竹") for typed in ("lv", "lü", "lyu", "lu", "llz", "lvlvzhu", "lyulyuzhu", "luluzhu"))


def test_name_without_han_characters_has_no_keys() -> None:
    assert [spelling.keys(name) for name in ("Anna Smith", "", "E1001")] == ["", "", ""]


def test_given_name_after_a_dot_and_unknown_characters_do_no_harm() -> None:
    assert finds("agl", "阿古丽·买买提") and spelling.keys("林㐂") == "|lin|l"


def test_keys_of_the_longest_name_fit_and_end_with_a_whole_key() -> None:
    long = spelling.keys("覃" + "绿" * 60)
    assert len(long) <= spelling.LONGEST
