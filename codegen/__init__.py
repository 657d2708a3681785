"""Network to text and pictures: a Keras 3 program, a diagram, JSON, a matrix. It writes Keras code, never runs it."""

from cnngen.codegen.adjacency import adjacency
from cnngen.codegen.artefacts import network_json
from cnngen.codegen.files import Generated, Unavailable, generate, generate_all
from cnngen.codegen.keras.program import keras_code
from cnngen.codegen.keras.recipe import Recipe, recipe
from cnngen.codegen.pictures.graphviz import DiagramUnavailable, find_dot, find_wheel
from cnngen.codegen.pictures.picture import diagram, live_diagram, live_source
from cnngen.codegen.reading.archive import read_configuration
from cnngen.codegen.reading.errors import NotInTheLanguage
from cnngen.codegen.reading.model import read_model
from cnngen.codegen.reading.writer import program_text

__all__ = [
    "DiagramUnavailable",
    "Generated",
    "NotInTheLanguage",
    "Recipe",
    "Unavailable",
    "adjacency",
    "diagram",
    "find_dot",
    "find_wheel",
    "generate",
    "generate_all",
    "keras_code",
    "live_diagram",
    "live_source",
    "network_json",
    "program_text",
    "read_configuration",
    "read_model",
    "recipe",
]
