"""The page of the server in a browser: drawing, keys, downloads, both widths and colour schemes.
It needs Chromium (`make browser`).
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import recital
from recital.bins import say
from recital.processors.audio_files import decode
from recital.processors.features import PitchConfig
from recital.processors.pitch import estimate_pitch
from recital.processors.speech.synthesizer import Synthesizer
from tests.serving_helpers import Running, eventually, running, small_voice

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
pytest.importorskip("starlette", reason="starlette is not installed")

TEXT = "Good evening, friends. How are you?"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
EXPECTED = re.compile("status of 4|ERR_FAILED")  # replies that a test asks for
PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True}
WIDE = {"viewport": {"width": 1280, "height": 900}}


@pytest.fixture(scope="module")
def voice() -> Synthesizer:
    return recital.load_voice()


@pytest.fixture(scope="module")
def server(voice: Synthesizer) -> Iterator[Running]:
    with running({"kathleen": voice}) as it:
        yield it


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    path = os.environ.get("RECITAL_BROWSER") or next(
        filter(None, map(shutil.which, BROWSERS)), None
    )
    if path is None:
        pytest.skip("no browser here: `make browser`, or RECITAL_BROWSER=PATH of a Chromium")
    # a container has little shared memory, and root no sandbox
    options = ["--disable-dev-shm-usage", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    with playwright.sync_playwright() as driver:
        yield driver.chromium.launch(executable_path=path, args=options)


@pytest.fixture
def visit(browser: Any, server: Running) -> Iterator[Callable[..., Any]]:
    """Opens the page; what it says on its console, or breaks of its policy, fails the test."""
    contexts, wrong = [], []

    def visit(url: str = server.url, **options: Any) -> Any:
        context = browser.new_context(**{**WIDE, "accept_downloads": True, **options})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20000)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on(
            "console",
            lambda message: (
                wrong.append(message.text)
                if message.type in ("error", "warning") and not EXPECTED.search(message.text)
                else None
            ),
        )
        page.goto(url)
        return page

    yield visit
    for context in contexts:
        context.close()
    assert wrong == []


def speak(page: Any, text: str = TEXT) -> None:
    page.locator("#voice option").first.wait_for(state="attached")
    page.fill("#text", text)
    page.click("#speak")
    page.locator(".row canvas").first.wait_for()


def silently(page: Any) -> None:
    """Ends what is playing, and lets further edits be without sound."""
    page.keyboard.press("Escape")
    page.uncheck("#follow")


def saved(page: Any, button: str) -> Path:
    with page.expect_download() as found:
        page.click(button)
    return Path(found.value.path())


def controls_of(page: Any) -> dict[str, Any]:
    return json.loads(saved(page, "#save-controls").read_text(encoding="utf-8"))


def word(page: Any, text: str) -> Any:
    return page.locator(".word", has_text=text)


def drag(page: Any, where: Any, across: float, down: float) -> None:
    where.scroll_into_view_if_needed()
    box = where.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + across, y + down, steps=5)
    page.mouse.up()


def pitch_in(path: Path, voice: Synthesizer, tree: dict[str, Any], sentence: int, n: int) -> float:
    """The median F0 of a word in a wav, as our tracker hears it."""
    wav, rate = decode(path)
    assert rate == tree["sample_rate"]
    hz = estimate_pitch(wav, voice.audio, PitchConfig(method="praat", f_min=65.0, f_max=500.0))
    before = tree["sentences"][:sentence]
    first = sum(s["before"] + sum(s["durations"]) + s["after"] for s in before)
    own = tree["sentences"][sentence]
    start, end = own["words"][n]["start"], own["words"][n]["end"]
    first += own["before"] + sum(own["durations"][:start])
    part = hz[first : first + sum(own["durations"][start:end])]
    return float(np.median(part[part > 0]))


def test_a_word_that_is_drawn_higher_is_heard_higher(visit: Any, voice: Synthesizer) -> None:
    page = visit()
    speak(page)
    assert page.locator(".word").all_inner_texts() == TEXT.split()
    page.locator("#play", has_text="Stop").wait_for()  # heard while it is made
    silently(page)
    before, tree = saved(page, "#save-wav"), controls_of(page)
    drag(page, word(page, "friends."), 0, -36)
    after, edited = saved(page, "#save-wav"), controls_of(page)

    def drawn(tree: dict[str, Any]) -> float:
        own = tree["sentences"][0]
        span = own["words"][2]
        return float(np.mean([hz for hz in own["pitch"][span["start"] : span["end"]] if hz]))

    rise = drawn(edited) / drawn(tree)
    assert 1.15 < rise < 1.6
    heard = pitch_in(after, voice, edited, 0, 2) / pitch_in(before, voice, tree, 0, 2)
    assert heard == pytest.approx(rise, rel=0.06)
    other = pitch_in(after, voice, edited, 1, 2) / pitch_in(before, voice, tree, 1, 2)
    assert other == pytest.approx(1.0, abs=0.02)
    for was, now in zip(tree["sentences"], edited["sentences"], strict=True):
        assert was["durations"] == now["durations"]


def test_a_line_is_drawn_over_the_picture(visit: Any) -> None:
    page = visit()
    speak(page)
    silently(page)
    box = page.locator("canvas").first.bounding_box()
    page.mouse.move(box["x"] + 2, box["y"] + 170)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] - 2, box["y"] + 40, steps=30)
    page.mouse.up()
    pitch = [hz for hz in controls_of(page)["sentences"][0]["pitch"] if hz]
    assert len(pitch) > 8 and pitch == sorted(pitch) and pitch[-1] > 2 * pitch[0]
    # a point that is picked up moves by as much as the pointer, wherever it was taken
    point = page.locator(".row").nth(1).locator(".phoneme[aria-valuetext*=hertz]").first
    low, high, hz = (float(point.get_attribute(f"aria-value{n}")) for n in ("min", "max", "now"))
    place, box = point.bounding_box(), page.locator("canvas").nth(1).bounding_box()
    y = box["y"] + 14 + (box["height"] - 28) * (1 - np.log(hz / low) / np.log(high / low))
    x = place["x"] + place["width"] / 2
    page.mouse.move(x, y + 8)
    page.mouse.down()
    page.mouse.move(x, y + 8 - 20, steps=4)
    page.mouse.up()
    moved = (high / low) ** (20 / (box["height"] - 28))
    assert float(point.get_attribute("aria-valuenow")) / hz == pytest.approx(moved, rel=0.02)


def test_a_phoneme_is_stretched_and_a_pause_widened(visit: Any) -> None:
    page = visit()
    speak(page)
    silently(page)
    tree, short = controls_of(page), decode(saved(page, "#save-wav"))[0]
    phoneme = page.locator(".phoneme").nth(4)
    drag(page, phoneme.locator(".edge"), 60, 0)
    page.locator("[data-pause='0']").focus()
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    edited, long = controls_of(page), decode(saved(page, "#save-wav"))[0]
    own, was = edited["sentences"][0], tree["sentences"][0]
    grown = sum(own["durations"]) - sum(was["durations"])
    assert grown > 5 and own["after"] == was["after"] + 5
    pairs = zip(own["durations"], was["durations"], strict=True)
    assert 1 <= sum(new != old for new, old in pairs) <= 3  # those of one sound
    assert len(long) - len(short) == (grown + 5) * tree["hop_length"]
    for _ in range(2):
        page.click("#undo")
    assert controls_of(page) == tree
    for _ in range(2):
        page.click("#redo")
    assert controls_of(page) == edited


def test_the_command_line_says_the_same(
    visit: Any, voice: Synthesizer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recital, "load_voice", lambda *_, **__: voice)
    monkeypatch.chdir(tmp_path)
    text = 'It isn\'t "so" & done;\n-- no.'
    page = visit()
    speak(page, text)
    silently(page)
    words = shlex.split(page.inner_text("#command"))
    assert words[:2] == ["recital", "say"] and words[-2:] == ["--", text]
    assert say.main(words[2:]) == 0
    (wav,) = tmp_path.glob("*.wav")
    # controls are rounded: to a thousandth of a Hz
    assert np.corrcoef(decode(wav)[0], decode(saved(page, "#save-wav"))[0])[0, 1] > 0.999
    page.locator(".word").nth(1).focus()
    page.keyboard.press("Shift+ArrowUp")
    words = shlex.split(page.inner_text("#command"))
    assert "--controls" in words and text not in words
    name = words[words.index("--controls") + 1]
    Path(name).write_bytes(saved(page, "#save-controls").read_bytes())
    assert say.main(words[2:]) == 0
    np.testing.assert_allclose(decode(wav)[0], decode(saved(page, "#save-wav"))[0], atol=2 / 32768)


def test_all_is_done_by_keys(visit: Any) -> None:
    page = visit()
    page.locator("#voice option").first.wait_for(state="attached")

    def tab_to(selector: str) -> Any:
        for _ in range(30):
            page.keyboard.press("Tab")
            if page.evaluate("(s) => document.activeElement.matches(s)", selector):
                return page.locator(":focus")
        raise AssertionError(f"{selector} is not reached by Tab")

    tab_to("#text")
    page.keyboard.press("Control+a")
    page.keyboard.type("Hello, you. Yes.")
    page.keyboard.press("Control+Enter")
    page.locator(".row canvas").first.wait_for()
    tab_to(".word")
    page.keyboard.press("ArrowRight")
    chosen = page.locator(":focus")
    assert chosen.get_attribute("aria-label") == "word you."
    hz, ms = values(chosen)
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    assert values(chosen) == (pytest.approx(hz * 2 ** (1 / 12), abs=1.5), ms)
    heard = "performance.getEntriesByName('edit to sound').length"
    assert eventually(lambda: page.evaluate(heard) > 0)
    page.keyboard.press("+")
    assert values(chosen)[1] > ms
    page.keyboard.press("Delete")
    assert values(chosen) == (hz, ms)
    page.keyboard.press("Control+z")
    page.locator("#status", has_text="Undone: you. reset").wait_for()
    assert values(chosen)[1] > ms
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+Shift+z")
    assert values(chosen) == (pytest.approx(hz * 2 ** (1 / 12), abs=1.5), ms)
    pause = tab_to(".phones .item")
    assert pause.get_attribute("aria-label") == "pause"
    length = int(pause.get_attribute("aria-valuenow"))
    page.keyboard.press("ArrowUp")
    frame = 1000 * 256 / 22050  # milliseconds
    now = int(pause.get_attribute("aria-valuenow"))
    assert now - length == pytest.approx(frame, abs=1)
    for _ in range(round(now / frame)):
        page.keyboard.press("-")
    assert pause.get_attribute("aria-valuenow") == "0"
    page.keyboard.press("ArrowRight")
    assert page.locator(":focus").get_attribute("aria-label").startswith("phoneme ")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("+")
    assert pause.get_attribute("aria-valuetext") == "12 milliseconds"
    tab_to("#save-controls")
    tab_to("#copy")
    page.keyboard.press("Escape")


def values(slider: Any) -> tuple[int, int]:
    """Hertz and milliseconds that a slider reads aloud."""
    said = slider.get_attribute("aria-valuetext").split()
    assert said[1] == "hertz," and said[3] == "milliseconds"
    return int(said[0]), int(said[2])


@pytest.mark.parametrize("device", [PHONE, WIDE], ids=["phone", "wide"])
def test_it_fits_and_can_be_read(visit: Any, device: dict[str, Any]) -> None:
    axe = pytest.importorskip(
        "axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed"
    )
    page = visit(**device, bypass_csp=True)
    speak(page)
    page.locator(".word").nth(1).click()
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= page.viewport_size["width"]
    shades = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        found = axe.Axe().run(page)
        assert found.response["violations"] == [], found.generate_report()
        shades.append(page.evaluate("getComputedStyle(document.body).backgroundColor"))
    assert shades[0] != shades[1]
    page.click("#show-help")
    assert page.locator("#help").bounding_box()["width"] < width


def test_a_finger_chooses_first_and_then_edits(visit: Any) -> None:
    page = visit(**PHONE)
    speak(page)
    page.tap("#play")
    page.uncheck("#follow")
    you = word(page, "you?")
    hz, ms = values(you)
    you.tap()
    assert page.inner_text("#chosen").startswith("word you?")
    page.tap("#raise")
    page.tap("#longer")
    assert values(you)[0] > hz and values(you)[1] > ms
    page.tap("#reset")
    assert values(you) == (hz, ms)
    canvas = page.locator("canvas").nth(1)
    canvas.scroll_into_view_if_needed()
    place, box = you.bounding_box(), canvas.bounding_box()
    swipe(page, place["x"] + 4, box["y"] + 150, place["width"] - 8, -100)
    assert values(you)[0] > hz
    changed = values(page.locator(".word").first)
    first = page.locator("canvas").first
    first.scroll_into_view_if_needed()
    box = first.bounding_box()
    swipe(page, box["x"] + 40, box["y"] + 160, 20, -100)  # not chosen: it scrolls
    assert values(page.locator(".word").first) == changed


def swipe(page: Any, x: float, y: float, across: float, down: float) -> None:
    """A finger on the glass, as the browser's own input."""
    glass = page.context.new_cdp_session(page)

    def touch(kind: str, *points: dict[str, float]) -> None:
        glass.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": list(points)})

    touch("touchStart", {"x": x, "y": y})
    for i in range(1, 11):
        touch("touchMove", {"x": x + across * i / 10, "y": y + down * i / 10})
    touch("touchEnd")


