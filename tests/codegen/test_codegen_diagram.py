"""Pictures: everything of the network is on them, in the same scale for all, and their absence is explained."""

import asyncio
import io
import os
import re
import sys
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from codegen_programs import PROGRAMS, every_program, program

from cnngen.codegen import DiagramUnavailable, diagram, find_dot, live_diagram
from cnngen.codegen.pictures.dot import dot_source
from cnngen.codegen.pictures.graphviz import draw, find_wheel
from cnngen.codegen.pictures.picture import DPI, LARGEST
from cnngen.codegen.pictures.theme import FAMILIES, FAMILY, GROUND, LINE, QUIET, STEPS, TEXT, dark_style, step
from cnngen.language import Network, analyse

SVG = "{http://www.w3.org/2000/svg}"


def chain(layers: int) -> Network:
    """A network of that many convolutions, and three layers more."""
    return analyse(f"input {'conv ' * layers} global_avg_pooling dense output", name=f"chain{layers}").network


def texts(svg: bytes) -> str:
    return " ".join("".join(text.itertext()) for text in ET.fromstring(svg).iter(f"{SVG}text"))


def size(png: bytes) -> tuple[int, int]:
    assert png.startswith(b"\x89PNG")
    return int.from_bytes(png[16:20]), int.from_bytes(png[20:24])


@pytest.fixture(params=["dot", "graphviz-pure"])
def engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """Each Graphviz of this machine alone: the system's, and the wheel's."""
    executable = find_wheel() if request.param == "graphviz-pure" else find_dot()
    if executable is None or executable.stem != request.param:
        pytest.skip(f"there is no {request.param} on this machine")
    only = tmp_path / "bin"
    only.mkdir()
    (only / request.param).symlink_to(executable)
    monkeypatch.setenv("PATH", str(only))
    monkeypatch.setattr(sys, "executable", str(only / "python"))
    return str(request.param)


def test_this_machine_has_a_graphviz():
    assert find_dot() is not None, 'pip install "cnngen[dot]"'


@pytest.mark.parametrize("analysis", every_program(), ids=lambda analysis: analysis.network.name)
def test_every_layer_shape_and_edge_is_on_the_svg(analysis):
    network = analysis.network
    svg = diagram(network, "svg")
    shown = texts(svg)
    for node in network.nodes:
        assert node.name in shown
        assert f"{node.params:,} param" in shown or not node.params
        if any(node.id in other.inputs for other in network.nodes):
            assert "×".join(map(str, node.shape)) in shown
    assert network.name in shown
    assert f"{network.totals.params:,} parameter" in shown
    assert f"{network.totals.macs:,} MACs" in shown
    edges = re.findall(r"<title>n(\d+)&#45;&gt;n(\d+)</title>", svg.decode())
    assert sorted((int(a), int(b)) for a, b in edges) == sorted((i, n.id) for n in network.nodes for i in n.inputs)


def test_the_legend_says_what_the_colours_of_this_picture_mean():
    lenet = analyse("input(dataset=mnist) conv avg_pooling flatten dense output").network
    shown = texts(diagram(lenet, "svg"))
    for family in FAMILIES:
        assert (family.name in shown.split("input", 1)[1] or family.name == "input") == (
            family.name in ("input", "convolution", "pooling", "dense", "flatten")
        )
    assert "over 20 %" in shown and "of the MACs" in shown


def test_layers_are_marked_by_their_share_of_the_macs():
    network = program("every_layer").network
    svg = ET.fromstring(diagram(network, "svg"))
    for node in network.nodes:
        (element,) = [group for group in svg.iter(f"{SVG}g") if group.get("id") == f"n{node.id}"]
        marks = [text.get("fill") for text in element.iter(f"{SVG}text") if "■" in "".join(text.itertext())]
        share = node.macs / network.totals.macs
        expected = [one.colour for one in STEPS if share >= one.share][-1:]
        assert marks == expected
    assert step(5, 0) is None


def test_a_panel_beside_the_text_gets_the_picture_without_legend_marks_and_style():
    svg = asyncio.run(live_diagram(program("nested").network))
    assert "■" not in svg and "<style>" not in svg and "conv_1" in svg


