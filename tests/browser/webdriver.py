"""A headless Chromium, driven by WebDriver's HTTP alone (https://www.w3.org/TR/webdriver2/)."""

import json
import re
import shutil
import subprocess
import tempfile
import urllib.error
import urllib.request

PATIENCE = 60  # seconds; only what is broken is ever waited for so long
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"  # what the standard calls a reference to an element
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--window-size=1200,900")


class Browser:
    """A browser with a profile of its own, for as long as `with` lasts."""

    def __enter__(self):
        driver, chromium = shutil.which("chromedriver"), shutil.which("chromium")
        if not driver or not chromium:
            raise AssertionError("chromium and chromedriver are needed (Debian: chromium, chromium-driver)")
        self.folder = tempfile.TemporaryDirectory()
        self.session = None
        self.driver = subprocess.Popen([driver, "--port=0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                       stdin=subprocess.DEVNULL)
        try:
            for line in self.driver.stdout:
                if found := re.search(rb"started successfully on port (\d+)", line):
                    break
            self.address = f"http://127.0.0.1:{int(found[1])}"
            options = {"binary": chromium, "args": [*FLAGS, f"--user-data-dir={self.folder.name}"]}
            answer = self.call("POST", "/session", {"capabilities": {"alwaysMatch": {
                "goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"}}}})
            self.session = answer["sessionId"]
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        try:
            if self.session:
                self.call("DELETE", f"/session/{self.session}")
        finally:
            self.driver.terminate()
            self.driver.wait(PATIENCE)
            self.driver.stdout.close()
            self.folder.cleanup()

    def call(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.address + path, data, {"Content-Type": "application/json"}, method=method)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=PATIENCE) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{method} {path}: {error.read().decode()}") from error

    def command(self, name, **body):
        return self.call("POST", f"/session/{self.session}/{name}", body)

    def go(self, url):
        self.command("url", url=url)

    def js(self, script, *arguments):
        """What `script`, a function's body, returns."""
        return self.command("execute/sync", script=script, args=list(arguments))

    def devtools(self, method, **parameters):
        return self.command("goog/cdp/execute", cmd=method, params=parameters)

    def element(self, selector):
        return self.command("element", using="css selector", value=selector)[ELEMENT]

    def click(self, selector):
        self.command(f"element/{self.element(selector)}/click")

    def press(self, keys):
        actions = [{"type": kind, "value": key} for key in keys for kind in ("keyDown", "keyUp")]
        self.command("actions", actions=[{"type": "key", "id": "keyboard", "actions": actions}])

    def console(self):
        """What the page has complained of since it was last asked."""
        return [entry["message"] for entry in self.command("se/log", type="browser")]