def test_pace_of_an_edited_score(visit: Any) -> None:
    page = visit()
    speak(page)
    silently(page)
    tree = controls_of(page)
    page.locator(".phoneme").nth(4).focus()
    page.keyboard.press("+")
    page.locator("#pace").fill("0.5")
    slow = controls_of(page)
    for was, now in zip(tree["sentences"], slow["sentences"], strict=True):
        assert sum(now["durations"]) == pytest.approx(2 * sum(was["durations"]), abs=4)
        assert now["pitch"] == was["pitch"]
    page.locator("#pace").fill("1")
    again = controls_of(page)["sentences"][0]["durations"]
    assert again != tree["sentences"][0]["durations"]  # what was edited stays so
    assert sum(again) > sum(tree["sentences"][0]["durations"])


def test_mistakes_are_shown(visit: Any) -> None:
    page = visit()
    page.locator("#voice option").first.wait_for(state="attached")
    page.fill("#text", "")
    page.click("#speak")
    page.locator("#status", has_text="Type a text first.").wait_for()
    for text, said in (("…", "nothing to speak"), ("a" * 5000, "5000 letters")):
        page.fill("#text", text)
        page.click("#speak")
        page.locator("#problem", has_text=said).wait_for()
    assert page.locator("#score").is_hidden()
    page.route("**/v1/audio/speech", lambda route: route.abort())
    page.click("#speak")
    page.locator("#problem", has_text="The server does not answer").wait_for()
    page.unroute("**/v1/audio/speech")
    speak(page, "All is well.")
    assert page.locator("#problem").is_hidden()


