"""A real browser, Debian's chromium driven by Playwright, and the pages that it opens."""

import os
import shutil

import pytest
from click.testing import CliRunner

from labeler.cli.app import main

NAMES = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="session")
def browser():
    """Start the browser; without one the test is skipped, or fails if CXR_LABELER_BROWSER is "required"."""
    missing = pytest.fail if os.environ.get("CXR_LABELER_BROWSER") == "required" else pytest.skip
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        missing("no Chromium to open the page in")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        missing("playwright is not installed")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture
def visit(browser):
    """Open a file in a browser of its own; a script that fails, a dialog or a request to elsewhere fails the test."""
    contexts, faults = [], []

    def visit(path, width=1280, fragment=""):
        context = browser.new_context(viewport={"width": width, "height": 800}, accept_downloads=True)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("dialog", lambda dialog: (faults.append(dialog.message), dialog.dismiss()))
        page.on("request", lambda request: request.url.startswith(("file:", "blob:")) or faults.append(request.url))
        page.goto(path.as_uri() + fragment)
        return page

    yield visit
    for context in contexts:
        context.close()
    assert faults == []


@pytest.fixture(scope="session")
def command():
    """Run the command line and return its result."""

    def command(*arguments):
        result = CliRunner().invoke(main, [str(argument) for argument in arguments], catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return result

    return command
