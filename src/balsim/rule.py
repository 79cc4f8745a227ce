"""The one compiler switch: every equation and phase of balsim is a function marked ``@rule``.

A rule is compiled by Numba, and stays callable as plain Python: set ``NUMBA_DISABLE_JIT=1`` before importing
balsim to step through it in a debugger. Compiled and uncompiled rules agree to the last bit, which holds only under
the habits that ``tests/architecture/test_rule_habits.py`` enforces: ``math`` functions and never NumPy's, explicit
loops, no literal exponents, guarded denominators, no fast-math.
"""

from __future__ import annotations

import hashlib
import math
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])

PACKAGE = Path(__file__).parent
# Everything that can change a result. A mended plot or report is outside it and discards nothing.
RESULT_BEARING = ("rule.py", "params.py", "world.py", "shocks.py", "measures.py", "scenario.py", "theory", "dynamics",
                  "engines", "data")  # fmt: skip


def source_hash(parts: tuple[str, ...] = RESULT_BEARING) -> str:
    """SHA-256 over the result-bearing modules of the package (hexadecimal)."""
    digest = hashlib.sha256()
    for part in parts:
        path = PACKAGE / part
        files = [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.suffix in {".py", ".yaml", ".csv"})
        for file in files:
            digest.update(file.relative_to(PACKAGE).as_posix().encode())
            digest.update(file.read_bytes())
    return digest.hexdigest()


def cache_folder() -> Path:
    """Where compiled rules of exactly this source are kept.

    Numba does not notice an edit in an imported module (its issue 1833), so the folder is keyed by the source.
    """
    base = os.environ.get("BALSIM_CACHE") or os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "balsim" / source_hash()[:16]


# Intel's vector library rounds differently from the C library that plain Python calls.
os.environ.setdefault("NUMBA_DISABLE_INTEL_SVML", "1")
os.environ.setdefault("NUMBA_CACHE_DIR", str(cache_folder()))

import numba  # noqa: E402  (the environment above is read at import)

COMPILED: bool = not numba.config.DISABLE_JIT


def rule(function: F) -> F:
    """Mark a function as a rule of the model: compiled where Numba is on, plain Python otherwise.

    A rule makes no arrays (see `allocating_rule`), so that Numba need not count who holds the arrays it is handed: with
    a world of many arrays handed from rule to rule, the counting took a third of a run.
    """
    return numba.njit(cache=True, nogil=True, no_cfunc_wrapper=True, _nrt=False)(function)


def allocating_rule(function: F) -> F:
    """As `rule`, for the few functions that make arrays or hold those of a whole world."""
    # Said outright, because a function compiled on behalf of a rule would inherit the rule's setting.
    return numba.njit(cache=True, nogil=True, no_cfunc_wrapper=True, _nrt=True)(function)


def compiled_before() -> bool:
    """Whether this source has been compiled on this machine (else the first run takes some seconds longer)."""
    folder = Path(os.environ["NUMBA_CACHE_DIR"])
    return not COMPILED or (folder.is_dir() and any(folder.rglob("*.nbi")))


@rule
def power(x: float, w: float) -> float:
    """x raised to w, for x ≥ 0 and w ≥ 0, with 0⁰ = 1.

    The exponents that the defaults use (¼ of Walt's equal weights, the cubes of curvature and decisiveness) cost no
    call to the C library, and give the same bits compiled and not.
    """
    if w == 0.0:
        return 1.0
    if w == 1.0:
        return x
    if w == 2.0:
        return x * x
    if w == 3.0:
        return x * x * x
    if w == 0.5:
        return math.sqrt(x)
    if w == 0.25:
        return math.sqrt(math.sqrt(x))
    if x <= 0.0:
        return 0.0
    return math.pow(x, w)


@rule
def clamp(x: float, low: float, high: float) -> float:
    """x held within [low, high]."""
    if x < low:
        return low
    if x > high:
        return high
    return x


@rule
def positive(x: float) -> float:
    """The larger of x and zero."""
    return x if x > 0.0 else 0.0
