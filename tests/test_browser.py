"""Pages and charts looked at in Chromium, with every outside host blocked: are they drawn, do they answer, do they keep to themselves?"""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import made_report
import pytest

from scimlab.report import pages

ROOT = Path(__file__).parents[1]
CHROMIUM = next((path for name in ("chromium", "chromium-browser", "google-chrome", "chrome") if (path := shutil.which(name))), None)
CALM = "--headless --no-sandbox --disable-gpu --disable-background-networking --disable-component-update --disable-sync --no-first-run"
LAB_STARTS = 60

made = made_report.made
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine; apt install chromium brings one")


@pytest.fixture(scope="module")
def browser():
    """Chromium, for all tests of this file."""
    api = pytest.importorskip("playwright.sync_api")
    with api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=CALM.split())
        yield chromium
        chromium.close()


@pytest.fixture
def tab(browser):
    """A tab far from the tenant's zone; `seen` keeps what it asked of the network and what went wrong."""
    context = browser.new_context(timezone_id="Pacific/Auckland", viewport={"width": 1100, "height": 900}, accept_downloads=True)
    page = context.new_page()
    page.seen = []
    page.on(
        "console",
        lambda message: page.seen.append(f"console {message.type}: {message.text}") if message.type in ("error", "warning") else None,
    )
    page.on("pageerror", lambda error: page.seen.append(f"error: {error}"))
    page.on("request", lambda asked: None if re.match(r"file:|data:|blob:", asked.url) else page.seen.append(f"request: {asked.url}"))
    yield page
    context.close()


def opened(tab, path):
    """The tab with a file open and its charts drawn."""
    tab.goto(path.as_uri())
    tab.wait_for_function("[...document.querySelectorAll('figure')].every((figure) => figure.querySelector('svg.marks'))")
    return tab


MARKS = """[...document.querySelectorAll('figure')].map((figure) =>
  figure.querySelectorAll('svg .mark-symbol path, svg .mark-rect path, svg .mark-line path').length)"""


@pytest.mark.parametrize("name", ["index", *pages.pages()])
def test_a_page_is_drawn_and_keeps_to_itself(made, tab, name):
    """Each figure has marks, nothing went wrong, and no request left the page."""
    marks = opened(tab, made.path / f"{name}.html").evaluate(MARKS)
    assert marks and all(marks)
    assert tab.seen == []


def test_the_policy_stops_what_would_fetch_or_run(made, tab):
    """The policy of the page holds in a browser: no outside address is reached, and no handler in markup runs."""
    opened(tab, made.path / "index.html")
    outside = tab.evaluate("fetch('https://example.org/').then(() => 'reached', () => 'refused')")
    tab.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"window.ran = 1\">')")
    tab.wait_for_timeout(100)
    assert (outside, tab.evaluate("window.ran")) == ("refused", None)


CLOCK = "(iso) => new Date(iso).toLocaleString('en-GB', {timeZone: 'Asia/Kathmandu', hour: '2-digit', minute: '2-digit'})"


def test_times_are_the_tenants_wherever_the_reader_is(made, tab):
    """A reader in Auckland sees the clock of Kathmandu, on the axis as in the table."""
    opened(tab, made.path / "retry_storms.html")
    assert "time (Asia/Kathmandu)" in tab.inner_text("figure")
    first = tab.locator("table[data-name=storms] tbody time").first
    assert first.inner_text().endswith(tab.evaluate(CLOCK, first.get_attribute("datetime")))


FADED = """(figure) => [...figure.querySelectorAll('svg .mark-symbol.role-mark path')]
  .filter((path) => path.getAttribute('opacity') < 0.5).length"""


