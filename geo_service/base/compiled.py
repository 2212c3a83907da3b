"""Floor 0: compiled functions: numba's compiler behind one typed decorator, and whether its cache is warm.

Compiled code is kept beside the module (or under ``NUMBA_CACHE_DIR``), so only the first run after an installation
compiles, for about a minute on a small machine. numba alone would look at a function's own file only, though code of
what it calls is part of it; here what is kept counts only while all modules it was made from are as they were.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
from numba.extending import intrinsic

F = TypeVar("F", bound=Callable[..., Any])


def compiled(function: F) -> F:
    """Compile a function of numbers and numpy arrays to machine code at its first call; it releases the GIL.

    Division by zero gives infinity or NaN as in numpy. Floating point keeps its order, so that a seed repeats a run.
    """
    return _made(function, {})


def _made(function: F, options: dict[str, Any]) -> F:
    made = numba.njit(cache=True, nogil=True, error_model="numpy", **options)(function)
    kept = getattr(made._cache, "_cache_file", None)
    if kept is not None:
        files = sorted(_files_of(function.__module__, set()))
        kept._source_stamp = tuple((path.name, path.stat().st_mtime_ns, path.stat().st_size) for path in files)
    return cast(F, made)


def _files_of(name: str, seen: set[str]) -> set[Path]:
    """Return the file of a module, and those of the modules of its own package that it has taken names from."""
    seen.add(name)
    module = sys.modules[name]
    files = {Path(str(module.__file__))} if getattr(module, "__file__", None) else set()
    for value in list(vars(module).values()):
        other = getattr(getattr(value, "py_func", value), "__module__", None)
        if isinstance(other, str) and other not in seen and other.partition(".")[0] == name.partition(".")[0]:
            files |= _files_of(other, seen) if other in sys.modules else set()
    return files


def is_compiled(function: Callable[..., Any]) -> bool:
    """Tell whether a compiled function was compiled before, in this process or in an earlier one."""
    kept = getattr(function, "_cache", None)
    if kept is None or getattr(function, "signatures", None):
        return True
    return bool(kept._cache_file._load_index())


def bare(function: F) -> F:
    """Compile like `compiled`, for a function that makes no array: it counts no references, which costs in small ones.

    What it is given must be kept alive by its caller.
    """
    return _made(function, {"_nrt": False, "forceinline": True})


@intrinsic
def _borrowed(typing_context: Any, array: Any) -> Any:
    """Inside compiled code: see an array that somebody else keeps alive, without counting references.

    Counting is atomic and shared between threads; in a loop of microseconds it would cost more than the work.
    """

    def lower(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        view = context.make_array(signature.return_type)(context, builder, arguments[0])
        for name in ("meminfo", "parent"):
            setattr(view, name, getattr(view, name).type(None))
        return view._getvalue()

    return array(array), lower


borrowed: Callable[[Any], Any] = cast(Any, _borrowed)
"""See `_borrowed`; mypy does not know that numba itself gives the first argument."""
