"""Walking every page of every role: which pages there are, and what is looked at on each."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from healthmgmt.accounts.models import User
from tests.browser.objects import FINDERS
from tests.browser.site import Visitor
from tests.isolation.addresses import PUBLIC_URLS, URLS
from tests.isolation.rules import Rule

# The names of the address tables for the roles; of two users of a role the first is enough.
ROLES = {
    "leader": "group_leader", "office_a": "health_office", "liaison_a1": "liaison", "case_manager": "case_manager",
    "physician": "physician", "employee": "employee", "exam_centre": "exam_centre", "steward": "data_steward", "admin": "org_admin",
}  # fmt: skip
# Answers 200 to GET, but is no page: data for programs, files, and fragments that live inside a page.
NO_PAGES = {
    "healthz": "read by machines",
    "api/schema/": "read by programs",
    "due/export/": "a workbook",
    "care/live/": "lives inside the worklist",
    "uploads/<uuid:uuid>/progress/": "lives inside the page of an upload",
    "uploads/<uuid:uuid>/counts/": "lives inside the page of causes",
    "uploads/<uuid:uuid>/bad-rows/": "a workbook",
    "uploads/reports/<uuid:uuid>/": "a PDF",
    "uploads/template/<slug:package>/": "a workbook",
    "uploads/<uuid:uuid>/columns/units/": "the choice of a field",
    "steward/pack/drafts/<uuid:uuid>/simulation/progress/": "lives inside the page of a simulation",
    "steward/pack/drafts/<uuid:uuid>/simulation/download/": "a workbook",
    "rules/proposals/<uuid:uuid>/simulation/": "a workbook",
    "admin/units/options/": "suggestions of a field",
    "admin/centres/options/": "suggestions of a field",
    "admin/units/<int:pk>/children/": "branches of the tree",
    "scorecards/<int:pk>/sheet/": "a workbook",
    "group/evidence/sheet/": "a workbook",
}
AXE = settings.NODE_MODULES / "axe-core" / "axe.min.js"
# What a finding must be to fail: the two strongest of axe's four.
SERIOUS = ("serious", "critical")
# Latin letters that stand in Chinese text as they are: units, codes, formats, names of models and of things of the web.
LATIN = re.compile(
    r"(?<![A-Za-z0-9])(?:mmHg|mm|cm|kg|mol|mmol|umol|μmol|nmol|pmol|g|mg|ug|ng|pg|mL|ml|min|L|dL|IU|mU|U|fL|m|h|s|Hz|dB|MiB|KiB|MB|KB|"
    r"week|BMI|LDL|HDL|non|C|TC|TG|FPG|HbA1c|A1c|OGTT|SBP|DBP|eGFR|ALT|AST|GGT|TSH|HIV|PSA|CEA|AFP|WBC|RBC|HGB|PLT|China|PAR|ASCVD|CKD|EPI|"
    r"KDIGO|WHO|ADA|WS|T|PHQ|GAD|IPAQ|MET|CA|verify_audit|"
    r"xlsx|xls|csv|tsv|PDF|API|IP|SHA|UTF|LOINC|UCUM|cn(?:-own)?|Asia|Shanghai|English|"
    r"[a-z]\d+|[A-Z]{1,3}-?\d+|[0-9a-f]{4,}|v?\d[A-Za-z0-9.]*)(?![A-Za-z0-9])"
)
# Addresses, file names and the like are names.
NAMES = re.compile(r"\S+@\S+|\S+\.(?:localhost|example|xlsx|xls|csv)\S*|t_[0-9a-f]+|\b[\w-]*town-[0-9a-f]+[\w.-]*|\b\w+\.\w+_\w+\b")


@dataclass(frozen=True)
class Page:
    """A page of a role: its route in the table of addresses, and a path where it can be seen."""

    role: str
    route: str
    path: str

    @property
    def name(self) -> str:
        return re.sub(r"<\w+:(\w+)>", r"\1", self.route).strip("/").replace("/", "-") or "home"


def html_routes(table: dict[str, Rule]) -> set[str]:
    """The routes that answer GET with a page to somebody."""
    return {route for route, rule in table.items() if rule.methods.get("GET") == 200 and route not in NO_PAGES and not route.startswith("api/")}


def pages_of(role: str, user: User) -> Iterator[Page]:
    """Every page that the table of addresses gives a role, with an object that this user can see. Inside the organisation."""
    theirs = next(name for name, ours in ROLES.items() if ours == role)
    for route in sorted(html_routes(URLS)):
        rule = URLS[route]
        if theirs not in rule.roles or rule.except_for.get((theirs, "GET"), 200) != 200:
            continue
        parts = {}
        if rule.objects:
            if not any(theirs in seeing for seeing in rule.objects.values()):
                continue
            parts = FINDERS[rule.kind](user)
            if parts is None:
                continue
        yield Page(role, route, "/" + filled(route, parts))


def pages_of_nobody() -> Iterator[Page]:
    """What anybody sees without signing in."""
    for route in sorted(html_routes(URLS)):
        if "anonymous" in URLS[route].roles and "<" not in route:
            yield Page("anonymous", route, "/" + route)


def pages_of_operators(slug: str) -> Iterator[Page]:
    """The bare domain's, with the organisation of a slug."""
    for route in sorted(html_routes(PUBLIC_URLS)):
        if "operator" in PUBLIC_URLS[route].roles and "anonymous" not in PUBLIC_URLS[route].roles:
            yield Page("operator", route, "/" + filled(route, {"slug": slug}))


