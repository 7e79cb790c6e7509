"""A real Chromium without a screen, driven over its debugging pipe (chromedevtools.github.io)."""

from __future__ import annotations

import base64
import json
import os
import select
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

_SECONDS = 60.0


@dataclass
class Page:
    """What a browser made of a page.

    Attributes:
        events: Everything that it told while it was open.
    """

    browser: Browser
    session: str
    events: list[dict[str, Any]] = field(default_factory=list)

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Makes a call of the protocol; gives its result."""
        return self.browser.call(method, self.session, self.events, **parameters)

    def open(self, path: Path, width: int, height: int = 900) -> None:
        """Opens a file in a window of this size, and waits until it is loaded."""
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")
        self.resize(width, height)
        self.call("Page.navigate", url=path.as_uri())
        self.browser.wait("Page.loadEventFired", self.events)

    def resize(self, width: int, height: int = 900) -> None:
        """Gives the window another size."""
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=width < 600,
        )

    def evaluate(self, expression: str) -> Any:
        """The value of an expression of JavaScript."""
        found = self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")

    def screenshot(self, path: Path) -> None:
        """Writes the whole page as PNG."""
        found = self.call("Page.captureScreenshot", captureBeyondViewport=True)
        path.write_bytes(base64.b64decode(found["data"]))

    def pdf(self, path: Path) -> None:
        """Writes the page as it is printed on A4."""
        found = self.call(
            "Page.printToPDF", paperWidth=8.27, paperHeight=11.69, preferCSSPageSize=True
        )
        path.write_bytes(base64.b64decode(found["data"]))

    def named(self, method: str) -> list[dict[str, Any]]:
        """The events of this name."""
        return [each["params"] for each in self.events if each["method"] == method]


class Browser:
    """A running Chromium."""

    def __init__(self, process: subprocess.Popen[bytes], to: int, back: int) -> None:
        self._process = process
        self._to, self._back = to, back
        self._rest = b""
        self._number = 0

    def call(
        self, method: str, session: str | None, events: list[dict[str, Any]], **parameters: Any
    ) -> dict[str, Any]:
        """Makes a call; events that come meanwhile are kept."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        if session is not None:
            message["sessionId"] = session
        os.write(self._to, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == self._number:
                assert "error" not in answer, answer
                found: dict[str, Any] = answer["result"]
                return found
            events.append(answer)

    def wait(self, method: str, events: list[dict[str, Any]]) -> None:
        """Returns once an event of this name has come."""
        while not any(each["method"] == method for each in events):
            events.append(self._next())

    def page(self) -> Page:
        """An empty page."""
        target = self.call("Target.createTarget", None, [], url="about:blank")["targetId"]
        attached = self.call("Target.attachToTarget", None, [], targetId=target, flatten=True)
        return Page(self, attached["sessionId"])

    def _next(self) -> dict[str, Any]:
        deadline = time.monotonic() + _SECONDS
        while b"\0" not in self._rest:
            ready, _, _ = select.select([self._back], [], [], deadline - time.monotonic())
            assert ready, "the browser does not answer"
            read = os.read(self._back, 1 << 20)
            assert read, f"the browser ended: {self._process.poll()}"
            self._rest += read
        message, _, self._rest = self._rest.partition(b"\0")
        found: dict[str, Any] = json.loads(message)
        return found


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """A browser with a profile of its own."""
    names = ("chromium", "chromium-browser", "google-chrome")
    program = next(filter(None, map(shutil.which, names)), None)
    assert program is not None, "chromium is missing; on Debian: apt-get install chromium"
    command_read, to = os.pipe()
    back, answer_write = os.pipe()
    with tempfile.TemporaryDirectory(prefix="chromium-") as profile:
        shell = f'exec "$0" "$@" 3<&{command_read} 4>&{answer_write}'
        process = subprocess.Popen(
            [
                *("/bin/bash", "-c", shell, program, "--headless=new", "--remote-debugging-pipe"),
                *("--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"),
                *("--disable-background-networking", "--disable-component-update"),
                f"--user-data-dir={profile}",
            ],
            pass_fds=(command_read, answer_write),
            stderr=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )
        os.close(command_read)
        os.close(answer_write)
        browser = Browser(process, to, back)
        try:
            yield browser
            browser.call("Browser.close", None, [])
        finally:
            os.close(to)
            os.close(back)
            process.wait(_SECONDS)
