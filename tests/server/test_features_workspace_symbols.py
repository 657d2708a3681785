"""Programs are found by their names."""

import pytest

from cnngen.language import Span, analyse
from cnngen.server.features.workspace_symbols import ProgramSymbol, matches, program_symbol


@pytest.mark.parametrize("query", ["", "resnet", "RES", "rn50", "res_50", "50"])
def test_a_query_finds_what_has_its_characters_in_their_order(query: str) -> None:
    assert matches("ResNet_50", query)


@pytest.mark.parametrize("query", ["tenser", "resnet_500", "res 50", "ss"])
def test_it_finds_nothing_else(query: str) -> None:
    assert not matches("ResNet_50", query)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("// a\ninput conv flatten dense output", ProgramSymbol("net", "4 layers", Span(5, 10))),
        ("input cnov output", ProgramSymbol("net", "2 layers, has errors", Span(0, 5))),
        ("conv", ProgramSymbol("net", "2 layers, has errors", Span(0, 0))),
        ("", ProgramSymbol("net", "1 layer, has errors", Span(0, 0))),
    ],
)
def test_a_program_is_told_by_its_layers_and_found_at_its_input(text: str, expected: ProgramSymbol) -> None:
    assert program_symbol(analyse(text, name="net")) == expected
