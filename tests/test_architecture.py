"""The map of STYLE: imports point down only, apps are layered inside, and no import hides in a function."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

# Each floor, and the floors below that it may use.
FLOORS = {
    "careportal.kit": set(),
    "careportal.accounts": {"careportal.kit"},
    "providers": {"careportal.accounts", "careportal.kit"},
    "programmes": {"providers", "careportal.accounts", "careportal.kit"},
    "enquiries": {"programmes", "providers", "careportal.accounts", "careportal.kit"},
    "careportal": {"enquiries", "programmes", "providers", "careportal.accounts", "careportal.kit"},
}

# Inside an app: a module may use those of its own height and below. Other modules serve any of them.
HEIGHTS = {
    **dict.fromkeys(("urls", "views", "admin", "tasks", "management"), 4),
    **dict.fromkeys(("forms", "services"), 3),
    **dict.fromkeys(("letters", "queries", "permissions"), 2),
    "models": 1,
}


@dataclass(frozen=True)
class Import:
    """One import of a module of ours."""

    importer: str
    imported: str
    line: int
    inside: str = ""
    for_types_only: bool = False

    def __str__(self) -> str:
        return f"{self.importer}:{self.line} imports {self.imported}"


def modules() -> dict[str, Path]:
    folders = ("careportal", "enquiries", "programmes", "providers")
    paths = (path for folder in folders for path in (ROOT / folder).rglob("*.py") if "migrations" not in path.parts)
    return {".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path for path in paths}


MODULES = modules()


def floor_of(module: str) -> str | None:
    """The deepest floor that holds this module; None when it is not one of ours."""
    return next((floor for floor in FLOORS if module == floor or module.startswith(f"{floor}.")), None)


def height_of(module: str) -> int | None:
    floor = floor_of(module)
    part = module.removeprefix(f"{floor}.").partition(".")[0]
    return None if floor == "careportal" else HEIGHTS.get(part)


def imports() -> Iterator[Import]:
    for module, path in MODULES.items():
        yield from imports_of(module, ast.parse(path.read_text()), package=path.name == "__init__.py")


def imports_of(module: str, tree: ast.Module, *, package: bool) -> Iterator[Import]:
    hidden = {
        inner: function.name
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for inner in ast.walk(function)
    }
    for_types = {
        inner
        for block in ast.walk(tree)
        if isinstance(block, ast.If) and ast.unparse(block.test).endswith("TYPE_CHECKING")
        for inner in ast.walk(block)
    }
    for node in ast.walk(tree):
        for imported in imported_by(module, node, package=package):
            yield Import(module, imported, node.lineno, hidden.get(node, ""), node in for_types)


def imported_by(module: str, node: ast.AST, *, package: bool) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        base = base_of(module, node, package=package)
        # `from app import views` names a module, `from app.views import home` a thing in one.
        yield from {f"{base}.{alias.name}" if f"{base}.{alias.name}" in MODULES else base for alias in node.names}


def base_of(module: str, node: ast.ImportFrom, *, package: bool) -> str:
    if not node.level:
        return node.module or ""
    parents = module.split(".")[: None if package and node.level == 1 else -(node.level - package)]
    return ".".join([*parents, *([node.module] if node.module else [])])


OURS = [found for found in imports() if floor_of(found.imported)]


def test_the_map_covers_the_code():
    assert len(MODULES) > 40
    assert len(OURS) > 60


def test_imports_between_apps_point_down_only():
    upwards = [
        str(found)
        for found in OURS
        if floor_of(found.importer) != floor_of(found.imported)
        and floor_of(found.imported) not in FLOORS[floor_of(found.importer)]
    ]

    assert upwards == []


def test_inside_an_app_views_use_services_services_use_queries_and_all_use_models():
    upwards = [
        str(found)
        for found in OURS
        if floor_of(found.importer) == floor_of(found.imported)
        and (below := height_of(found.importer))
        and (above := height_of(found.imported))
        and above > below
    ]

    assert upwards == []


def test_no_import_is_hidden_in_a_function():
    """Django asks for one: AppConfig.ready imports what listens to signals."""
    hidden = [
        str(found)
        for module, path in MODULES.items()
        for found in imports_of(module, ast.parse(path.read_text()), package=path.name == "__init__.py")
        if found.inside and not (module.endswith(".apps") and found.inside == "ready")
    ]

    assert hidden == []


def test_no_module_imports_itself_by_way_of_others():
    graph: dict[str, set[str]] = {module: set() for module in MODULES}
    for found in OURS:
        at_start = not (found.inside or found.for_types_only)
        if at_start and found.imported in MODULES and found.imported != found.importer:
            graph[found.importer].add(found.imported)

    assert circle_in(graph) == []


def circle_in(graph: dict[str, set[str]]) -> list[str]:
    """The modules of one circle, in order; empty when there is none."""
    finished: set[str] = set()

    def walk(module: str, path: list[str]) -> list[str]:
        if module in path:
            return [*path[path.index(module) :], module]
        if module in finished:
            return []
        found = next(filter(None, (walk(after, [*path, module]) for after in sorted(graph[module]))), [])
        finished.add(module)
        return found

    return next(filter(None, (walk(module, []) for module in sorted(graph))), [])


@pytest.mark.parametrize(
    ("source", "imported"),
    [
        ("import enquiries.views", "enquiries.views"),
        ("from enquiries import apps", "enquiries.apps"),
        ("from .apps import Config", "enquiries.apps"),
        ("from . import apps", "enquiries.apps"),
    ],
)
def test_the_test_sees_every_way_of_importing(source, imported):
    (found,) = imports_of("enquiries.somewhere", ast.parse(source), package=False)

    assert found.imported == imported


def test_the_test_finds_a_circle():
    assert circle_in({"a": {"b"}, "b": {"c"}, "c": {"a"}}) == ["a", "b", "c", "a"]
    assert circle_in({"a": {"b", "c"}, "b": {"c"}, "c": set()}) == []
