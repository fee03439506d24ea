"""Which black and white modules a code is printed with: EAN where its check digit is right, Code 128 for the rest."""

from __future__ import annotations

from dataclasses import dataclass

from desktop.basics.ids import ean_ok

QUIET = 10  # modules left white on either side, as the standards ask for at least


@dataclass(frozen=True, slots=True)
class Bars:
    """A linear symbol: its kind, the modules as ones and zeros, the text below."""

    kind: str
    modules: str
    text: str

    @property
    def width(self) -> int:
        """Modules with the quiet zones."""
        return len(self.modules) + 2 * QUIET


def bars_of(code: str) -> Bars | None:
    """The symbol of a code, or None for one that no linear symbol can hold."""
    from barcode import EAN8, EAN13, UPCA, Code128

    if not code or not code.isascii() or not code.isprintable() or len(code) > 48:
        return None
    if ean_ok(code):
        maker = {8: EAN8, 12: UPCA, 13: EAN13}[len(code)]
        return Bars(maker.name, str(maker(code).build()[0]), code)
    return Bars("Code 128", str(Code128(code).build()[0]), code)