def test_voices_and_speakers_of_a_server_with_a_key(
    visit: Any, voice: Synthesizer, tmp_path: Path
) -> None:
    other = small_voice(tmp_path, n_speakers=2)
    with running({"one": voice, "two": other}, key="secret") as server:
        page = visit(server.url)
        page.locator("#problem", has_text="Authorization").wait_for()
        page.fill("#key", "secret")
        page.keyboard.press("Tab")
        speak(page, "Hello.")
        assert page.locator("#voice option").all_inner_texts() == ["one", "two"]
        assert page.locator("#speaker-field").is_hidden()
        page.select_option("#voice", "two")
        page.locator("#command", has_text="--voice two").wait_for()
        page.select_option("#speaker", other.speakers[1])
        page.locator("#command", has_text=f"--speaker {other.speakers[1]}").wait_for()
        silently(page)
        assert controls_of(page)["speaker"] == other.speakers[1]
        for _ in range(2):
            page.click("#undo")
        assert page.locator("#voice").input_value() == "one"
        assert controls_of(page)["voice"] == "one"
        page.click("#redo")
        page.click("#redo")
        assert page.locator("#speaker").input_value() == other.speakers[1]


def test_a_voice_that_cannot_be_edited_is_shown(visit: Any) -> None:
    """Tacotron 2, say: it can be heard and seen."""
    page = visit()

    def without(route: Any) -> None:
        reply = route.fetch()
        tree = {**reply.json(), "editable": False}
        for sentence in tree["sentences"]:
            sentence["pitch"] = [None] * len(sentence["pitch"])
        route.fulfill(response=reply, json=tree)

    page.route("**/v1/plan", without)
    speak(page, "Hello, you.")
    page.locator("#fixed").wait_for()
    page.locator(".word").first.click()
    for id in ("#raise", "#lower", "#longer", "#shorter", "#reset"):
        assert page.locator(id).is_disabled()
    page.keyboard.press("ArrowUp")
    page.locator("#status", has_text="voiceless").wait_for()


