"""JSON lists, item by item."""

from __future__ import annotations

import json

import pytest

from recital.preprocessors.entries import json_items


@pytest.mark.parametrize("indent", [None, 0, 2])
def test_items_are_those_of_the_whole_list(indent: int | None) -> None:
    for n in (0, 1, 7):
        items = [{"Uid": f'a"],[{i}', "x": [1.5, None, [-2e3], {"ä": "]"}]} for i in range(n)]
        items += [3, "text", [], {}, True][:n]
        text = f" \n{json.dumps(items, indent=indent)}\t\r\n"
        assert list(json_items(text)) == items


def test_an_item_is_there_before_the_rest_is_read() -> None:
    items = json_items('[{"Uid": 1}, {"Uid": nonsense')
    assert next(items) == {"Uid": 1}
    with pytest.raises(ValueError, match="Expecting value"):
        next(items)


@pytest.mark.parametrize(
    "text", ["", "  ", "{}", "null", "[", "[1", "[1,", "[1,]", "[1 2]", "[,1]", "[] 1", "[1]]", "x"]
)
def test_anything_else_is_an_error(text: str) -> None:
    with pytest.raises(ValueError):
        list(json_items(text))
