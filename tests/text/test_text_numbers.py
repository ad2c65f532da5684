"""Numbers that are said in several ways: what the model decides, and how it is trained."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from recital.bins import train_numbers
from recital.processors.text.english import english
from recital.processors.text.english.number_senses import (
    FILE,
    SHAPES,
    SenseModel,
    expand,
    occurrences,
)


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("The doors open at 7.30 for an 8.00 start.", "open at seven thirty for an eight o'clock"),
        ("It weighs 7.30 kilos.", "seven point three zero kilos"),
        ("Leave 1/4 inch of space in each jar.", "leave one quarter inch"),
        ("I gave the hotel 8/10 in my review.", "eight out of ten in my review"),
        ("Blood pressure was 142/88 this morning.", "one hundred and forty-two over eighty-eight"),
        ("The party on 10/24 was fun.", "october twenty-fourth"),
        ("Smith took 4/32 as the visitors were bowled out.", "four for thirty-two"),
        ("The Tigers improved to 9-3 with the win.", "nine and three"),
        ("Bake it for 10-12 minutes.", "ten to twelve minutes"),
        ("Kerry won by 2-14 to 1-9 in the Munster final.", "two fourteen to one nine"),
        ("She ran a 10k in the rain.", "a ten k in"),
        ("The song has 20k downloads.", "twenty thousand downloads"),
    ],
)
def test_the_words_around_decide(text: str, spoken: str) -> None:
    assert spoken in english(text)


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("The parcel came in at 10.30 kg.", "ten point three zero kilograms"),
        ("The tone is at 8.00 kHz.", "eight point zero zero kilohertz"),
        ("It fell to -7.30 overnight.", "minus seven point three zero"),
        ("See section 4.30 on Monday.", "section four point thirty on"),
        ("7.30", "seven point three zero"),
        ("Doses of 3.10-4.30 mg are usual.", "three point one zero to four point three zero"),
        ("Buses run 7.10-8.30 daily.", "seven ten to eight thirty"),
        ("Report at 12.00 noon.", "at twelve noon"),
        ("The fraction 4/9 is small.", "four ninths"),
        ("On 3/4 we left.", "on march fourth we"),
        ("Between 10k and 20k people came.", "ten thousand and twenty thousand"),
        ("A 14k gold ring.", "fourteen karat gold"),
        ("A goalless 0-0 draw.", "a goalless zero zero draw"),
    ],
)
def test_a_sense_is_refused_by_what_is_beside_the_number(text: str, spoken: str) -> None:
    assert spoken in english(text)


def test_what_is_decided_can_be_read_in_no_other_way() -> None:
    assert expand("Leave 1/4 inch of space.") == "Leave 1\N{FRACTION SLASH}4 inch of space."
    assert expand("The doors open at 7.30 on Friday.") == "The doors open at 7:30 on Friday."
    # sums, statutes and longer numbers have rules of their own
    for text in ("20/4 = 5", "EXP 2/99", "1/2/2003", "Pub. L. No. 111-148", "1-800-555-0100"):
        assert expand(text) == text


def test_a_sense_that_is_left_to_the_rules_may_be_certain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SenseModel, "choose", lambda self, found: ("decimal", 1.0))
    assert expand("It is 7.30 or 3/4, 10k or 3-4.") == "It is 7.30 or 3/4, 10k or 3-4."


def test_only_what_is_near_matters() -> None:
    far = "word " * 2000
    text = "The doors open at 7.30 on Friday."
    assert expand(far + text) == far + "The doors open at 7:30 on Friday."
    (found,) = occurrences(far + text, "dot")
    assert found.written == "7.30" and (found.first, found.second) == ("7", "30")


def test_the_included_model_is_read_without_pickles() -> None:
    with np.load(FILE, allow_pickle=False) as arrays:
        assert all(arrays[name].dtype != object for name in arrays)
    assert FILE.stat().st_size < 400_000


def test_training_learns_a_sense_from_its_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    nouns = {"fraction": "cup of flour", "over": "blood pressure", "time": "train leaves"}
    rows = []
    for shape, senses, mark in (
        ("slash", ("fraction", "over"), "/"),
        ("dash", ("to", "and"), "-"),
        ("dot", ("time", "decimal"), "."),
        ("suffix", ("k", "thousand"), ""),
    ):
        for i in range(40):
            sense = senses[i % 2]
            token = f"{i % 9 + 1}{mark}{i + 11}" if mark else f"{i + 11}k"
            word = nouns.get(sense, f"word of {sense}")
            rows.append(f"{shape}\t{sense}\tIt is the {word} «{token}» here.\tsource {i % 10}")
    data, out = tmp_path / "rows.tsv", tmp_path / "model.npz"
    data.write_text("\n".join(rows), encoding="utf-8")
    everyday = tmp_path / "everyday.tsv"
    everyday.write_text("", encoding="utf-8")
    monkeypatch.setattr(train_numbers, "EVERYDAY", everyday)
    train_numbers.main([str(data), "--out", str(out)])
    printed = capsys.readouterr().out
    assert all(f"{shape} " in printed for shape in SHAPES)
    model = SenseModel.load(out)
    (found,) = occurrences("My cup of flour is 3/4 full.", "slash")
    sense, probability = model.choose(found)
    assert sense == "fraction" and 0.5 < probability < 1.0
