"""Where the built front end and the page templates are: beside the package in a checkout, inside it in a wheel. Builds
nothing; only checks whether the files exist."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_TREE = _PACKAGE.parent


def front_folder() -> Path:
    """The folder with `manifest.json`, `loader.js`, `assets/` and `texts/`.

    `chatserver/_front` in a wheel, `build/front` in the tree. Raises RuntimeError where it was not built.
    """
    return _find("_front", "build/front", "manifest.json", "The front end is not built; run `make build`.")


def templates_folder() -> Path:
    """The folder of the Jinja templates: `chatserver/_templates` or `dashboard/templates`."""
    return _find("_templates", "dashboard/templates", ".", "The page templates are missing from this copy.")


def _find(in_wheel: str, in_tree: str, proof: str, otherwise: str) -> Path:
    # The wheel's folder first, because an installed package may lie beside another program's `build/front`.
    for folder in (_PACKAGE / in_wheel, _TREE / in_tree):
        if (folder / proof).exists():
            return folder
    raise RuntimeError(otherwise)
