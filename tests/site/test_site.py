"""The built documentation in a browser: every link leads somewhere, and nothing fails.

``SK_HPT_SITE=docs/_build pytest tests/site`` after ``sphinx-build``; needs Debian's
``chromium`` and ``chromium-driver``. Without the variable there is nothing to look at.
"""

import functools
import http.server
import os
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urldefrag

import pytest

if "SK_HPT_SITE" not in os.environ:
    pytest.skip("SK_HPT_SITE names no built documentation", allow_module_level=True)

from selenium import webdriver
from sphinx_gallery import glr_path_static
from sphinx_gallery.gen_gallery import DEFAULT_GALLERY_CONF
from sphinx_gallery.utils import scale_image

SITE = Path(os.environ["SK_HPT_SITE"])
FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
LINKS = """return [...document.querySelectorAll('[href], [src]')].map(each => each.href || each.src)
    .map(each => each.baseVal ?? each)"""
IDS = "return [...document.querySelectorAll('[id], a[name]')].map(each => each.id || each.name)"
BROKEN_IMAGES = """return [...document.images]
    .filter(each => each.loading != 'lazy' && !each.naturalWidth).map(each => each.src)"""
PHONE = {"width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": False}
EXCESS_WIDTH = """return document.documentElement.scrollWidth -
    document.documentElement.clientWidth"""


@dataclass
class Page:
    """What a browser finds on a page."""

    links: list[str]
    ids: list[str]
    complaints: list[str]


@contextmanager
def served(folder):
    """The address of a folder on this machine."""

    class Handler(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *args):
            pass

    with http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Handler, directory=folder)
    ) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    options = webdriver.ChromeOptions()
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(flag)
    options.binary_location = "/usr/bin/chromium"
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    service = webdriver.ChromeService("/usr/bin/chromedriver")
    browser = webdriver.Chrome(options, service)
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", PHONE)
    yield browser
    browser.quit()


def visit(browser, folder):
    """All pages of a site, by their path in it."""
    pages = {}
    with served(folder) as address:
        for path in sorted(folder.rglob("*.html")):
            name = path.relative_to(folder).as_posix()
            if name.startswith(("_static/", "_downloads/")):
                continue
            browser.get(address + name)
            log = browser.get_log("browser")
            complaints = [entry["message"] for entry in log if entry["level"] == "SEVERE"]
            complaints += [f"no image {src}" for src in browser.execute_script(BROKEN_IMAGES)]
            if excess := browser.execute_script(EXCESS_WIDTH):
                complaints.append(f"{excess} pixels wider than a phone")
            links = [
                unquote(link.removeprefix(address))
                for link in browser.execute_script(LINKS)
                if link.startswith(address)
            ]
            pages[name] = Page(links, browser.execute_script(IDS), complaints)
    return pages


def dead_links(pages, folder):
    """What each page links to and is not there."""
    dead = []
    for name, page in pages.items():
        for link in page.links:
            target, anchor = urldefrag(link)
            target = f"{target}index.html" if target.endswith("/") or not target else target
            target = target.split("?")[0]
            no_page = not (folder / target).is_file()
            no_anchor = anchor and target in pages and anchor not in pages[target].ids
            if no_page or no_anchor:
                dead.append(f"{name}: {link}")
    return dead


@pytest.fixture(scope="module")
def pages(browser):
    return visit(browser, SITE)


def test_all_pages_are_there(pages):
    assert {"index.html", "getting_started.html", "api.html", "auto_examples/index.html"} <= set(
        pages
    )


def test_every_link_leads_somewhere(pages):
    assert sum(len(page.links) for page in pages.values()) > 1000
    assert dead_links(pages, SITE) == []


def test_no_page_complains(pages):
    assert {name: page.complaints for name, page in pages.items() if page.complaints} == {}


def test_every_page_can_be_reached(pages):
    reached, ahead = set(), {"index.html"}
    while ahead:
        page = ahead.pop()
        reached.add(page)
        ahead |= {urldefrag(link).url for link in pages[page].links} & (pages.keys() - reached)
    assert pages.keys() - reached == set()


def test_every_example_has_a_picture_of_its_own(tmp_path):
    placeholder = tmp_path / "placeholder.png"
    no_image = Path(glr_path_static()) / "no_image.png"
    scale_image(no_image, placeholder, *DEFAULT_GALLERY_CONF["thumbnail_size"])
    thumbnails = [*(SITE / "_images").glob("sphx_glr_*_thumb.png")]
    assert len(thumbnails) > 5
    pictures = {path.read_bytes() for path in (*thumbnails, placeholder)}
    assert len(pictures) == len(thumbnails) + 1


def test_what_is_broken_is_found(browser, tmp_path):
    (tmp_path / "index.html").write_text(
        "<title>x</title><link rel=icon href=data:,><h1 id=there>x</h1>"
        "<a href='#there'>1</a><a href='#gone'>2</a><a href='gone.html'>3</a>"
        "<div style='width: 500px'>x</div><img src='gone.png'>"
        "<script>console.error('mistake')</script>"
    )
    pages = visit(browser, tmp_path)
    assert dead_links(pages, tmp_path) == [
        f"index.html: {link}" for link in ("index.html#gone", "gone.html", "gone.png")
    ]
    said = " ".join(pages["index.html"].complaints)
    assert "mistake" in said and "404" in said and "no image" in said and "wider" in said
