"""The HTML report in a real browser: what it shows, what its filters and keys do, and that a hostile server's bytes do
nothing."""

import base64
import contextlib
import itertools
import json
import os
import pathlib
import re
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "end_to_end"))
import support
import webdriver
from support import Server, digest, lines

ESCAPE, ENTER, TAB = "\ue00c", "\ue007", "\ue004"
HOSTILE = (b"<script>document.title='taken'</script><img src=x onerror=\"document.title='taken'\"><a href='javascript:x'>"
           b"</pre></code></style></details><svg onload=document.title='taken'> ]]> `` | \x1b[31m\x00\xff\xe2\x80\xae")
VISIBLE_CASES = "return [...document.querySelectorAll('[data-id]')].filter(e => !e.hidden).map(e => e.dataset.id)"
# The contrast of each element's text with what lies behind it, by WCAG's formula.
CONTRASTS = """
  const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
  const luminance = colour => {
    canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    const part = v => (v /= 255) <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4;
    return {a, l: .2126 * part(r) + .7152 * part(g) + .0722 * part(b)};
  };
  const found = {};
  for (const e of document.querySelectorAll('h1 span, .lead, .facts, td p, .chip, .faint, .soft, .toggle span, mark, .wire time, .why, a')) {
    if (!e.offsetParent || !e.textContent.trim()) continue;
    let behind = e;
    while (behind.parentElement && luminance(getComputedStyle(behind).backgroundColor).a < 255) behind = behind.parentElement;
    const [x, y] = [luminance(getComputedStyle(e).color).l, luminance(getComputedStyle(behind).backgroundColor).l];
    const ratio = (Math.max(x, y) + .05) / (Math.min(x, y) + .05);
    const name = e.tagName + '.' + e.className;
    found[name] = Math.min(found[name] ?? 99, ratio);
  }
  return found;
"""


def hostile(message):
    """Wrong for some, hostile for others."""
    if message.startswith(b"H"):
        return digest(b"something else") + b"\n"
    if message.startswith(b"T"):
        return HOSTILE + digest(message) + b"\n"
    return digest(message) + b"\n"


def wrong(message):
    """Fails what comes first, so that nearly everything else is blocked."""
    return digest(message + b"!") + b"\n"


def wild():
    """Every other answer is something else that could widen a page, or end in the middle of a character."""
    turns = itertools.cycle([b"A" * 100_000, b"\xff\xfe\xc0\x80\xed\xa0\x80" * 60, "\u202egnp.exe\ufeff".encode() * 40, b"\0\1\x1b" * 200,
                             b"<td>" * 300, b"'; $(id) " + b"-" * 2000, b"\xe2\x80" * 50, b"0123456789abcdef" * 60])
    counted = itertools.count()

    def answer(message):
        return (next(turns) if next(counted) % 2 else digest(message)) + b"\n"
    return answer