def luminance(colour: str) -> float:
    """Relative luminance, by the Web Content Accessibility Guidelines 2.1."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    brighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def test_words_are_readable_on_every_fill_light_and_dark():
    dark = dict(re.findall(r'\[fill="([^"]+)"\]\{fill:(#\w+)\}', dark_style()))
    for family in FAMILIES:
        assert contrast(QUIET, family.fill) >= 4.5
        assert contrast(TEXT, family.fill) >= 7
        assert contrast(dark[QUIET], family.dark_fill) >= 4.5
        assert contrast(dark[TEXT], family.dark_fill) >= 7


def test_every_colour_of_a_picture_has_one_counterpart_for_dark_grounds():
    dark: dict[str, set[str]] = {}
    for family in FAMILIES:
        dark.setdefault(family.border, set()).add(family.dark_border)
        dark.setdefault(family.fill, set()).add(family.dark_fill)
    assert all(len(counterparts) == 1 for counterparts in dark.values())
    svg = diagram(program("every_layer").network, "svg").decode()
    head, drawn = svg.split("</style>")
    known = set(re.findall(r'\[fill="([^"]+)"\]', head))
    assert set(re.findall(r'(?:fill|stroke)="([^"]+)"', drawn)) <= known | {"none", "transparent", LINE}


def test_every_kind_of_layer_has_a_family():
    for name in PROGRAMS:
        assert all(node.kind in FAMILY for node in program(name).network.nodes)


def test_both_engines_draw_both_formats(engine: str):
    network = program("nested").network
    assert "conv_1" in texts(diagram(network, "svg"))
    assert min(size(diagram(network, "png"))) > 100


def test_the_main_hyperparameters_are_on_the_picture():
    shown = texts(diagram(program("every_layer").network, "svg"))
    for said in (
        "3×5, 5, stride 1×2, gelu",
        "2×1, stride 1",
        "4×4, 4, stride 3",
        "3×3, stride 2",
        "9, sigmoid",
        "0.25",
    ):
        assert said in shown


@pytest.mark.parametrize("name", PROGRAMS)
def test_left_lanes_are_left_and_the_main_stream_is_straight(name: str):
    network = program(name).network
    plain = draw(find_dot(), dot_source(network), "plain").decode()
    x = {int(number): float(place) for number, place in re.findall(r"^node n(\d+) ([\d.]+)", plain, re.MULTILINE)}
    by_id = {node.id: node for node in network.nodes}
    main, node = set(), network.nodes[-1]
    while True:
        main.add(node.id)
        if not node.inputs:
            break
        node = by_id[node.inputs[0]]
    assert max(x[i] for i in main) - min(x[i] for i in main) < 0.02  # inches
    aside = [x[node.id] for node in network.nodes if node.id not in main]
    assert all(place > max(x[i] for i in main) for place in aside)


def test_a_png_of_any_length_is_in_the_scale_of_its_svg(engine: str):
    """A deep network's picture is long, not small: pictures are compared, by people and by models."""
    for layers in (3, 120):
        network = chain(layers)
        width, height = size(diagram(network, "png"))
        svg = diagram(network, "svg").decode()
        points = re.search(r'<svg width="(\d+)pt" height="(\d+)pt"', svg)
        assert points
        assert width == pytest.approx(int(points[1]) * DPI / 72, abs=3)
        assert height == pytest.approx(int(points[2]) * DPI / 72, abs=3)


def test_every_png_has_exactly_the_colours_of_the_theme(engine: str):
    """Whatever else is on it: a palette fitted to one picture would show the same layer in another colour."""
    images = pytest.importorskip("PIL.Image")
    for name in ("every_layer", "nested", "ten_words"):
        network = program(name).network
        png = images.open(io.BytesIO(diagram(network, "png"))).convert("RGB")
        shown = {"#{:02x}{:02x}{:02x}".format(*colour) for _, colour in png.getcolors(png.width * png.height)}
        assert {FAMILY[node.kind].fill for node in network.nodes} | {GROUND, TEXT} <= shown
        if engine == "dot":  # up to its last pixel, of which Cairo paints but a part
            assert png.crop((png.width - 1, 0, *png.size)).getcolors() == [(png.height, (255, 255, 255))]
            assert png.crop((0, png.height - 1, *png.size)).getcolors() == [(png.width, (255, 255, 255))]


