"""Puts a mutant in the place of the program: into functions that are there already, or into a file that is about to be read."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from functools import _lru_cache_wrapper
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_loader
from types import CodeType, FunctionType, ModuleType


def swap_functions(path: str, code: CodeType) -> None:
    """Give every function that was read from a file the body it has in the mutant. Raises `ValueError` where one does not fit."""
    bodies = {_key(body): body for body in _inside(code)}
    for function in [one for one in gc.get_objects() if type(one) is FunctionType and one.__code__.co_filename == path]:
        function.__code__ = bodies.get(_key(function.__code__), function.__code__)


def forget() -> None:
    """Empty what the program remembers of earlier calls: a mutant must give its own answers, and a test walk its own lines."""
    for module in [one for name, one in sys.modules.items() if name.startswith("remit.")]:
        for cached in vars(module).values():
            if isinstance(cached, _lru_cache_wrapper):
                cached.cache_clear()


def _key(code: CodeType) -> tuple[str, int]:
    return code.co_qualname, code.co_firstlineno


def _inside(code: CodeType) -> Iterator[CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield constant
            yield from _inside(constant)


class Reading:
    """Reads one module from the code of a mutant, instead of from its file, when it is imported."""

    def __init__(self, module: str, path: str, code: CodeType) -> None:
        """Name the module, its file and what to read instead."""
        self._module, self._loader = module, _Loader(module, path, code)

    def __enter__(self) -> None:
        """Stand before all others who could find the module."""
        sys.meta_path.insert(0, self)

    def __exit__(self, *_: object) -> None:
        """Stand aside."""
        sys.meta_path.remove(self)

    def find_spec(self, name: str, _path: object = None, _target: object = None) -> ModuleSpec | None:
        """Find the one module."""
        return spec_from_loader(name, self._loader) if name == self._module else None


class _Loader(SourceFileLoader):
    def __init__(self, module: str, path: str, code: CodeType) -> None:
        super().__init__(module, path)
        self._code = code

    def exec_module(self, module: ModuleType) -> None:
        exec(self._code, module.__dict__)  # noqa: S102  # our own program, but for one small thing
