"""Every text for users has its Chinese words, with the same placeholders."""

import re
from pathlib import Path

from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[2]
FUNCTIONS = {"_": None, "gettext": None, "gettext_lazy": None, "ngettext": (1, 2), "ngettext_lazy": (1, 2)}
TRANSLATE = re.compile(r"""(?:{%\s*translate\s+|_\()(["'])(.*?)\1""")
BLOCK = re.compile(r"{%\s*blocktranslate\b[^%]*%}(.*?)(?:{%\s*plural\s*%}(.*?))?{%\s*endblocktranslate\s*%}", re.DOTALL)
VARIABLE = re.compile(r"{{\s*(\w+)\s*}}")
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]")


def in_python() -> set[str]:
    found = set()
    for path in [*(ROOT / "healthmgmt").rglob("*.py"), *(ROOT / "tenants").rglob("*.py")]:
        for _line, message, _comments, _context in extract_from_file("python", path, keywords=FUNCTIONS):
            found |= set(message) if isinstance(message, tuple) else {message}
    return found


def in_template(text: str) -> set[str]:
    """The message of each tag; a block's variables become placeholders."""
    plain = {message for _quote, message in TRANSLATE.findall(text)}
    blocks = [one for pair in BLOCK.findall(text) for one in pair if one]
    return plain | {VARIABLE.sub(r"%(\1)s", block.replace("%", "%%")) for block in blocks}


def catalogues() -> list[Path]:
    """One of the whole, and one a room that has words of its own."""
    return sorted(path for folder in ("healthmgmt", "tenants") for path in (ROOT / folder).rglob("locale/zh_Hans/LC_MESSAGES/django.po"))


def catalogue() -> dict[str, str]:
    """Every message with its Chinese words; of a plural the form for many, which Chinese uses for one as well."""
    found = {}
    for path in catalogues():
        with open(path, "rb") as file:
            for message in read_po(file):
                ids = message.id if isinstance(message.id, (tuple, list)) else [message.id]
                words = message.string[0] if isinstance(message.string, (tuple, list)) else message.string
                found |= {one: words for one in ids if one}
    return found


def given_twice() -> list[str]:
    """Messages that two catalogues translate differently: which one is shown would be chance."""
    seen: dict[str, str] = {}
    found = []
    for path in catalogues():
        with open(path, "rb") as file:
            pairs = [(str(message.id), str(message.string)) for message in read_po(file) if message.id]
        found += [message for message, words in pairs if seen.setdefault(message, words) != words]
    return found


def test_messages_all_have_chinese_words():
    used = in_python()
    for path in (ROOT / "templates").rglob("*.html"):
        used |= in_template(path.read_text(encoding="utf-8"))
    known = catalogue()
    assert sorted(message for message in used - {""} if not known.get(message)) == []


def test_messages_have_one_translation():
    assert given_twice() == []


def test_messages_say_how_chinese_counts():
    """Without both lines a plural is shown in English: Babel drops the second where the first is missing."""
    wanted = ("Language: zh_Hans", "Plural-Forms: nplurals=1; plural=0;")
    assert [str(path) for path in catalogues() if not all(f'"{line}\\n"' in path.read_text(encoding="utf-8") for line in wanted)] == []


def test_messages_keep_their_placeholders():
    differing = [
        message for message, words in catalogue().items() if sorted(PLACEHOLDER.findall(message)) != sorted(PLACEHOLDER.findall(words))
    ]
    assert differing == []


def test_in_template_finds_both_tags():
    text = """{% translate "Home" %} {% blocktranslate with name=user.name %}Welcome, {{ name }}{% endblocktranslate %}"""
    assert in_template(text) == {"Home", "Welcome, %(name)s"}
