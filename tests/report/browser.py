"""A headless Chromium, asked over its own protocol what a page does."""

import json
import shutil
import subprocess
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import websocket

QUIET = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync", "--remote-debugging-port=0"),
    "--remote-allow-origins=*",
]
PATIENCE = 60


class Tab:
    """One open tab: `call` a method of the protocol, `look` at a page."""

    def __init__(self, address):
        self.socket = websocket.create_connection(address, timeout=PATIENCE)
        self.number, self.events = 0, []

    def call(self, method, **params):
        self.number += 1
        self.socket.send(json.dumps({"id": self.number, "method": method, "params": params}))
        while True:
            message = json.loads(self.socket.recv())
            if message.get("id") == self.number:
                return message.get("result", message)
            self.events.append(message)

    def look(self, path: Path, width: int):
        """Open a file at that width; return what was requested, what was logged, and the width of its content."""
        for domain in ("Page", "Network", "Runtime", "Log"):
            self.call(f"{domain}.enable")
        self.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=width < 500
        )
        self.events.clear()
        self.call("Page.navigate", url=path.resolve().as_uri())
        while not any(event.get("method") == "Page.loadEventFired" for event in self.events):
            self.events.append(json.loads(self.socket.recv()))
        measure = "[document.documentElement.scrollWidth, document.querySelectorAll('img').length, " \
            "[...document.images].filter(i => !i.complete || !i.naturalWidth).length]"  # fmt: skip
        found = self.call("Runtime.evaluate", expression=measure, returnByValue=True)["result"]["value"]
        requests = [
            e["params"]["request"]["url"] for e in self.events if e.get("method") == "Network.requestWillBeSent"
        ]
        logged = [e["params"] for e in self.events if e.get("method") in ("Log.entryAdded", "Runtime.exceptionThrown",
                                                                          "Runtime.consoleAPICalled")]  # fmt: skip
        return requests, logged, found

    def picture(self) -> bytes:
        import base64

        shot = self.call("Page.captureScreenshot", captureBeyondViewport=True, format="png")
        return base64.b64decode(shot["data"])


@contextmanager
def chromium():
    """Start a browser with a new profile and give its first tab."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        raise RuntimeError("This test needs Chromium: on Debian and Ubuntu, sudo apt install chromium.")
    with TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        command = [program, *QUIET, f"--user-data-dir={profile}", "about:blank"]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        tab = None
        try:
            tab = Tab(_address(Path(profile, "DevToolsActivePort")))
            yield tab
        finally:
            if tab:
                tab.socket.close()
            process.terminate()
            process.wait(PATIENCE)


def _address(file: Path) -> str:
    for _ in range(PATIENCE * 10):
        if file.exists() and (lines := file.read_text().split()):
            with urllib.request.urlopen(f"http://127.0.0.1:{lines[0]}/json") as answer:
                tabs = [tab for tab in json.load(answer) if tab["type"] == "page"]
            if tabs:
                return tabs[0]["webSocketDebuggerUrl"]
        time.sleep(0.1)
    raise RuntimeError("Chromium did not start.")
