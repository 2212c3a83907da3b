"""Which actions write: read from the source, so that a new one cannot be forgotten."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ACTIONS = Path(__file__).parents[2] / "geo_service" / "actions"
STORE = ACTIONS.parent / "store"


def store_writers(folder: Path = STORE) -> set[str]:
    """Return the names of the store's methods that write: ``change``, and those that write beside the ledger."""
    found = {"change"}
    for path in folder.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and "_write" in _called(node):
                found.add(node.name)
    return found


def writing_actions(folder: Path = ACTIONS, writers: set[str] | None = None) -> set[str]:
    """Return the public functions that open a transaction, or call one that does, as ``module.function``.

    A function that writes into an open transaction (it has a parameter ``tx``) is part of another action.
    """
    writers = store_writers() if writers is None else writers
    functions: dict[tuple[str, str], ast.FunctionDef] = {}
    names: dict[str, dict[str, tuple[str, str]]] = {}
    for path in sorted(folder.glob("*.py")):
        tree, module = ast.parse(path.read_text(encoding="utf-8")), path.stem
        names[module] = {}
        for node in tree.body:
            if isinstance(node, ast.FunctionDef):
                functions[module, node.name] = node
                names[module][node.name] = (module, node.name)
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("geo_service.actions."):
                for alias in node.names:
                    names[module][alias.asname or alias.name] = (str(node.module).rpartition(".")[2], alias.name)
    writing = {key for key, node in functions.items() if _called(node) & writers}
    while True:
        more = {
            key
            for key, node in functions.items()
            if key not in writing and any(names[key[0]].get(name) in writing for name in _called(node, plain=True))
        }
        if not more:
            break
        writing |= more
    return {
        f"{module}.{name}"
        for module, name in writing
        if not name.startswith("_") and "tx" not in {arg.arg for arg in functions[module, name].args.args}
    }


def _called(node: ast.AST, *, plain: bool = False) -> set[str]:
    """Return the names of what is called within: methods by their last name, or only plain functions."""
    return set(_calls(node, plain))


def _calls(node: ast.AST, plain: bool) -> Iterator[str]:
    for one in ast.walk(node):
        if isinstance(one, ast.Call):
            if plain and isinstance(one.func, ast.Name):
                yield one.func.id
            if not plain and isinstance(one.func, ast.Attribute):
                yield one.func.attr
