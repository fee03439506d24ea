"""The catalogues of sentences: gathered from the sources, kept in resources/locale (`dev.py words`)."""

from __future__ import annotations

import io
import re
import string
import sys
from pathlib import Path

from babel.messages import Catalog, Message, pofile
from babel.messages.extract import extract_from_dir

ROOT = Path(__file__).resolve().parents[2]
LOCALE = ROOT / "resources" / "locale"
LANGUAGES = ("en", "zh_CN")
SOURCES = ("desktop", "resources/portal")
METHODS = [("**.py", "python"), ("**.html", "jinja2")]
VOLATILE = ('"POT-Creation', '"PO-Revision', '"Generated-By', '"Last-Translator', '"Report-Msgid')


def keywords() -> dict[str, tuple[int, ...] | None]:
    """The functions whose first argument is a sentence: the marks, and every error a person may read."""
    from desktop.basics import errors

    words: dict[str, tuple[int, ...] | None] = {"_": None, "N_": None, "ngettext": (1, 2)}
    for name, thing in vars(errors).items():
        if isinstance(thing, type) and issubclass(thing, errors.ShopError) and name != "NotAllowed":
            words[name] = None  # NotAllowed takes a permission, not a sentence
    return words


def gather() -> Catalog:
    """Every sentence of the program."""
    found = Catalog(project="zhanggui", charset="utf-8")
    for source in SOURCES:
        for _file, _line, sentence, _notes, context in extract_from_dir(
            ROOT / source, METHODS, keywords=keywords()
        ):
            if sentence and (not isinstance(sentence, str) or sentence.strip()):
                found.add(sentence, context=context)
    return found


def path_of(language: str) -> Path:
    """The catalogue's file."""
    return LOCALE / language / "LC_MESSAGES" / "zhanggui.po"


def read(language: str) -> Catalog:
    """The catalogue as it is kept."""
    path = path_of(language)
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as file:
        return pofile.read_po(file, locale=language)


def key(message: Message) -> str:
    """What a message is found by: the sentence, or the sentence for one."""
    return message.id if isinstance(message.id, str) else message.id[0]


def update(language: str) -> list[str]:
    """Bring the catalogue to the program's sentences; returns those without a translation."""
    old = read(language)
    new = Catalog(locale=language, project="zhanggui", charset="utf-8", fuzzy=False)
    missing = []
    for message in sorted((m for m in gather() if m.id), key=key):
        known = old.get(key(message), message.context)
        words = message.id if language == "en" else (known.string if known else "")
        new.add(message.id, words or "", context=message.context)
        if not words or (not isinstance(words, str) and not all(words)):
            missing.append(key(message))
    path_of(language).parent.mkdir(parents=True, exist_ok=True)
    path_of(language).write_text(_as_text(new), encoding="utf-8")
    return missing


def _as_text(catalogue: Catalog) -> str:
    file = io.BytesIO()
    pofile.write_po(file, catalogue, width=110, no_location=True, sort_output=True)
    lines = file.getvalue().decode("utf-8").splitlines()
    return "\n".join(line for line in lines if not line.startswith(VOLATILE)) + "\n"


def placeholders(text: str) -> set[str]:
    """The names between braces, without their formats."""
    return {name for _before, name, _format, _how in string.Formatter().parse(text) if name is not None}


def troubles(language: str) -> list[str]:
    """What keeps this catalogue from speaking for the whole program."""
    kept = read(language)
    wanted = {key(m): m for m in gather() if m.id}
    have = {key(m): m for m in kept if m.id}
    found = [f"not in the catalogue: {sentence!r}" for sentence in sorted(set(wanted) - set(have))]
    found += [f"no longer in the program: {sentence!r}" for sentence in sorted(set(have) - set(wanted))]
    for sentence in sorted(set(wanted) & set(have)):
        found += complaints(have[sentence])
    return found


def complaints(message: Message) -> list[str]:
    """What is wrong with one translation."""
    words = [message.string] if isinstance(message.string, str) else list(message.string or ())
    if not words or not all(words):
        return [f"no translation: {key(message)!r}"]
    if message.fuzzy:
        return [f"only guessed: {key(message)!r}"]
    sources = [message.id] if isinstance(message.id, str) else list(message.id)
    wanted = set().union(*map(placeholders, sources))
    if any(placeholders(text) != wanted for text in words if len(sources) == 1):
        return [f"other placeholders than {sorted(wanted)}: {key(message)!r}"]
    if any(not placeholders(text) <= wanted for text in words):
        return [f"placeholders beyond {sorted(wanted)}: {key(message)!r}"]
    return []


def main() -> int:
    """Update every catalogue and say which sentences lack a translation."""
    code = 0
    for language in LANGUAGES:
        missing = update(language)
        print(f"{language}: {len(read(language))} sentences, {len(missing)} without a translation")
        for sentence in missing:
            print(f"  {re.sub(chr(10), ' ', sentence)}")
        code |= bool(missing)
    return code


if __name__ == "__main__":
    sys.exit(main())
