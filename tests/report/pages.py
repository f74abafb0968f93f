"""What a test does with a page of a report: opens it from disk, waits for it, and reads what people would see."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

SECONDS = 15.0  # for what a person sees at once; the machine may be busy


def opened(driver: Any, page: Path, place: str = "") -> None:
    driver.get("about:blank")  # only another document starts anew
    driver.get_log("browser")
    driver.get(page.resolve().as_uri() + place)


def awaited(driver: Any, script: str, *args: Any, like: Callable[[Any], bool] = bool) -> Any:
    """What the script gives once it is as it should be."""
    end = time.monotonic() + SECONDS
    while True:
        found = driver.execute_script(f"return {script}", *args)
        if like(found):
            return found
        assert time.monotonic() < end, f"{script} is {found!r}"
        time.sleep(0.02)


def texts(driver: Any, selector: str) -> list[str]:
    found = driver.execute_script(
        "return [...document.querySelectorAll(arguments[0])].map((each) => each.textContent)", selector
    )
    return [str(each) for each in found]


def searched(driver: Any, words: str) -> None:
    driver.execute_script(
        "const box = document.getElementById('search'); box.value = arguments[0];"
        " box.dispatchEvent(new Event('input'))", words,
    )  # fmt: skip


def typed(driver: Any, keys: str) -> None:
    """To whatever has the focus."""
    from selenium.webdriver.common.action_chains import ActionChains

    ActionChains(driver).send_keys(keys).perform()


def count(driver: Any) -> int:
    return int(texts(driver, "#count")[0].split()[0].replace(",", ""))


def complaints(driver: Any) -> list[str]:
    """What the console said, a violation of the content security policy included."""
    return [f"{each['level']} {each['message']}" for each in driver.get_log("browser")]
