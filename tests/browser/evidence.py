#!/usr/bin/env python3
"""The viewer of evidence files in a real browser: headless Chromium, driven through its WebDriver.

    python3 evidence.py FOLDER

FOLDER is written by the Rust test that runs this: `viewer.html`, the files, and `cases.json`, which says of each
file what `onus check` finds in it. Every check, every entry and every opened text must be found the same here, by
other code in another language. Needs the package `selenium`, Chromium and its driver.

Exit: 0, all is well; 1, something is not, told on stderr. The closing line on stdout counts both.
"""
import json, os, pathlib, sys, tempfile, time
from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

FLAGS = ("--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
         "--disable-component-update --disable-sync --window-size=1200,1500 --force-color-profile=srgb")
VERDICT_MS_MAX = 500
WORDS = {"holds": "holds", "fails": "does not hold", "open": "not checked"}
WITHOUT_ED25519 = """
const importKey = SubtleCrypto.prototype.importKey;
SubtleCrypto.prototype.importKey = function (format, key, algorithm, ...rest) {
  if ((algorithm.name ?? algorithm) === "Ed25519") return Promise.reject(new DOMException("", "NotSupportedError"));
  return importKey.call(this, format, key, algorithm, ...rest);
};
"""
WITHOUT_CRYPTOGRAPHY = "Object.defineProperty(Crypto.prototype, 'subtle', { value: undefined });"


class Browser:
    """One window, as a reader has it."""

    def __init__(self, folder):
        options = Options()
        options.binary_location = os.environ.get("ONUS_CHROMIUM", "/usr/bin/chromium")
        self.profile = tempfile.TemporaryDirectory()
        for flag in [*FLAGS.split(), f"--user-data-dir={self.profile.name}"]:
            options.add_argument(flag)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        self.driver = webdriver.Chrome(options=options, service=Service(os.environ.get("ONUS_CHROMEDRIVER", "/usr/bin/chromedriver")))
        self.folder = folder

    def go(self, name):
        self.driver.get((self.folder / name).as_uri())
        self.wait(lambda: "viewer" in self.dataset())

    def wait(self, holds):
        WebDriverWait(self.driver, 20, poll_frequency=0.02).until(lambda _: holds())

    def dataset(self):
        return self.driver.execute_script("return { ...document.documentElement.dataset }")

    def find(self, selector):
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def one(self, selector):
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def choose(self, name, keys=()):
        """Opens a file in the viewer that stands alone, the keys typed in first."""
        self.go("viewer.html")
        self.driver.execute_script("document.getElementById('keys').value = arguments[0]", "\n".join(keys))
        self.one("#file").send_keys(str(self.folder / name))
        self.wait(lambda: self.one("#verdict").get_attribute("data-verdict") != "none")

    def give(self, keys):
        runs = self.dataset().get("runs", "0")
        self.one("#keys").clear()
        self.one("#keys").send_keys("\n".join(keys))
        self.one("#keys-form button").click()
        self.wait(lambda: self.dataset().get("runs", "0") != runs)

    def found(self):
        """What is found, in the form of cases.json."""
        return self.driver.execute_script("""
            const rows = (selector, key) => Object.fromEntries(Array.from(document.querySelectorAll(selector),
                (node) => [node.id.replace(key, ""), node.dataset.state]));
            const texts = (node) => Array.from(node.querySelectorAll(".opened"), (q) => q.textContent);
            return {
              state: document.getElementById("verdict").dataset.verdict,
              checks: rows("#checks tr", "check-"),
              entries: Array.from(document.querySelectorAll("#entries > li"),
                (li) => ({ seq: Number(li.id.replace("entry-", "")), state: li.dataset.state, opened: texts(li),
                         signature: JSON.parse(li.dataset.signature ?? "null") })),
            };
        """)

    def picture(self, name):
        if folder := os.environ.get("ONUS_SCREENSHOTS"):
            height = self.driver.execute_script("return document.documentElement.scrollHeight")
            self.driver.set_window_size(1200, min(height + 200, 4000))
            self.driver.save_screenshot(str(pathlib.Path(folder) / f"{name}.png"))
            self.driver.set_window_size(1200, 1500)

    def complaints(self):
        return [line["message"] for line in self.driver.get_log("browser")]


