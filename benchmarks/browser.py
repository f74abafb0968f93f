"""Chromium as Debian has it, driven by selenium, for what a report looks like and how fast it is.

In: a size of the window. Out: a driver that logs what the console says; or a line that says what is missing. The
profile is new and the network is of no use: pages are opened from disk.
"""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

NEEDED = ("chromium", "chromedriver")  # Debian: apt-get install chromium chromium-driver


def missing() -> str:
    """'' where a browser can be driven."""
    tools = [name for name in NEEDED if shutil.which(name) is None]
    if tools:
        return f"{' and '.join(tools)} not installed: apt-get install chromium chromium-driver"
    return "" if importlib.util.find_spec("selenium") else "selenium is not installed: pip install -e '.[dev]'"


@contextmanager
def browser(width: int = 1400, height: int = 1000, dark: bool = False) -> Iterator[Any]:
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = str(shutil.which("chromium"))
    for flag in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(str(shutil.which("chromedriver"))))
    try:
        size(driver, width, height)
        if dark:
            features = [{"name": "prefers-color-scheme", "value": "dark"}]
            driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
        yield driver
    finally:
        driver.quit()


def size(driver: Any, width: int, height: int) -> None:
    metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
