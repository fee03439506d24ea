"""Languages: English sentences are the keys, gettext catalogues hold the rest.

A language is one folder `resources/locale/<lang>/LC_MESSAGES/zhanggui.po`; a third is added by adding its file.
The language belongs to the running context, so a phone may read English while the kiosk shows Chinese.
"""

from __future__ import annotations

import gettext
import io
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path

from desktop.basics.paths import resources

SOURCE = "en"
_default = "zh_CN"
_current: ContextVar[str | None] = ContextVar("language", default=None)


def N_(text: str) -> str:
    """Mark a sentence for the catalogue; it is translated later, where it is shown."""
    return text


def languages() -> list[str]:
    """The languages this installation speaks."""
    return sorted(p.parent.parent.name for p in (resources() / "locale").glob("*/LC_MESSAGES/zhanggui.po"))


def best_language(wanted: str) -> str:
    """The nearest language we speak to a code such as `zh-Hans-CN` or `en_GB`."""
    spoken = languages()
    code = wanted.replace("-", "_")
    for candidate in spoken:
        if candidate == code:
            return candidate
    for candidate in spoken:
        if candidate.split("_")[0] == code.split("_")[0].lower():
            return candidate
    return SOURCE


def language() -> str:
    """The language of the running context."""
    return _current.get() or _default


def set_language(lang: str) -> None:
    """Choose the program's language from now on."""
    global _default
    _default = lang


@contextmanager
def speaking(lang: str) -> Iterator[None]:
    """Speak another language inside this block only (a phone's request, a receipt)."""
    token = _current.set(lang)
    try:
        yield
    finally:
        _current.reset(token)


@cache
def _catalogue(lang: str) -> gettext.NullTranslations:
    folder = resources() / "locale" / lang / "LC_MESSAGES"
    source, compiled = folder / "zhanggui.po", folder / "zhanggui.mo"
    if compiled.exists() and (not source.exists() or compiled.stat().st_mtime >= source.stat().st_mtime):
        with compiled.open("rb") as file:
            return gettext.GNUTranslations(file)
    if not source.exists():
        return gettext.NullTranslations()
    return _compile(source)


def _compile(source: Path) -> gettext.NullTranslations:
    from babel.messages import mofile, pofile  # only where no compiled catalogue was built

    with source.open("rb") as file:
        catalogue = pofile.read_po(file)
    compiled = io.BytesIO()
    mofile.write_mo(compiled, catalogue)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def _(text: str) -> str:
    """The sentence in the language of the running context."""
    return _catalogue(language()).gettext(text)


def ngettext(one: str, many: str, count: int) -> str:
    """The sentence for this count in the language of the running context."""
    return _catalogue(language()).ngettext(one, many, count)