def filled(route: str, parts: dict) -> str:
    for name, value in parts.items():
        route = re.sub(rf"<\w+:{name}>", str(value), route)
    return route


def latin_runs(text: str) -> list[str]:
    """Words in Latin letters that a Chinese page should not have."""
    return re.findall(r"[A-Za-z][A-Za-z'’-]+", LATIN.sub(" ", NAMES.sub(" ", text)))


def shown_text(visitor: Visitor) -> str:
    """The page's words without what is a name by itself: elements marked `lang`, and what users typed (`translate="no"`)."""
    return visitor.page.evaluate(
        """() => {
            const copy = document.body.cloneNode(true);
            copy.querySelectorAll('script, style, [translate="no"], [lang="en"], .mono, code').forEach((one) => one.remove());
            const texts = document.createTreeWalker(copy, NodeFilter.SHOW_TEXT), words = [];
            while (texts.nextNode()) words.push(texts.currentNode.data);
            return words.join(' ');
        }"""
    )


def serious_findings(visitor: Visitor) -> list[str]:
    """What axe-core finds on the page, of the kinds that fail."""
    visitor.page.evaluate(Path(AXE).read_text(encoding="utf-8"))
    found = visitor.page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{one['id']} ({one['impact']}): {one['nodes'][0]['html'][:160]}" for one in found["violations"] if one["impact"] in SERIOUS
    ]


def unreachable_by_keyboard(visitor: Visitor, most: int = 400) -> list[str]:
    """Visible controls that the tabulator key never comes to."""
    waiting = visitor.page.evaluate(
        """() => {
            const controls = [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary, [hx-get]:not([hx-trigger*=window], [hx-trigger^=every]), [hx-post]')];
            const waiting = window.__waiting = new Set(controls.filter((one) => one.checkVisibility({visibilityProperty: true}) && !one.disabled
                && !(one.type === 'radio' && one.name && document.querySelector(`input[name="${one.name}"]`) !== one)));
            document.activeElement.blur();
            window.scrollTo(0, 0);
            document.addEventListener('focusin', ({target}) => {
                waiting.delete(target);
                if (target.type === 'radio') waiting.forEach((one) => one.name === target.name && waiting.delete(one));
            });
            return waiting.size;
        }"""
    )
    for press in range(min(most, waiting + 40)):
        visitor.page.keyboard.press("Tab")
        # Asking costs as much as pressing.
        if press % 10 == 9 and not visitor.page.evaluate("() => window.__waiting.size"):
            return []
    return visitor.page.evaluate("() => [...window.__waiting].map((one) => one.outerHTML.slice(0, 140))")