def test_a_chart_answers_the_pointer_and_the_legend(made, tab):
    """A mark tells who and when; a click in the legend lets the others step back."""
    figure = opened(tab, made.path / "retry_storms.html").locator("figure").first
    figure.scroll_into_view_if_needed()
    figure.locator("svg .mark-symbol.role-mark path").first.hover(force=True)
    assert "who" in tab.locator("#vg-tooltip-element").inner_text()
    before = figure.evaluate(FADED)
    figure.locator(".role-legend-label text").first.click(force=True)
    tab.wait_for_timeout(200)
    assert before == 0 < figure.evaluate(FADED)


COLUMN = """(table, at) => [...table.tBodies[0].rows].map((row) => row.cells[at]).map((cell) =>
  cell.querySelector('time')?.dateTime ?? (cell.querySelector('.unknown') ? null : Number(cell.textContent)))"""


@pytest.mark.parametrize(("heading", "at"), [("Attempts in all", 3), ("Next attempt", 6)])
def test_a_table_sorts_by_what_is_behind_its_cells(made, tab, heading, at):
    """Numbers sort as numbers and times as times, first up, then down; what is not known stays last."""
    table = opened(tab, made.path / "retry_storms.html").locator("table[data-name=storms]")
    for down in (False, True):
        table.get_by_role("button", name=heading).click()
        found = table.evaluate(COLUMN, at)
        known = [value for value in found if value is not None]
        assert len(known) > 3 and known == sorted(known, reverse=down) == found[: len(known)]


def test_a_table_is_filtered_and_downloaded(made, tab):
    """The filter says how many rows it leaves; the download is the file that lies beside the page."""
    opened(tab, made.path / "retry_storms.html")
    section = tab.locator("section.table", has=tab.locator("table[data-name=storms]"))
    section.get_by_role("searchbox").fill("every cycle")
    shown = section.locator("tbody tr:visible").count()
    assert section.locator(".extent").inner_text().startswith(f"{shown} of ")
    with tab.expect_download() as download:
        section.get_by_role("button", name="Download CSV").click()
    assert download.value.suggested_filename == "storms.csv"
    assert Path(download.value.path()).read_text("utf-8-sig") == (made.path / "tables" / "storms.csv").read_text("utf-8")


def test_a_decision_leads_to_its_steps(made, tab):
    """From the index one click opens the runbook at the first person of that decision."""
    link = opened(tab, made.path / "index.html").locator("table.decide a[href^=remediate]").last
    situation = link.get_attribute("href").partition("#")[2]
    link.click()
    card = tab.locator(f"details.card[data-situation={situation}]").first
    card.wait_for()
    # The page opens the card and scrolls to it once it is loaded, which a busy machine does late.
    tab.wait_for_function("(card) => card.open && card.getBoundingClientRect().top < 900", arg=card.element_handle(), timeout=20_000)


def test_every_link_within_a_report_leads_somewhere(made, tab):
    """Each page, file and place on a page that the index names is there."""
    opened(tab, made.path / "index.html")
    for link in tab.evaluate(
        "[...document.querySelectorAll('main a[href]:not(.vega-actions a)')].map((each) => each.getAttribute('href'))"
    ):
        name, _, place = link.partition("#")
        name = name or "index.html"
        assert (made.path / name).is_file()
        assert not place or re.search(f'id="{place}"|data-situation="{place}"', (made.path / name).read_text("utf-8"))


@pytest.mark.parametrize("name", ["index", "retry_storms", "remediate"])
def test_a_page_fits_a_phone(made, tab, name):
    """Nothing pushes the page wider than a phone; tables scroll within themselves."""
    tab.set_viewport_size({"width": 360, "height": 700})
    opened(tab, made.path / f"{name}.html")
    assert tab.evaluate("document.documentElement.scrollWidth") <= 360


