"""A plugin of mypy: `msgspec.structs.replace` takes only fields of the struct, with values of their types.

msgspec declares `**changes: Any`. mypy knows the fields of a struct, and how to check `dataclasses.replace`. This
applies the one to the other, so that a change of a conversation is checked as strictly as its construction.
"""

from collections.abc import Callable

from mypy.plugin import FunctionSigContext, Plugin
from mypy.plugins.dataclasses import replace_function_sig_callback
from mypy.types import FunctionLike


class TypedReplace(Plugin):
    """Gives one function a signature."""

    def get_function_signature_hook(self, fullname: str) -> Callable[[FunctionSigContext], FunctionLike] | None:
        return replace_function_sig_callback if fullname == "msgspec.structs.replace" else None


def plugin(_version: str) -> type[Plugin]:
    """What mypy asks for."""
    return TypedReplace