class Report(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.path = lambda name: os.path.join(folder.name, name)
        bad, good = cls.path("bad.html"), cls.path("good.html")
        with Server(lines(hostile)) as server:
            ran = support.md5spec("run", "--target", server.target, "--profile", "line", "--only", "defaults.*", "--only",
                                  "REP-2", "--only", "RES-10", "--report", bad, "--report", cls.path("bad.json"))
        assert ran.status == 1, ran
        ran = support.md5spec("run", "--profile", "line", "--profile", "classic", "--only", "defaults.*", "--only", "DIG-3",
                              "--report", good, "--report", cls.path("good.json"))
        assert ran.status == 0, ran
        cls.bad, cls.good = pathlib.Path(bad).as_uri(), pathlib.Path(good).as_uri()
        cls.wrong = cls.report_on(wrong, "--only", "defaults.hello_server", "--only", "utf8*")
        cls.wild = cls.report_on(wild(), "--only", "texts.*", "--only", "sequences.*", "--only", "replies.*", "--timeout-scale", "0.2",
                                 "--jobs", "1")
        with open(cls.path("bad.json"), encoding="utf-8") as file:
            cls.report = json.load(file)
        stack = contextlib.ExitStack()
        cls.browser = stack.enter_context(webdriver.Browser())
        cls.addClassCleanup(stack.close)

    @classmethod
    def report_on(cls, answer, *arguments):
        """Where the HTML report is of a run against a server that isn't right."""
        path = cls.path(answer.__name__ + ".html")
        with Server(lines(answer)) as server:
            ran = support.md5spec("run", "--target", server.target, "--profile", "line", *arguments, "--report", path)
        assert ran.status == 1, ran
        return pathlib.Path(path).as_uri()

    def open(self, url):
        # A page that differs by its fragment only wouldn't be loaded again.
        self.browser.go("about:blank")
        self.browser.go(url)
        self.addCleanup(self.no_complaints)

    def no_complaints(self):
        self.assertEqual(self.browser.console(), [])

    def js(self, script, *arguments):
        return self.browser.js(script, *arguments)

    def shown(self):
        return self.js(VISIBLE_CASES)

    def expected(self, **wanted):
        [run] = self.report["runs"]
        return sorted(case["id"] for case in run["cases"] if all(case[key] == value for key, value in wanted.items()))

    def test_a_hostile_servers_bytes_do_nothing(self):
        self.open(self.bad)
        self.assertEqual(self.js("return document.title"), "line · Not conformant: md5spec")
        self.assertEqual(self.js("return document.querySelectorAll('script').length"), 1)
        self.assertEqual(self.js("return document.querySelectorAll('img, [onload], [onerror], a[href^=javascript]').length"), 0)
        self.assertIn("<script>", self.js("return document.querySelector('#cases').textContent"))
        self.assertEqual(self.js("return performance.getEntriesByType('resource').length"), 0)
        # Even what were written into the page wouldn't run.
        self.js("const s = document.createElement('div'); s.innerHTML = '<img src=x onerror=\"document.title=1\">';"
                "document.body.append(s); const t = document.createElement('script'); t.textContent = 'document.title = 2';"
                "document.body.append(t);")
        self.assertEqual(self.js("return document.title"), "line · Not conformant: md5spec")
        self.assertTrue(all("Content Security Policy" in line for line in self.browser.console()))

    def test_every_link_leads_somewhere(self):
        for url in (self.bad, self.good):
            self.open(url)
            broken = self.js("return [...document.querySelectorAll('a[href]')].map(a => a.getAttribute('href'))"
                             ".filter(h => !h.startsWith('#') || !document.getElementById(decodeURIComponent(h.slice(1))))")
            self.assertEqual(broken, [])
            twice = self.js("const seen = {}; for (const e of document.querySelectorAll('[id]')) seen[e.id] = (seen[e.id] ?? 0) + 1;"
                            "return Object.keys(seen).filter(id => seen[id] > 1)")
            self.assertEqual(twice, [])

    def test_all_cases_are_there(self):
        self.open(self.bad)
        self.assertEqual(sorted(self.shown()), self.expected())

    def test_filters_by_outcome(self):
        self.open(self.bad)
        self.browser.click(".toggle.fail")
        self.assertEqual(sorted(self.shown()), self.expected(outcome="fail"))
        self.browser.click(".toggle.pass")
        self.assertEqual(sorted(self.shown()), sorted(self.expected(outcome="fail") + self.expected(outcome="pass")))
        self.browser.click(".filters button[type=reset]")
        self.js("return new Promise(done => setTimeout(done, 50))")
        self.assertEqual(sorted(self.shown()), self.expected())

    def test_filters_by_text(self):
        self.open(self.bad)
        self.browser.press("/")
        self.browser.press("hello_server")
        self.assertEqual(self.shown(), ["defaults.hello_server"])
        self.assertIn("1 of ", self.js("return document.querySelector('.shown').textContent"))
        self.browser.press(" nowhere")
        self.assertEqual(self.shown(), [])
        self.assertTrue(self.js("return document.querySelector('.empty').offsetParent !== null"))
        self.browser.press(ESCAPE)
        self.assertEqual(sorted(self.shown()), self.expected())

    def test_filters_by_requirement_from_its_row(self):
        self.open(self.bad)
        self.browser.click("#REP-2 a.chip")
        self.assertEqual(sorted(self.shown()), sorted(case["id"] for case in self.report["runs"][0]["cases"]
                                                      if "REP-2" in case["requirements"]))
        self.assertIn("requirement=REP-2", self.js("return location.hash"))

    def test_filters_by_profile(self):
        self.open(self.good)
        count = len(self.shown())
        self.js("const select = document.querySelector('select[name=profile]'); select.value = 'classic';"
                "select.dispatchEvent(new Event('input', {bubbles: true}))")
        self.assertEqual(2 * len(self.shown()), count)
        self.assertEqual(self.js("return [...document.querySelectorAll('.run')].filter(e => !e.hidden)"
                                 ".map(e => e.dataset.profile)"), ["classic"])

    def test_a_link_keeps_the_filters(self):
        self.open(self.bad + "#outcome=fail&text=hello")
        self.assertEqual(self.shown(), ["defaults.hello_server"])

    def test_a_link_to_a_case_unfolds_it(self):
        case = self.expected(outcome="fail")[-1]
        self.open(f"{self.bad}#line/{case}")
        self.assertTrue(self.js("return document.getElementById(arguments[0]).firstElementChild.open", "line/" + case))

    def test_goes_through_the_failures_by_keyboard(self):
        self.open(self.bad)
        self.browser.press("j")
        focused = "return document.activeElement.closest('article')?.dataset.id"
        first = self.js(focused)
        self.browser.press("j")
        second = self.js(focused)
        self.assertNotEqual(first, second)
        self.browser.press("k")
        self.assertEqual(self.js(focused), first)
        was_open = self.js("return document.activeElement.parentElement.open")
        self.browser.press(ENTER)
        self.assertNotEqual(self.js("return document.activeElement.parentElement.open"), was_open)
        self.browser.press("x")
        self.assertTrue(self.js("return [...document.querySelectorAll('article.case > details')].every(d => d.open)"))

    def test_tab_reaches_what_can_be_used(self):
        self.open(self.bad)
        reached = []
        for _ in range(40):
            self.browser.press(TAB)
            reached.append(self.js("const e = document.activeElement; return e.className || e.name || e.tagName"))
        self.assertEqual(reached[0], "skip-link")
        for name in ("text", "outcome", "requirement"):
            self.assertIn(name, reached)

    def test_a_failure_shows_everything(self):
        self.open(self.bad)
        text = self.js("return document.getElementById('line/defaults.hello_server').innerText")
        for part in ("DIG-1", "a6c043d6d080c3679e9781f6d176c537", digest(b"something else").decode(), "Why it matters",
                     "48 65 6c 6c 6f", "Hello, server!", "client half-closes", "printf 'Hello, server!"):
            self.assertIn(part, text)
        marked = self.js("return [...document.getElementById('line/defaults.hello_server').querySelectorAll('mark')]"
                         ".map(e => e.textContent)")
        self.assertEqual(len(marked), 2)

    def test_is_readable_without_javascript(self):
        self.browser.devtools("Emulation.setScriptExecutionDisabled", value=True)
        try:
            self.open(self.bad)
            self.assertTrue(self.js("return document.querySelector('form.filters').hidden"))
            self.assertTrue(self.js("return document.querySelector('article.case .wire').offsetParent !== null"))
            self.browser.click(".groups summary")
            self.assertTrue(self.js("return document.querySelector('.groups details').open"))
            self.assertIn("Not conformant", self.js("return document.body.innerText"))
        finally:
            self.browser.devtools("Emulation.setScriptExecutionDisabled", value=False)

    def test_fits_a_phone_whatever_is_unfolded(self):
        for width in (360, 390):
            self.browser.devtools("Emulation.setDeviceMetricsOverride", width=width, height=740, deviceScaleFactor=2, mobile=True)
            try:
                for url in (self.bad, self.good, self.wild):
                    self.open(url)
                    self.assertLessEqual(self.js("return document.documentElement.scrollWidth"), width)
                    self.js("for (const details of document.querySelectorAll('details')) details.open = true")
                    wider = self.js("return [...document.querySelectorAll('main *')].filter(e => !e.closest('.wire, .compare, .scroll, "
                                    ".visually-hidden, pre, svg') && e.getBoundingClientRect().right > arguments[0] + 1)"
                                    ".map(e => e.tagName + '.' + e.className)", width)
                    self.assertEqual(wider[:5], [])
                    self.assertLessEqual(self.js("return document.documentElement.scrollWidth"), width)
                    self.assertEqual(self.js("return innerWidth"), width)
            finally:
                self.browser.devtools("Emulation.clearDeviceMetricsOverride")

    def test_what_is_noted_of_a_hostile_server_is_in_the_report_for_phones(self):
        self.open(self.wild)
        titles = self.js("return [...document.querySelectorAll('.body h4')].map(e => e.textContent)")
        for title in ("Also seen", "On the wire", "See it again"):
            self.assertIn(title, titles)
        self.assertGreater(self.js("return Math.max(...[...document.querySelectorAll('ul.plain li')].map(e => e.textContent.length))"), 60)

    def test_can_be_read_in_the_light_and_in_the_dark(self):
        backgrounds = []
        for scheme in ("light", "dark"):
            self.browser.devtools("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
            self.open(self.bad)
            backgrounds.append(self.js("return getComputedStyle(document.body).backgroundColor"))
            contrasts = self.js(CONTRASTS)
            self.assertGreater(len(contrasts), 8)
            self.assertEqual({name: ratio for name, ratio in contrasts.items() if ratio < 4.5}, {}, scheme)
        self.browser.devtools("Emulation.setEmulatedMedia", features=[])
        self.assertNotEqual(*backgrounds)

    def printed_pages(self):
        paper = base64.b64decode(self.browser.devtools("Page.printToPDF")["data"])
        return len(re.findall(rb"/Type\s*/Page\b", paper))

    def on_paper(self, script):
        self.browser.devtools("Emulation.setEmulatedMedia", media="print")
        try:
            self.js("dispatchEvent(new Event('beforeprint'))")
            return self.js(script)
        finally:
            self.js("dispatchEvent(new Event('afterprint'))")
            self.browser.devtools("Emulation.setEmulatedMedia", media="")

    def test_on_paper_there_are_no_controls(self):
        self.open(self.bad)
        self.assertEqual(self.on_paper("return getComputedStyle(document.querySelector('.filters')).display"), "none")

    def test_on_paper_failures_are_whole(self):
        self.open(self.bad)
        self.js("for (const details of document.querySelectorAll('article.case > details')) details.open = false")
        folded = "return [...document.querySelectorAll('article.case:not(.skip):not(.pass) > details')].filter(d => !d.open).length"
        before = self.js(folded)
        self.assertGreater(before, 0)
        self.assertEqual(self.on_paper(folded), 0)
        self.assertEqual(self.js(folded), before)

    def test_on_paper_what_one_failure_blocks_takes_no_room(self):
        self.open(self.wrong)
        blocked = "article.case.skip"
        self.assertGreater(self.js(f"return document.querySelectorAll('{blocked}').length"), 100)
        shown = f"return [...document.querySelectorAll('{blocked}')].filter(e => e.offsetParent).map(e => e.dataset.id)"
        self.assertEqual(self.on_paper(shown), [])
        self.assertIn("Blocked", self.on_paper("return document.querySelector('.on-paper').innerText"))
        self.assertEqual(self.js("return getComputedStyle(document.querySelector('.on-paper')).display"), "none")
        self.assertLess(self.printed_pages(), 12)
        # Unless somebody wants to have it.
        wanted = self.js(f"const one = document.querySelector('{blocked}'); one.firstElementChild.open = true; return one.dataset.id")
        self.assertEqual(self.on_paper(shown), [wanted])


if __name__ == "__main__":
    support.main()
