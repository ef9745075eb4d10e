"""How numeric code is compiled with Numba, and where the machine code is kept between processes.

Numba keeps compiled functions on disk and notices when a function's own file changes, but not when a function
that it calls does, or a constant that it was compiled with. So the machine code lies in a folder named after
all the sources that go into it (`SOURCES`): after an upgrade nothing old can be found, and nothing is wrong.
"""

import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

# Intel's SVML rounds log and exp differently from libm, so it must not serve one engine and not the other.
# Numba reads this once, on import; its wheels on PyPI come without SVML, conda's may have it.
os.environ["NUMBA_DISABLE_INTEL_SVML"] = "1"

import numba
from numba.core.caching import FunctionCache

F = TypeVar("F", bound=Callable[..., Any])

PACKAGE = Path(__file__).parent

UNUSED_AFTER_S = 30 * 86_400

SOURCES = ("compilation.py", "units.py", "log.py", "plan/plan.py", "randomness", "engine")
"""Files and folders of the package that hold compiled code or the constants in it."""


def compiled(function: F) -> F:
    """Compile the way all numeric code is compiled, and keep the function's type.

    Kept on disk, without the GIL, IEEE division (x / 0 is inf or nan, not an exception), strict IEEE
    arithmetic (no `fastmath`, no fused multiply-add), so that equal arguments give equal bits.
    A specialisation is made on the first call with new argument types.
    """
    return _kept(function)


def inlined(function: F) -> F:
    """Compile as `compiled` does, and expand the function into its compiled callers.

    For small functions that are handed arrays: each call that stays a call counts references to them
    with atomic instructions, which takes longer than a block.
    """
    return _kept(function, forceinline=True)


def inner(function: F) -> F:
    """Compile as `inlined` does, without counting references to arrays at all.

    For the parts of an event loop, which pass some thirty arrays on and on. Such a function makes no array:
    it works on those it is given, which its Python caller holds. It can be called from compiled code only,
    and its machine code is kept as part of its callers'.
    """
    return _njit(function, forceinline=True, _nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)


def loop(function: F) -> F:
    """Compile as `inner` does, as a function that Python calls."""
    return _kept(function, _nrt=False)


def _kept(function: F, **options: Any) -> F:
    dispatcher: Any = _njit(function, **options)
    cache: Any = _MachineCode
    with _cache_folder():
        dispatcher._cache = cache(function)  # as `enable_caching` does with Numba's own
    return cast(F, dispatcher)


def _njit(function: F, **options: Any) -> F:
    return cast(F, numba.njit(nogil=True, error_model="numpy", **options)(function))


class _MachineCode(FunctionCache):
    """Numba's cache of a function, for which a damaged file or a full disk is no more than a missing one."""

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        cache: Any = super()
        try:
            return cache.load_overload(sig, target_context)
        except Exception:  # whatever unpickling half a file may raise
            with suppress(OSError):
                cache.flush()
            return None

    def save_overload(self, sig: Any, data: Any) -> None:
        cache: Any = super()
        with suppress(OSError):
            cache.save_overload(sig, data)


@contextmanager
def _cache_folder() -> Iterator[None]:
    """Numba takes the folder from its settings when caching is switched on; others' functions keep theirs."""
    settings: Any = numba.config
    before = settings.CACHE_DIR
    settings.CACHE_DIR = str(machine_code_folder())
    try:
        yield
    finally:
        settings.CACHE_DIR = before


@cache
def machine_code_folder() -> Path:
    """Where the machine code of these sources is kept: beside them, or in the user's own cache.

    With NUMBA_CACHE_DIR set, there. Where nothing can be written, a temporary folder: then every process
    compiles anew.
    """
    name = f"machine-code-{digest_of(SOURCES)}"
    home = os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser()
    chosen = os.environ.get("NUMBA_CACHE_DIR")
    for parent in [Path(chosen)] if chosen else [PACKAGE / "__pycache__", Path(home) / "sim"]:
        folder = parent / name
        try:
            if not folder.exists():
                folder.mkdir(parents=True, exist_ok=True)
                _tidy(parent)
            tempfile.TemporaryFile(dir=folder).close()
        except OSError:
            continue
        return folder
    return Path(tempfile.mkdtemp(prefix="sim-"))


def _tidy(parent: Path) -> None:
    """Remove the machine code of sources that nobody has compiled for a month: it is some megabytes each."""
    for folder in parent.glob("machine-code-*"):
        if time.time() - folder.stat().st_mtime > UNUSED_AFTER_S:
            shutil.rmtree(folder, ignore_errors=True)


def digest_of(sources: Iterable[str]) -> str:
    """Of files and folders of the package, by name and content: 16 hexadecimal digits."""
    digest = hashlib.blake2b(digest_size=8)
    for source in sources:
        path = PACKAGE / source
        for file in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
            digest.update(f"{file.relative_to(PACKAGE).as_posix()}\0".encode())
            digest.update(file.read_bytes())
    return digest.hexdigest()