def same_as_onus_check(browser, cases):
    """Every file: the same verdict here and in Rust."""
    for case in cases["files"]:
        browser.choose(case["file"], cases["keys"])
        found = browser.found()
        page = found["checks"].pop("page", None)
        expected = case["verdict"]
        assert page == "holds", f"{case['name']}: {page}"
        assert found == expected, f"{case['name']}:\n{json.dumps(found)}\n{json.dumps(expected)}"
        same = "same as this one" in browser.one("#check-page").text
        assert same == case["own_viewer"], case["name"]
        if case["name"] in ("good", "a bit of an entry is flipped", "withheld", "answered"):
            browser.picture(case["name"].replace(" ", "-"))


def refused_whole(browser, cases):
    for name in cases["refused"]:
        browser.choose(name, cases["keys"])
        assert browser.one("#verdict").get_attribute("data-verdict") == "fails", name
        assert not browser.one("#result").is_displayed(), name


def the_page_of_the_exporter_never_vouches_for_itself(browser, cases):
    browser.go("good.html")
    browser.wait(lambda: browser.dataset().get("runs") == "1")
    assert "written by the exporter" in browser.one("#verdict").text
    assert {state for state in browser.found()["checks"].values()} == {"open"}
    browser.give(cases["keys"])
    found = browser.found()
    assert found["state"] == "open" and "written by the exporter" in browser.one("#verdict").text
    assert found["checks"]["checkpoint"] == "holds" and found["checks"]["page"] == "open"
    browser.picture("embedded")


def nothing_is_asked_of_a_network(browser, cases):
    browser.go("good.html")
    browser.wait(lambda: browser.dataset().get("runs") == "1")
    asked = browser.driver.execute_script("return performance.getEntriesByType('resource').map((one) => one.name)")
    assert asked == [], asked
    blocked = browser.driver.execute_async_script("""
        const done = arguments[0];
        document.addEventListener("securitypolicyviolation", (event) => done(event.effectiveDirective), { once: true });
        const image = new Image();
        image.src = "http://127.0.0.1:9/x.png";
    """)
    assert blocked == "img-src", blocked
    browser.complaints()


def without_a_key_nothing_is_green(browser, cases):
    browser.choose("good.html")
    found = browser.found()
    assert found["state"] == "open"
    states = {name: state for name, state in found["checks"].items() if name != "page"}
    assert set(states.values()) == {"open"} and {one["state"] for one in found["entries"]} == {"open"}, states
    browser.give(["other.example/log" + cases["keys"][0][cases["keys"][0].index("+"):]])
    assert browser.found()["state"] == "fails" and browser.found()["checks"]["keys"] == "fails"
    browser.give([cases["other_key"]])
    found = browser.found()
    assert found["state"] == "open" and found["checks"]["keys"] == "open", found["checks"]
    browser.give(cases["keys"])
    assert browser.found()["state"] == "holds"


def a_browser_that_cannot_says_so(browser, cases):
    for script, all_open in ((WITHOUT_ED25519, False), (WITHOUT_CRYPTOGRAPHY, True)):
        added = browser.driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": script})
        try:
            browser.choose("good.html", cases["keys"])
            found = browser.found()
            assert found["state"] == "open", found["state"]
            assert found["checks"]["browser"] == "open"
            green = [name for name, state in found["checks"].items() if state == "holds" and name != "page"]
            assert green == [] and all(one["state"] == "open" for one in found["entries"]), green
            assert all_open or len(found["entries"]) > 0
            browser.picture("no-cryptography" if all_open else "no-ed25519")
            if not all_open:
                browser.choose("a-bit-of-an-entry-is-flipped.html", cases["keys"])
                assert browser.found()["state"] == "fails", "what can be checked is checked"
        finally:
            browser.driver.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", added)


