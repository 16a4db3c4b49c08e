"""An answer of the product taken apart: a page as a tree in which everything that was read is crossed off, so that what nobody read is left."""

import re
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from typing import Optional

from tests.not_run import ROOT

VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())
DIGITS = re.compile(r"\d")
# The blocks in which words belong together.
BLOCKS = frozenset("p h1 h2 h3 li dt dd td th div section span textarea title a button summary option label nav caption comment".split())
# What stands in a template, and addresses: which row of which table a page is about, never how many people are in it.
FIXED = frozenset({"rows", "maxlength", "tabindex", "viewbox"})
ADDRESSES = frozenset({"href", "action", "formaction"})
IN_ADDRESSES = re.compile(r"(?<=[?&])(?:unit|period)=\d+|/scorecards/\d+/|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
HIDDEN_FIELDS = frozenset({"csrfmiddlewaretoken", "token", "period", "unit"})
# The same whatever the numbers are; and what is drawn from numbers, which has to be that of the numbers beside it.
DRAWN = frozenset({"sb", "sp"})
DRAWINGS = DRAWN | {"icon", "mk", "seal", "patterns"}
NO_WORDS = ("script", "style")


class Node:
    """An element. `texts` of it and below are crossed off by `take`; attributes are looked at when everything else was read."""

    __slots__ = ("tag", "attrs", "classes", "children", "parent", "is_taken", "_every", "_first", "_end")

    def __init__(self, tag: str, attrs: dict[str, str], parent: Optional["Node"], every: list["Node"]) -> None:
        self.tag, self.attrs, self.parent = tag, attrs, parent
        self.classes = attrs.get("class", "").split()
        self.children: list[Node | Text] = []
        self.is_taken = False
        # All nodes of a page in their order; those below this one follow it.
        self._every, self._first, self._end = every, len(every) + 1, None
        every.append(self)

    def ends(self) -> None:
        self._end = len(self._every)

    def all(self, tag: str, *classes: str) -> list["Node"]:
        """Those below it with this tag and all these classes, in their order."""
        return [one for one in self.nodes() if one.tag == tag and all(name in one.classes for name in classes)]

    def first(self, tag: str, *classes: str) -> Optional["Node"]:
        return next(iter(self.all(tag, *classes)), None)

    def nodes(self) -> list["Node"]:
        return self._every[self._first : self._end]

    def texts(self) -> Iterator["Text"]:
        for child in self.children:
            if isinstance(child, Text):
                yield child
            else:
                yield from child.texts()

    def words(self) -> str:
        """Everything that stands in it, with single blanks; what was taken already is left out."""
        return " ".join(" ".join(one.words for one in self.texts() if not one.is_taken).split())

    def take(self) -> str:
        """Its words, which are crossed off."""
        words = self.words()
        for one in self.texts():
            one.is_taken = True
        return words

    def within(self, tag: str, *classes: str) -> Optional["Node"]:
        """The nearest element around it."""
        above = self.parent
        while above is not None and not (above.tag == tag and set(classes).issubset(above.classes)):
            above = above.parent
        return above


class Text:
    """Words between tags."""

    __slots__ = ("words", "is_taken")

    def __init__(self, words: str) -> None:
        self.words, self.is_taken = words, False


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.every: list[Node] = []
        self.root = self.at = Node("", {}, None, self.every)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        made = self._made(tag, attrs)
        if tag in VOID:
            made.ends()
        else:
            self.at = made

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._made(tag, attrs).ends()

    def handle_endtag(self, tag: str) -> None:
        open_ones = [self.at]
        while open_ones[-1].tag != tag and open_ones[-1].parent is not None:
            open_ones.append(open_ones[-1].parent)
        if open_ones[-1].tag == tag:
            for one in open_ones:
                one.ends()
            self.at = open_ones[-1].parent

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.at.children.append(Text(data))

    def handle_comment(self, data: str) -> None:
        made = self._made("comment", [])
        made.children.append(Text(data))
        made.ends()

    def _made(self, tag: str, attrs: list[tuple[str, str | None]]) -> Node:
        made = Node(tag, {name: value or "" for name, value in attrs}, self.at, self.every)
        self.at.children.append(made)
        return made


def parsed(page: str) -> Node:
    """A page as a tree; comments are elements of it."""
    builder = _Builder()
    builder.feed(page)
    builder.close()
    return builder.root


@cache
def fixed_classes() -> frozenset[str]:
    """Names of classes with digits that stand in the templates as they are."""
    found = {word for path in (ROOT / "templates").rglob("*.html") for word in re.findall(r"[a-z][\w-]*\d[\w-]*", path.read_text(encoding="utf-8"))}
    return frozenset(found | {"deep-0", "deep-1", "deep-2"})


def blocks(root: Node) -> Iterator[tuple[Node, list[Text]]]:
    """What is left of the words, by the innermost block that they stand in."""
    for one in (root, *root.nodes()):
        if (one is root or one.tag in BLOCKS) and not any(one.within(tag) for tag in NO_WORDS) and (left := list(_of_block(one))):
            yield one, left


def _of_block(node: Node) -> Iterator[Text]:
    for child in node.children:
        if isinstance(child, Text):
            if not child.is_taken:
                yield child
        elif child.tag not in BLOCKS and child.tag not in NO_WORDS:
            yield from _of_block(child)


def attributes_left(root: Node) -> Iterator[tuple[Node, str, str]]:
    """(element, attribute, value) of each attribute that says a number which is neither of the template nor of an address."""
    for one in _outside_of_drawings(root):
        for name, value in one.attrs.items():
            if DIGITS.search(value) and (left := _attribute_left(one, name, value)):
                yield one, name, left


def drawings_left(root: Node) -> Iterator[Node]:
    """The bars and lines that nobody compared with the numbers beside them."""
    return (one for one in root.nodes() if one.tag == "svg" and DRAWN & set(one.classes) and not one.is_taken)


def _outside_of_drawings(node: Node) -> Iterator[Node]:
    for child in node.children:
        if isinstance(child, Node) and child.tag not in (*NO_WORDS, "head"):
            yield child
            if not (child.tag == "svg" and (DRAWINGS & set(child.classes) or _is_square(child))):
                yield from _outside_of_drawings(child)


def _is_square(drawing: Node) -> bool:
    """The key of a fill."""
    return {(one.tag, one.attrs.get("width"), one.attrs.get("height")) for one in drawing.nodes()} == {("rect", "14", "14")}


def _attribute_left(node: Node, name: str, value: str) -> str:
    if name == "class":
        return " ".join(word for word in node.classes if DIGITS.search(word) and word not in fixed_classes())
    if name in ADDRESSES or (node.tag, node.attrs.get("name")) == ("input", "next"):
        left = IN_ADDRESSES.sub("", value)
        return left if DIGITS.search(left) else ""
    if name in FIXED or name == "value" and node.tag == "input" and node.attrs.get("name") in HIDDEN_FIELDS:
        return ""
    return value
