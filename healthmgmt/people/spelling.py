"""How a name is typed in Latin letters, so that it is found by them: pinyin, and its initials. Pure.

A surname is read as a surname (data/surnames.toml), the rest as the words it forms. What is stored is a line of keys with a bar
before each; whoever types the beginning of one finds the name: 林知远 by linzhiyuan, lzy, zhiyuan and zy.
"""

import re
import tomllib
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path

SURNAMES = Path(__file__).parent / "data" / "surnames.toml"
HAN = re.compile(r"[㐀-鿿豈-﫿\U00020000-\U000323af]+")
LATIN = re.compile(r"[a-z]+")
# As somebody types it: spaces, apostrophes and hyphens between the syllables mean nothing.
SEPARATORS = re.compile(r"[\s'’·.-]+")
UMLAUT = re.compile(r"(?<=[ln])v")
LONGEST = 300


def keys(name: str) -> str:
    """What stands beside a name: `|linzhiyuan|lzy|zhiyuan|zy`; empty where it has no Han characters."""
    han = "".join(HAN.findall(name))
    if not han:
        return ""
    found: list[str] = []
    for surname, given in _readings(han):
        whole = (*surname, *given)
        found += ["".join(whole), "".join(one[0] for one in whole)]
        if given:
            found += ["".join(given), "".join(one[0] for one in given)]
    line = "".join(f"|{one}" for one in dict.fromkeys(each for one in found for each in _typed(one)))
    return line if len(line) <= LONGEST else line[: line.rindex("|", 0, LONGEST + 1)]


def sought(text: str) -> str:
    """What to look for in the keys of names; empty for a text that is no pinyin."""
    letters = SEPARATORS.sub("", text.casefold()).replace("ü", "v")
    return f"|{letters}" if LATIN.fullmatch(letters) else ""


def _readings(han: str) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Surname and given name in syllables, once for each way in which the surname is read."""
    special = _surnames()
    if (two := special["two"].get(han[:2])) is not None:
        yield tuple(two), _syllables(han[2:])
        return
    for one in special["one"].get(han[0]) or _syllables(han[0]):
        yield (one,), _syllables(han[1:])


def _typed(key: str) -> Iterator[str]:
    """A key as it is; and lü, which is written lv, as in passports (lyu) and by who does not care (lu)."""
    yield key
    for way in ("yu", "u"):
        yield UMLAUT.sub(way, key)


@lru_cache(maxsize=20_000)
def _syllables(han: str) -> tuple[str, ...]:
    # Its dictionaries take 50 MB and half a second, which nobody needs who only reads pages.
    from pypinyin import lazy_pinyin

    return tuple(part for part in lazy_pinyin(han) if LATIN.fullmatch(part))


@cache
def _surnames() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads(SURNAMES.read_text(encoding="utf-8"))
