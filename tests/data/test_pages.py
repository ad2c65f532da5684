"""Plots of the pages: numbers are in the right place, and data is escaped."""

from __future__ import annotations

import base64
import io
import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from recital.processors.pages import charts
from recital.processors.pages.embed import picture_url
from recital.processors.pages.render import policy, write_page
from recital.processors.pages.waves import path_drawing, pitch_range, wave_drawing

EVIL = "<script>alert('&\"')</script>"


def parsed(drawing: str) -> ElementTree.Element:
    """Parse the plots as XML, which fails on anything not escaped or not closed."""
    return ElementTree.fromstring(f"<html>{drawing}</html>")


def texts(drawing: str) -> list[str]:
    return ["".join(part.itertext()) for part in parsed(drawing).iter("text")]


def test_bars_of_a_histogram_are_as_high_as_their_counts() -> None:
    values = [1.0] * 6 + [2.0] * 3 + [3.0, float("nan")]
    root = parsed(charts.histogram(EVIL, "s", values, n_bins=4))
    assert root.find("figure/figcaption").text == f"{EVIL}, s"
    bars = list(root.iter("rect"))
    assert [bar.find("title").text.rsplit(": ")[-1] for bar in bars] == ["6", "3", "1"]
    heights = [float(bar.get("height")) for bar in bars]
    assert np.array(heights) / heights[0] == pytest.approx([1, 1 / 2, 1 / 6], abs=0.01)
    area = charts.PlotArea(1.0, 3.0, 0, 6)
    assert float(root.find("figure/svg/line").get("x1")) == pytest.approx(area.x(1.0), abs=0.1)
    assert charts.histogram("none", "s", [float("nan")]) == ""


def test_marked_points_show_their_id() -> None:
    x, y = {"a": 1.0, EVIL: 2.0, "alone": 5.0}, {"a": 1.0, EVIL: 4.0}
    points = list(parsed(charts.scatter("t", x, y, {EVIL})).iter("circle"))
    assert [point.get("class") for point in points] == [None, "bad"]
    assert points[1].find("title").text == EVIL
    assert float(points[1].get("cx")) == pytest.approx(charts.RIGHT)
    assert float(points[1].get("cy")) == pytest.approx(charts.TOP)
    assert charts.scatter("t", {}, {}, set()) == ""


def test_many_points_are_thinned_but_the_marked_stay() -> None:
    x = {str(i): float(i) for i in range(3 * charts.MOST_POINTS)}
    drawn = charts.scatter("t", x, x, {"1", "2"})
    assert len(re.findall("<circle", drawn)) == charts.MOST_POINTS + 2


def test_a_ranking_begins_with_the_longest_and_says_what_it_leaves_out() -> None:
    values = {f"{i} & co": float(i) for i in range(40)}
    drawn = charts.ranking("minutes", values)
    assert texts(drawn)[:2] == ["39 & co", "39.0"]
    assert "the first 30 of 40" in drawn and len(texts(drawn)) == 60


def test_a_wave_has_its_tokens_and_a_line_for_each_voiced_stretch() -> None:
    pitch = np.array([0, 100, 110, 0, 0, 120, 0, 130, 130, 130], np.float32)
    tokens = [(0.0, EVIL), (0.01, "crowded"), (0.2, "b"), (9.0, "behind the end")]
    drawn = wave_drawing(np.zeros((4, 10), np.uint8), pitch, 0.1, tokens, (100.0, 130.0), pitch)
    root = parsed(drawn)
    assert [t for t in texts(drawn) if not re.fullmatch(r"[\d.]+( Hz)?", t)] == [EVIL, "b"]
    lines = {g.get("class"): list(g.iter("polyline")) for g in root.iter("g")}
    assert len(lines["own"]) == len(lines["other"]) == 3
    ends = [tuple(map(float, p.split(","))) for p in lines["own"][2].get("points").split()]
    assert ends == [(105.0, 136.0), (120.0, 136.0), (135.0, 136.0)]  # 130 Hz: the panel's top
    assert float(root.find("svg").get("viewBox").split()[2]) == 150.0


def test_equal_timing_is_a_diagonal() -> None:
    path = np.stack([np.arange(50)] * 2, axis=1)
    line = parsed(path_drawing(path, 0.1)).find("svg/polyline").get("points").split()
    assert line[0] == "0.0,150.0" and line[-1] == "150.0,0.0"


def test_pitch_range_leaves_out_strays() -> None:
    pitch = np.full(1000, 200.0)
    pitch[:5] = 900.0
    assert pitch_range([pitch, np.zeros(3)]) == (180.0, 220.0)
    assert pitch_range([]) == (100.0, 200.0)


def test_a_picture_has_its_first_row_at_the_bottom() -> None:
    url = picture_url(np.array([[0, 0], [255, 255]], np.uint8))
    image = Image.open(io.BytesIO(base64.b64decode(url.partition(",")[2]))).convert("RGB")
    assert sum(image.getpixel((0, 0))) > 600 and sum(image.getpixel((0, 1))) < 30


def test_a_page_without_a_script_allows_none(tmp_path: Path) -> None:
    assert "default-src 'none'" in policy("") and "script-src 'none'" in policy("")
    write_page(tmp_path / "x.html", "base.html", title=EVIL)
    page = (tmp_path / "x.html").read_text(encoding="utf-8")
    assert "<script" not in page and "script-src &#39;none&#39;" in page