def what_stands_in_a_file_is_text(browser, cases):
    browser.choose("hostile.html", cases["keys"])
    assert browser.found()["state"] == "holds", browser.found()
    texts = [text for one in browser.found()["entries"] for text in one["opened"]]
    assert cases["hostile_text"] in texts, texts
    assert browser.find("#entries img, #entries script, #entries b, #manifest b") == []
    assert browser.driver.execute_script("return window.owned === undefined")


def keyboard_alone_is_enough(browser, cases):
    browser.choose("good.html")
    browser.driver.execute_script("document.activeElement.blur(); window.scrollTo(0, 0)")
    reached = []
    for _ in range(8):
        ActionChains(browser.driver).send_keys(Keys.TAB).perform()
        active = browser.driver.switch_to.active_element
        reached.append(active.get_attribute("id") or active.text or active.tag_name)
        if reached[-1] == "keys":
            active.send_keys("\n".join(cases["keys"]))
        if reached[-1] == "Check with this key":
            runs = browser.dataset()["runs"]
            active.send_keys(Keys.ENTER)
            browser.wait(lambda: browser.dataset()["runs"] != runs)
            assert browser.found()["state"] == "holds"
            outline = browser.driver.execute_script("return getComputedStyle(document.activeElement).outlineStyle")
            assert outline == "solid", outline
        if active.tag_name == "summary":
            active.send_keys(Keys.ENTER)
            assert browser.driver.execute_script("return document.activeElement.parentElement.open")
            break
    assert reached[:4] == ["Skip to the verdict", "file", "keys", "Check with this key"], reached
    assert "The same in words" in reached, reached


def a_screen_reader_is_told_everything(browser, cases):
    browser.choose("good.html", cases["keys"])
    nodes = browser.driver.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]
    seen = [node for node in nodes if not node.get("ignored")]
    role = lambda node: node.get("role", {}).get("value")
    name = lambda node: node.get("name", {}).get("value", "").strip()
    named = lambda wanted: [name(node) for node in seen if role(node) == wanted]
    for wanted in ("button", "textbox", "image", "region", "heading", "status"):
        if wanted != "status":
            assert named(wanted) and all(named(wanted)), f"{wanted}: {named(wanted)}"
    assert any("Paste the ledger's verifier key" in text for text in named("textbox")), named("textbox")
    assert any("Choose the file" in text for text in named("button")), named("button")
    assert "Who held what, as each agency states it" in named("image"), named("image")
    assert {"What", "Finding", "Reason"} <= set(named("columnheader")), named("columnheader")
    assert "The checkpoint that the proofs lead to" in named("rowheader"), named("rowheader")
    assert browser.one("#verdict").get_attribute("role") == "status"
    assert browser.one("#verdict").get_attribute("aria-live") == "polite"
    assert browser.one("html").get_attribute("lang") == "en-GB"
    levels = [int(node.tag_name[1]) for node in browser.find("h1, h2, h3")]
    assert levels[0] == 1 and all(b - a <= 1 for a, b in zip(levels, levels[1:])), levels


def colour_is_never_the_only_sign(browser, cases):
    browser.choose("a-bit-of-an-entry-is-flipped.html", cases["keys"])
    for badge in browser.find(".badge"):
        state = badge.get_attribute("class").split()[1]
        assert badge.text.strip().endswith(WORDS[state]), badge.text
    shapes = browser.driver.execute_script("""
        return ["holds", "fails", "open"].map((state) => {
          const node = document.createElement("span");
          node.className = `badge ${state}`;
          document.body.append(node);
          const style = getComputedStyle(node);
          const contrast = [style.color, style.backgroundColor, style.borderTopStyle];
          node.remove();
          return contrast;
        });
    """)
    assert len({tuple(shape) for shape in shapes}) == 3, shapes


def times_are_londons_with_their_offset(browser, cases):
    browser.choose("good.html", cases["keys"])
    assert "12/06/2024 00:20:00 +01:00" in browser.one("#entries > li").text, browser.one("#entries > li").text