def test_a_graphviz_without_gd_paints_too(fake_dot: Callable[[str], None]):
    real = find_dot()
    fake_dot(f'#!/bin/sh\ncase "$1" in *:gd) echo no such format >&2; exit 1;; esac\nexec {real} "$@"\n')
    assert min(size(diagram(program("ten_words").network, "png"))) > 100


def test_a_png_that_cairo_would_shrink_is_drawn_by_the_wheel_or_refused(engine: str):
    network = chain(560)
    if engine == "dot":
        with pytest.raises(DiagramUnavailable, match=r"too long for a PNG.*pip install"):
            diagram(network, "png")
        assert diagram(network, "svg")
    else:
        assert size(diagram(network, "png"))[1] > 32_767


def test_the_same_network_gives_the_same_bytes(engine: str):
    for analysis in every_program():
        first, second = analysis.network, replace(analysis.network)
        assert diagram(first, "svg") == diagram(second, "svg")
        assert diagram(first, "png") == diagram(second, "png")


@pytest.mark.parametrize(
    "name",
    ["<b>&amp;", '">]; evil [label="', "</font></b><img src='/etc/passwd'/>", "a\0b\x1b\ud800\u202e", "\\N\\", "é‖"],
)
def test_no_name_disturbs_the_picture(name: str, engine: str):
    network = replace(program("ten_words").network, name=name)
    svg = diagram(network, "svg")
    root = ET.fromstring(svg)
    assert not list(root.iter(f"{SVG}image"))
    assert len([group for group in root.iter(f"{SVG}g") if group.get("class") == "node"]) == len(network.nodes)
    assert "".join(c if c.isprintable() else "�" for c in name) in texts(svg)


def test_an_endless_name_is_cut():
    network = replace(program("ten_words").network, name="n" * 5000)
    assert size(diagram(network, "png"))[0] < 2000


def test_a_network_too_large_to_look_at_is_refused_at_once():
    network = program("ten_words").network
    huge = replace(network, grow=lambda: network.nodes * LARGEST)
    with pytest.raises(DiagramUnavailable, match="18,000 layers are too many"):
        diagram(huge, "svg")


@pytest.fixture
def fake_dot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Put a shell script in the place of every Graphviz."""

    def install(script: str) -> None:
        path = tmp_path / "dot"
        path.write_text(script)
        path.chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}/bin{os.pathsep}/usr/bin")

    return install


def test_without_graphviz_there_is_a_sentence_that_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    assert find_dot() is None
    with pytest.raises(DiagramUnavailable, match=r'pip install "cnngen\[dot\]".*`graphviz`\.$'):
        diagram(program("ten_words").network, "svg")


def test_a_dot_that_hangs_is_stopped(fake_dot: Callable[[str], None]):
    fake_dot("#!/bin/sh\nexec sleep 60\n")
    with pytest.raises(
        DiagramUnavailable, match=r"^The picture was given up because dot had not drawn it after 0\.2 sec"
    ):
        draw(find_dot(), "digraph {}", "svg", timeout=0.2)


def test_a_dot_that_fails_is_quoted(fake_dot: Callable[[str], None]):
    fake_dot("#!/bin/sh\necho 'libgvc: it broke' >&2\nexit 1\n")
    with pytest.raises(
        DiagramUnavailable, match=r"failed to draw the network \(libgvc: it broke\); for pictures install"
    ):
        diagram(program("ten_words").network, "png")


def test_a_dot_that_says_nothing_is_no_picture(fake_dot: Callable[[str], None]):
    fake_dot("#!/bin/sh\ncat >/dev/null\n")
    with pytest.raises(DiagramUnavailable, match="failed to draw the network"):
        diagram(program("ten_words").network, "png")


def test_a_dot_that_is_killed_is_a_sentence(fake_dot: Callable[[str], None]):
    fake_dot("#!/bin/sh\nkill -9 $$\n")
    with pytest.raises(DiagramUnavailable, match="exit code -9"):
        diagram(program("ten_words").network, "svg")


def test_a_dot_that_cannot_be_started_is_a_sentence(fake_dot: Callable[[str], None]):
    fake_dot("#!/no/such/interpreter\n")
    with pytest.raises(DiagramUnavailable, match="could not be started"):
        diagram(program("ten_words").network, "svg")
