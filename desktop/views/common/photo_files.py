"""Photos from files and from what was copied, made small."""

from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice
from PySide6.QtGui import QImage

from desktop.basics.errors import ShopError
from desktop.basics.i18n import N_
from desktop.basics.own_files import refuse_ours
from desktop.services.pictures import LARGEST_FILE, small_picture

PICTURE_FILES = "*.jpg *.jpeg *.png *.webp"


def read_picture(path: str) -> bytes:
    """The small picture of a file. Raises `ShopError` when it can't be read or is no harmless picture."""
    file = Path(path)
    refuse_ours(file)
    try:
        if file.stat().st_size > LARGEST_FILE:
            return small_picture(b"\0" * (LARGEST_FILE + 1))  # says the same sentence without reading it
        return small_picture(file.read_bytes())
    except OSError:
        raise ShopError(N_("The file {name} can’t be read. Choose another one."), name=file.name) from None


def from_clipboard(image: QImage) -> bytes:
    """The small picture of what was copied. Raises `ShopError`."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]  # the stub asks for bytes, the library for text
    return small_picture(bytes(buffer.data().data()))