CONTRAST = """() => {
  const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
  const rgba = (css) => {
    canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = css; canvas.fillRect(0, 0, 1, 1);
    return canvas.getImageData(0, 0, 1, 1).data;
  };
  const part = (value) => (value /= 255) <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  const light = (css) => { const [r, g, b] = rgba(css); return 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b); };
  const ground = (node) => {
    for (; node; node = node.parentElement) { const css = getComputedStyle(node).backgroundColor; if (rgba(css)[3] === 255) return css; }
    return 'white';
  };
  const says = (node) => node.checkVisibility() && [...node.childNodes].some((each) => each.nodeType === 3 && each.data.trim());
  return Math.min(...[...document.querySelectorAll('body *')].filter(says).map((node) => {
    const style = getComputedStyle(node);
    const [low, high] = [light(node.closest('svg') ? style.fill : style.color), light(ground(node))].sort((one, other) => one - other);
    return (high + 0.05) / (low + 0.05);
  }));
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["index", "retry_storms", "remediate"])
def test_every_word_can_be_read_by_day_and_by_night(made, tab, name, scheme):
    """Contrast is at least 4.5 to 1 for every text, in charts too: WCAG's AA."""
    tab.emulate_media(color_scheme=scheme)
    assert opened(tab, made.path / f"{name}.html").evaluate(CONTRAST) >= 4.5


def test_paper_shows_every_row_and_dark_ink(made, tab):
    """In print no row is left out for want of a button, and night is over."""
    tab.emulate_media(media="print", color_scheme="dark")
    opened(tab, made.path / "retry_storms.html")
    assert tab.evaluate("[...document.querySelectorAll('table tbody tr')].every((row) => getComputedStyle(row).display === 'table-row')")
    assert tab.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"


def test_a_page_without_scripts_still_has_its_pictures(made, browser):
    """Some previews run no script: the picture and the whole table stand there all the same."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((made.path / "retry_storms.html").as_uri())
    pictures = page.locator("figure img")
    assert pictures.count() == page.locator("figure").count() > 0
    assert all(pictures.nth(each).bounding_box()["height"] > 100 for each in range(pictures.count()))
    context.close()


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """JupyterLab on a copy of the pages, at a free port of this machine: its address and token."""
    folder = tmp_path_factory.mktemp("lab")
    shutil.copytree(ROOT / "notebooks", folder / "notebooks")
    environment = {
        **os.environ,
        "JUPYTER_CONFIG_DIR": str(folder),
        "JUPYTER_DATA_DIR": str(folder),
        "JUPYTER_RUNTIME_DIR": str(folder / "run"),
    }
    options = ["--no-browser", "--allow-root", "--ip=127.0.0.1", "--port=0", f"--notebook-dir={folder}", "--IdentityProvider.token=told"]
    log = (folder / "log").open("w")
    with subprocess.Popen([sys.executable, "-m", "jupyterlab", *options], cwd=folder, env=environment, stdout=log, stderr=log) as server:
        try:
            yield _address(folder / "run")
        finally:
            server.terminate()


def _address(runtime):
    """Where the server listens, once it does."""
    end = time.monotonic() + LAB_STARTS
    while time.monotonic() < end:
        for told in runtime.glob("jpserver-*.json"):
            return json.loads(told.read_text())["url"]
        time.sleep(0.1)
    raise TimeoutError(f"JupyterLab did not come up within {LAB_STARTS} seconds")


def test_a_page_runs_in_jupyterlab(lab, tab):
    """Opened, Run All, and every chart is drawn by Lab itself, with every host but this machine out of reach."""
    tab.route(lambda url: not url.startswith((lab, "data:", "blob:")), lambda route: route.abort())
    tab.goto(f"{lab}lab/tree/notebooks/retry_storms.ipynb?token=told&reset")
    tab.get_by_text("Python 3 (ipykernel) | Idle").wait_for(timeout=60_000)
    tab.get_by_role("menuitem", name="Run", exact=True).click()
    tab.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    # Lab draws what comes near the screen, so each chart in turn is brought there.
    for chart in range(3):
        drawn = tab.locator(".vega-embed canvas.marks, .vega-embed svg.marks").nth(chart)
        drawn.wait_for(state="attached", timeout=60_000)
        drawn.scroll_into_view_if_needed()
        assert drawn.bounding_box()["width"] > 300
