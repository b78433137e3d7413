#!/usr/bin/env python3
"""Opens the documentation site in headless Chromium: searches, follows links, reads the console.

    scripts/site.sh && python3 -m venv /tmp/site && /tmp/site/bin/pip install selenium
    /tmp/site/bin/python scripts/test_site.py --shots /tmp/shots

The site is served as it is on its host, below /oi-lint/. Needs chromium and chromedriver (Debian: chromium, chromium-driver).
"""

import argparse
import functools
import http.server
import pathlib
import sys
import tempfile
import threading

from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

ROOT = pathlib.Path(__file__).resolve().parent.parent
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WAIT = 20

failed = 0


def check(what, holds, said=""):
    global failed
    print(f"{'ok    ' if holds else 'FAILED'}  {what}" + ("" if holds else f": {said}"))
    failed += not holds


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


class Site:
    """The site in a browser."""

    def __init__(self, browser, address):
        self.browser, self.address = browser, address

    def open(self, page):
        self.browser.get(self.address + page)

    def path(self):
        return self.browser.current_url.removeprefix(self.address).split("?")[0]

    def wait(self, for_what):
        return WebDriverWait(self.browser, WAIT).until(for_what)

    def heading(self):
        return self.wait(lambda browser: browser.find_element(By.CSS_SELECTOR, "main h1")).text

    def search(self, words):
        """The hits for some words, typed as a reader does."""
        self.open("index.html")
        self.browser.find_element(By.TAG_NAME, "body").send_keys("s")
        bar = self.wait(lambda browser: browser.find_element(By.ID, "mdbook-searchbar"))
        self.wait(lambda _: bar.is_displayed())
        bar.send_keys(words)
        return self.wait(lambda browser: browser.find_elements(By.CSS_SELECTOR, "#mdbook-searchresults a"))

    def links(self):
        return [link.get_attribute("href") for link in self.browser.find_elements(By.CSS_SELECTOR, "main a[href]")]

    def console(self):
        """What the console has to say since it was asked last; information aside."""
        return [entry["message"] for entry in self.browser.get_log("browser") if entry["level"] != "INFO"]


def looks_up(site):
    hits = site.search("unverified-download")
    first = hits[0].get_attribute("href").split("?")[0]
    check("unverified-download is found first", first == site.address + "rules/unverified-download.html", first)
    hits[0].click()
    check("its page has the rule's name as heading", site.heading() == "unverified-download", site.heading())
    guideline = "https://github.com/docker-library/official-images#image-build"
    check("it links to the guideline", guideline in site.links(), site.links())
    findings = site.browser.find_elements(By.CSS_SELECTOR, ".finding.is-error")
    check("it shows what is found in its examples", findings != [])
    site.browser.find_element(By.CSS_SELECTOR, ".facts a[href*='categories/']").click()
    check("its category is a page", site.heading() == "Security: image build", site.heading())
    check("which links back", site.address + "rules/unverified-download.html" in site.links(), site.links())

    for name, page in ("DL3015", "apt-get-with-recommends"), ("SC2086", "shell/SC2086"), ("JSONArgsRecommended", "json-args-recommended"):
        hits = [hit.get_attribute("href").split("?")[0] for hit in site.search(name)]
        check(f"{name} is found on the page of its rule", site.address + f"rules/{page}.html" in hits[:3], hits)


def opens(site):
    site.open("")
    check("the front page has its heading", site.heading() == "oi-lint", site.heading())
    sidebar = site.browser.find_elements(By.CSS_SELECTOR, "#mdbook-sidebar a")
    check("the sidebar lists the pages", len(sidebar) > 400, len(sidebar))
    shown = [link for link in sidebar if link.is_displayed()]
    check("and hides the rules until they are asked for", 10 < len(shown) < 40, len(shown))
    site.open("rules/shell/SC2086.html")
    current = site.browser.find_elements(By.CSS_SELECTOR, "#mdbook-sidebar a.active")
    check("the sidebar shows where a page is", [link.text for link in current] == ["shell/SC2086"], [link.text for link in current])


def fits(site):
    """No page is wider than a telephone."""
    for page in "index.html", "rules/unverified-download.html", "rules/index.html", "configuration.html", "guidelines.html":
        site.open(page)
        width, room = site.browser.execute_script(
            "return [document.documentElement.scrollWidth, window.screen.width]"
        )
        check(f"{page} fits a narrow screen", 0 < width <= room == 400, f"{width} > {room}")


def shoot(site, folder, name, page):
    folder.mkdir(parents=True, exist_ok=True)
    site.open(page)
    site.browser.save_screenshot(str(folder / f"{name}.png"))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--site", default=ROOT / "target/site/oi-lint", type=pathlib.Path)
    parser.add_argument("--chromium", default="/usr/bin/chromium")
    parser.add_argument("--chromedriver", default="/usr/bin/chromedriver")
    parser.add_argument("--shots", type=pathlib.Path, help="a folder for pictures of some pages")
    args = parser.parse_args()
    if not (args.site / "index.html").is_file():
        sys.exit(f"there is no site in {args.site}: scripts/site.sh")

    handler = functools.partial(Quiet, directory=args.site.parent)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}/{args.site.name}/"

    with tempfile.TemporaryDirectory() as profile:
        options = webdriver.ChromeOptions()
        options.binary_location = args.chromium
        for flag in [*FLAGS, f"--user-data-dir={profile}", "--window-size=1300,1000"]:
            options.add_argument(flag)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        browser = webdriver.Chrome(options=options, service=webdriver.ChromeService(args.chromedriver))
        try:
            site = Site(browser, address)
            looks_up(site)
            opens(site)
            if args.shots:
                shoot(site, args.shots, "front", "index.html")
                shoot(site, args.shots, "rule", "rules/unverified-download.html")
                shoot(site, args.shots, "rules", "rules/index.html")
                shoot(site, args.shots, "examples", "rules/recommended-packages.html#bad")
                shoot(site, args.shots, "walkthrough", "submitting-an-official-image.html#the-manifest")
                browser.execute_script("localStorage.setItem('mdbook-theme', 'navy')")
                shoot(site, args.shots, "dark", "rules/lone-apt-update.html#bad")
                browser.execute_script("localStorage.removeItem('mdbook-theme')")
            browser.execute_cdp_cmd(
                "Emulation.setDeviceMetricsOverride", {"width": 400, "height": 800, "deviceScaleFactor": 2, "mobile": True}
            )
            fits(site)
            if args.shots:
                shoot(site, args.shots, "narrow", "rules/unverified-download.html")
                shoot(site, args.shots, "narrow-front", "index.html")
                shoot(site, args.shots, "narrow-rules", "rules/index.html")
            said = site.console()
            check("the console is silent", said == [], said)
        finally:
            browser.quit()
    print(f"{failed} failed" if failed else "all hold")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
