"""The folder of images and PDF files that the settings name."""

import os
from pathlib import Path

from chatserver.cannot_serve import CannotServe
from chatserver.settings import Settings


def prepare_files(settings: Settings) -> Path:
    """The folder, made when missing and writable. Raises `CannotServe`."""
    folder = settings.files_path
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as failure:
        raise CannotServe(
            "The folder of files {folder} cannot be made: {why}; CHATSERVER_FILES names another.",
            folder=folder,
            why=failure.strerror,
        ) from None
    if not os.access(folder, os.W_OK | os.X_OK):
        raise CannotServe(
            "The folder of files {folder} is not writable; CHATSERVER_FILES names another.", folder=folder
        )
    return folder
