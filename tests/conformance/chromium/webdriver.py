"""A real browser, led through the WebDriver protocol (W3C): as much of it as the tests need. Chromium and its driver are
Debian's; the browser sees nothing but this machine, and has a profile of its own that trusts one certificate authority."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from harness import die_with_parent, wait_for

PROGRAMS = ("chromium", "chromedriver", "certutil")
# For the browser to start, and for a page to load.
PATIENCE = 60
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"  # what the standard calls the id of an element

ARGUMENTS = ["--headless=new", "--no-first-run", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu",
             "--disable-background-networking", "--disable-component-update", "--disable-sync", "--window-size=900,700",
             "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE localhost", "--no-proxy-server"]


class Chromium:
    """@param folder becomes the browser's home. @param ca_file the authority (PEM) that it trusts besides the system's."""

    def __init__(self, folder: Path, ca_file: Path) -> None:
        self._no_proxy = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        database = folder / ".pki" / "nssdb"
        database.mkdir(parents=True)
        for command in (["-N", "--empty-password"], ["-A", "-t", "C,,", "-n", "simulated Twitch", "-i", str(ca_file)]):
            subprocess.run(["certutil", "-d", f"sql:{database}", *command], check=True, capture_output=True, timeout=PATIENCE)
        self._output = folder / "chromedriver.out"
        with self._output.open("wb") as output:
            self._driver = subprocess.Popen(["chromedriver", "--port=0"], cwd=folder, stdout=output, stderr=output,
                                            preexec_fn=die_with_parent,
                                            env={"PATH": os.environ["PATH"], "HOME": str(folder), "LANG": "C.UTF-8"})
        self._session = ""
        try:
            self._address = f"http://127.0.0.1:{self._port()}"
            options = {"binary": shutil.which("chromium"), "args": [*ARGUMENTS, f"--user-data-dir={folder / 'profile'}"]}
            made = self._ask("POST", "/session", {"capabilities": {"alwaysMatch": {
                "browserName": "chrome", "goog:chromeOptions": options, "timeouts": {"pageLoad": PATIENCE * 1000}}}})
            self._session = f"/session/{made['sessionId']}"
        except BaseException:
            self.close()
            raise

    def _port(self) -> str:
        """Where the driver says that it listens."""
        return wait_for(lambda: re.search(r"started successfully on port (\d+)", self._output.read_text(encoding="utf-8")),
                        "chromedriver starts", PATIENCE)[1]

    def _ask(self, method: str, path: str, body: object = None) -> Any:
        data = json.dumps(body or {}).encode() if method == "POST" else None
        request = urllib.request.Request(self._address + path, data, {"Content-Type": "application/json"}, method=method)
        try:
            with self._no_proxy.open(request, timeout=2 * PATIENCE) as answer:
                return json.loads(answer.read())["value"]
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{method} {path}: {json.loads(error.read())['value']['message']}") from None

    def open(self, url: str) -> None:
        """Goes to an address, and on to where that leads; returns when the page is there."""
        self._ask("POST", f"{self._session}/url", {"url": url})

    def url(self) -> str:
        return str(self._ask("GET", f"{self._session}/url"))

    def title(self) -> str:
        return str(self._ask("GET", f"{self._session}/title"))

    def _element(self, selector: str) -> str:
        found = self._ask("POST", f"{self._session}/element", {"using": "css selector", "value": selector})
        return f"{self._session}/element/{found[ELEMENT]}"

    def text(self, selector: str = "main") -> str:
        """What somebody sees of a part of the page (a CSS selector)."""
        return str(self._ask("GET", f"{self._element(selector)}/text"))

    def type(self, selector: str, text: str) -> None:
        """Replaces what is in a field."""
        field = self._element(selector)
        self._ask("POST", f"{field}/clear")
        self._ask("POST", f"{field}/value", {"text": text})

    def click(self, selector: str) -> None:
        self._ask("POST", f"{self._element(selector)}/click")

    def close(self) -> None:
        """Ends browser and driver, whatever state they are in."""
        try:
            if self._session:
                self._ask("DELETE", self._session)
        finally:
            self._driver.terminate()
            try:
                self._driver.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                self._driver.kill()
                self._driver.wait()
