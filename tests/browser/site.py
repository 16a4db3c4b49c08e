"""A running site and a real browser on it: sign in as a role, go to pages, collect what the browser complains of."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Response, sync_playwright

from healthmgmt.portal.processes import Processes, free_port

LANGUAGES = {"zh": "zh-hans", "en": "en"}
WIDTHS = (1280, 390)
# Without a sandbox where the run is root's; without Chromium's own traffic everywhere.
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync"
).split()


def chromium() -> str | None:
    """The program, None where there is none."""
    return next((path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None)


@contextmanager
def browser() -> Iterator[Browser]:
    """A headless Chromium. Django's own guard against an event loop in the thread is lifted meanwhile: the loop is the driver's."""
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    try:
        with sync_playwright() as driver:
            started = driver.chromium.launch(executable_path=chromium(), args=FLAGS)
            try:
                yield started
            finally:
                started.close()
    finally:
        os.environ.pop("DJANGO_ALLOW_ASYNC_UNSAFE")
        if before is not None:
            os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = before


@contextmanager
def serving(folder: Path) -> Iterator[Processes]:
    """Web, workers and beat on a free port of loopback."""
    processes = Processes(free_port(0), folder / "logs")
    try:
        processes.start()
        yield processes
    finally:
        processes.stop()


@dataclass
class Visitor:
    """Somebody at a browser. `complaints` are console errors, policy reports and failed requests since they were last asked for."""

    context: BrowserContext
    base: str
    page: Page = field(init=False)
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page = self.context.new_page()
        self.page.set_default_timeout(15_000)
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.complaints.append(f"script: {error}"))
        self.page.on("requestfailed", self._miss)

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(f"{message.type}: {message.text}")

    def _miss(self, request: Request) -> None:
        # What was under way when the page was left is nobody's fault.
        if "ERR_ABORTED" not in (request.failure or ""):
            self.complaints.append(f"failed: {request.method} {request.url}")

    def go(self, path: str) -> Response | None:
        response = self.page.goto(self.base + path, wait_until="load")
        self.page.evaluate("document.fonts.ready")
        return response

    def taken_complaints(self) -> list[str]:
        found, self.complaints = self.complaints, []
        return found

    def sign_in(self, identifier: str, password: str) -> None:
        self.go("/accounts/login/")
        self.page.fill("input[name=identifier]", identifier)
        self.page.fill("input[name=password]", password)
        self.page.press("input[name=password]", "Enter")
        self.page.wait_for_url(lambda url: "/accounts/login/" not in url)

    def speak(self, language: str) -> None:
        """Choose the language of the pages, `zh` or `en`, where it is another one."""
        button = self.page.locator(f'form.seg button[value="{LANGUAGES[language]}"]').first
        if button.get_attribute("aria-current") is None:
            # The menu that holds it may be closed.
            with self.page.expect_navigation():
                button.evaluate("button => button.form.requestSubmit(button)")

    def sideways(self) -> int:
        """By how many pixels the page can be scrolled sideways."""
        return self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")

    def photograph(self, target: Path) -> None:
        """A picture of the whole page, in a window as high as that, so that what stays at the window's edge stands at the page's end."""
        window = self.page.viewport_size
        self.page.set_viewport_size(window | {"height": self.page.evaluate("document.documentElement.scrollHeight")})
        self.page.screenshot(path=target, full_page=True)
        self.page.set_viewport_size(window)

    def close(self) -> None:
        self.context.close()


@dataclass
class Site:
    """A site on loopback that answers for several organisations."""

    port: int
    browser: Browser
    states: dict[tuple[str, str], dict] = field(default_factory=dict)

    def visitor(self, slug: str, *, width: int = 1280, dark: bool = False, state: dict | None = None) -> Visitor:
        """A browser window at an organisation (at the bare domain when the slug is empty)."""
        host = f"{slug}.localhost" if slug else "localhost"
        context = self.browser.new_context(
            viewport={"width": width, "height": 900},
            locale="en-GB",
            color_scheme="dark" if dark else "light",
            has_touch=width < 600,
            storage_state=state,
        )
        return Visitor(context, f"http://{host}:{self.port}")

    def signed_in(self, slug: str, identifier: str, password: str, *, width: int = 1280, language: str = "zh", dark: bool = False) -> Visitor:
        """A window in which somebody is signed in; the session is kept for the next window of the same person."""
        key = (slug, identifier)
        visitor = self.visitor(slug, width=width, dark=dark, state=self.states.get(key))
        if key not in self.states:
            visitor.sign_in(identifier, password)
        else:
            visitor.go("/")
        visitor.speak(language)
        self.states[key] = visitor.context.storage_state()
        return visitor
