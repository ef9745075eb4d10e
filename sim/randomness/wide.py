"""The full product of two words, which processors compute in one instruction and Numba has no name for."""

from collections.abc import Callable
from typing import Any, cast

from llvmlite import ir
from numba.core import types
from numba.extending import intrinsic


@intrinsic
def _high_word(_: Any, a: Any, b: Any) -> tuple[Any, Callable[..., Any]]:  # noqa: ARG001  # typed by Numba
    def generate(_context: Any, builder: Any, _signature: Any, words: tuple[Any, Any]) -> Any:
        word, double = ir.IntType(64), ir.IntType(128)
        product = builder.mul(*(builder.zext(each, double) for each in words))
        return builder.trunc(builder.lshr(product, ir.Constant(double, 64)), word)

    return types.uint64(types.uint64, types.uint64), generate


high_word = cast(Callable[[Any, Any], Any], _high_word)
"""The upper 64 bits of the 128-bit product of two uint64; to be called from compiled code only."""