def test_the_rows_of_a_long_text_come_in_parts(visit: Any) -> None:
    """The first are there, and can be edited, while the others are still asked for."""
    page = visit()
    asked: list[dict[str, Any]] = []
    held: list[Any] = []

    def slowly(route: Any) -> None:
        asked.append(json.loads(route.request.post_data))
        if asked[-1].get("first"):
            held.append(route)
        else:
            route.continue_()

    page.route("**/v1/plan", slowly)
    numbers = "one two three four five six"
    speak(page, " ".join(f"This is number {n}." for n in numbers.split()))
    eventually(lambda: len(held) == 1)
    assert page.locator(".row").count() == 4 and not page.locator("#take").is_visible()
    silently(page)
    page.locator(".row .words .item").first.click()
    page.click("#raise")
    held[0].continue_()
    page.locator("#take").wait_for()
    assert page.locator(".row").count() == 6
    assert [(a["first"], a["most"]) for a in asked] == [(0, 4), (4, 16)]
    tree = controls_of(page)
    assert [s["text"] for s in tree["sentences"]][-1] == "This is number six."
    page.click("#undo")
    assert page.locator(".row").count() == 6
    before = controls_of(page)
    assert before["sentences"][0]["pitch"] != tree["sentences"][0]["pitch"]
    assert before["sentences"][1:] == tree["sentences"][1:]
