"""The order of the rooms: imports run downwards, and no module leads back to itself."""

import ast
from graphlib import TopologicalSorter
from pathlib import Path

import labeler

PACKAGE = Path(labeler.__file__).parent
FLOORS = [
    {"records", "errors", "terminal", "process", "limits", "reports", "marks", "notebook"},
    {"phrasebook"},
    {"text", "mentions", "assertions", "attributes", "study", "sentence_cache", "spans"},
    {"pipeline", "frames", "recipe", "reading", "joint", "parallel"},
    {"io", "scoring", "authoring", "spark"},
    {"pages", "interop"},
    {"cli"},
]
"""From the ground up; a room may import those of its own floor and of the floors below."""
FRONT_DOORS = {"__init__", "__main__"}
"""Modules that lead anywhere: the public names, and the command line as `python -m labeler`."""
LATE = {("frames", "io")}
"""Rooms that a method imports when it is called: `Labeler.label_frame` gives a pandas table."""


def name_of(path):
    """Return the dotted name of a module below the package."""
    return ".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix(".__init__")


MODULES = {name_of(path): path for path in sorted(PACKAGE.rglob("*.py"))}


def imported(path, *, late):
    """Return the modules of the package that a module imports, for type checking too; `late`: inside functions too."""
    tree = ast.parse(path.read_text("utf-8"))
    inside = {
        node
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
    }
    nodes = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and (late or node not in inside)]
    names = {(node.module or "").removeprefix("labeler.") for node in nodes}
    children = {f"{(node.module or '').removeprefix('labeler.')}.{a.name}" for node in nodes for a in node.names}
    return (names | children) & MODULES.keys()


def room(module):
    """Return the room of a module: its folder, or its own name at the top."""
    return module.split(".")[0]


def test_every_room_has_a_floor():
    """A new room must say what it may import."""
    assert {room(module) for module in MODULES} - FRONT_DOORS == set().union(*FLOORS)


def test_imports_run_downwards():
    """No room imports a room of a floor above it."""
    floor = {name: level for level, names in enumerate(FLOORS) for name in names}
    upwards = {
        (module, other)
        for module, path in MODULES.items()
        for other in imported(path, late=True)
        if room(module) not in FRONT_DOORS
        and floor[room(other)] > floor[room(module)]
        and (room(module), room(other)) not in LATE
    }
    assert upwards == set()


def test_no_module_leads_back_to_itself():
    """There is no circle among the imports, those for type checking included."""
    graph = {module: imported(path, late=False) - {module} for module, path in MODULES.items()}
    assert list(TopologicalSorter(graph).static_order())  # raises CycleError, which names the circle