def the_lanes_are_those_of_the_rules(browser, cases):
    for case in cases["lanes"]:
        browser.choose(case["file"], cases["keys"])
        found = browser.driver.execute_script(
            "return Array.from(document.querySelectorAll('#spans tr'), (row) => Array.from(row.cells, (cell) => cell.textContent))")
        assert len(found) > 1 and found == case["spans"], f"{case['file']}:\n{json.dumps(found)}\n{json.dumps(case['spans'])}"
    browser.picture("lanes")


def the_verdict_is_there_in_time(browser, cases):
    times = []
    for _ in range(7):
        browser.choose("forty.html", cases["keys"])
        found = browser.found()
        assert found["state"] == "holds" and len(found["entries"]) == 40, (found["state"], len(found["entries"]))
        times.append(float(browser.dataset()["verdictMs"]))
    browser.picture("forty")
    median = sorted(times)[len(times) // 2]
    print(f"viewer_verdict_ms {median} (40 entries, median of {len(times)}, {min(times)} to {max(times)})")
    assert median <= VERDICT_MS_MAX, times


def it_prints(browser, cases):
    browser.choose("good.html", cases["keys"])
    printed = browser.driver.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True, "paperWidth": 8.27, "paperHeight": 11.69})
    import base64
    pdf = base64.b64decode(printed["data"])
    assert pdf.startswith(b"%PDF") and len(pdf) > 10_000
    if folder := os.environ.get("ONUS_SCREENSHOTS"):
        (pathlib.Path(folder) / "good.pdf").write_bytes(pdf)


def other_pages_share_the_picture(browser, cases):
    browser.driver.get((browser.folder / "document.html").as_uri())
    browser.wait(lambda: browser.find("#picture svg"))
    shown = browser.driver.execute_script("return Array.from(document.querySelectorAll('#picture svg > g > title'), (one) => one.textContent)")
    for wanted in ("response: held by ambulance:las", "response: unclaimed, caller signposted", "response: accounts differ"):
        assert wanted in shown, shown
    assert browser.one("#picture svg > title").get_attribute("textContent") == "Who held what"
    assert browser.find("main img, main b, header b") == [] and browser.driver.execute_script("return window.owned === undefined")
    assert browser.driver.execute_script("return performance.getEntriesByType('resource').length") == 0
    browser.picture("document")


def the_viewer_knows_its_own_name(browser, cases):
    browser.go("viewer.html")
    assert browser.dataset()["viewerSha256"] == cases["viewer_sha256"]
    browser.picture("viewer")


TESTS = [same_as_onus_check, refused_whole, the_page_of_the_exporter_never_vouches_for_itself,
         nothing_is_asked_of_a_network, without_a_key_nothing_is_green, a_browser_that_cannot_says_so,
         what_stands_in_a_file_is_text, keyboard_alone_is_enough, a_screen_reader_is_told_everything,
         colour_is_never_the_only_sign, times_are_londons_with_their_offset, the_lanes_are_those_of_the_rules,
         the_verdict_is_there_in_time, it_prints, other_pages_share_the_picture,
         the_viewer_knows_its_own_name]


def main(folder):
    cases = json.loads((folder / "cases.json").read_text())
    browser, failed = Browser(folder), []
    try:
        for test in TESTS:
            started = time.monotonic()
            try:
                test(browser, cases)
                complaints = browser.complaints()
                assert complaints == [], complaints
            except Exception as problem:  # whatever goes wrong in a browser is a failure of the test
                failed.append(f"{test.__name__}: {type(problem).__name__}: {problem}")
            print(f"  {test.__name__} {time.monotonic() - started:.1f} s", flush=True)
    finally:
        browser.driver.quit()
        browser.profile.cleanup()
    print(*failed, sep="\n", end="\n" * bool(failed), file=sys.stderr)
    print(f"{len(TESTS) - len(failed)} passed, {len(failed)} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(pathlib.Path(sys.argv[1]).resolve()))
