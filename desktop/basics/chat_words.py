"""What a customer writes, taken apart: goods with quantities, phone, name, address, wishes. No look at the shop."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

UNITS = (
    "公斤", "千克", "kg", "毫升", "ml", "克", "g", "升", "l", "斤", "两",
    "罐", "听", "盒", "瓶", "袋", "包", "箱", "件", "个", "只", "条", "块", "支", "桶", "提", "打", "份", "串", "把", "杯",
    "根", "片", "颗", "粒", "卷", "套", "张", "本", "双", "对", "排", "板", "壶", "碗", "扎", "束", "筐", "枚", "朵", "扇", "节",
    "pcs", "pc", "box", "boxes", "bag", "bags", "bottle", "bottles", "can", "cans",
)  # fmt: skip
MEASURES = {
    "公斤",
    "千克",
    "kg",
    "毫升",
    "ml",
    "克",
    "g",
    "升",
    "l",
    "斤",
    "两",
}  # a pack's size as often as a quantity
_DIGITS = {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "俩": 2, "三": 3, "仨": 3, "四": 4, "五": 5, "六": 6, "七": 7,
           "八": 8, "九": 9}  # fmt: skip
_TENS = {"十": 10, "百": 100, "千": 1000}
_CN = "零〇一二两俩三仨四五六七八九十百千半"
_UNIT = "|".join(sorted(map(re.escape, UNITS), key=len, reverse=True))
_NUMBER = rf"(?:\d+(?:\.\d{{1,3}})?|[{_CN}]+)"
_TIMES = r"[*x×✕X]"
_AT_END = re.compile(
    rf"^(?P<name>.+?)\s*(?:{_TIMES}|[:：=]|数量|要)?\s*(?P<n>{_NUMBER})\s*(?:大|小)?(?P<u>{_UNIT})?(?P<half>半)?$",
    re.I,
)
_AT_START = re.compile(rf"^(?P<n>{_NUMBER})\s*(?P<u>{_UNIT})?\s*(?:{_TIMES}|的)?\s*(?P<name>.+)$", re.I)
_RUN = re.compile(
    rf"(?P<name>[^\d{_CN}\s][^\d{_CN}]*?)\s*{_TIMES}?\s*(?P<n>{_NUMBER})\s*(?P<u>{_UNIT})", re.I
)
_ALOUD = "|".join(
    unit for unit in _UNIT.split("|") if unit.lower() not in ("毫升", "ml", "克", "g", "升", "l")
)
_FIRST = re.compile(rf"{_NUMBER}\s*(?:{_ALOUD})", re.I)  # 3袋 before the goods: a pack's size is not meant
_PHONE = re.compile(r"(?<!\d)(?:\+?86[- ]?)?(1[3-9]\d)[- ]?(\d{4})[- ]?(\d{4})(?!\d)")
_NAME = re.compile(
    r"([\u4e00-\u9fff]{1,3}(?:小姐|先生|女士|太太|老师|阿姨|叔叔|师傅|老板|大姐))(?=[\s,，。;；:：]|$)(?!\s*[\d一二两三四五六七八九十半])"
)
_RECEIVER = re.compile(
    r"(?:收货人|收件人|姓名|联系人|客户)[:：\s]*([\u4e00-\u9fff]{2,4}|[A-Za-z][A-Za-z .]{1,30})"
)
_TO = re.compile(r"(?:送到|送至|送去|寄到|寄往|寄至|发到|发往|收货地址|送货地址|地址是|地址)[:：\s]*(.+)$")
_PLACE = re.compile(
    r"(?:省|市|区|县|镇|乡|路|街|道|巷|弄|村|小区|大厦|广场|花园|新村|公寓).{0,20}?(?:\d|号|栋|幢|楼|室|单元)"
)
_NOTE = re.compile(r"^(?:备注|留言|说明)[:：\s]*(.+)$|^((?:请|麻烦|记得|不要|别|尽快|务必|最好|放).+)$")
_PLEASE = re.compile(r"^(?:麻烦|请|记得)+\s*")
_GREETING = re.compile(
    r"^(?:你好|您好|在吗|在不在|老板|老板娘|亲|嗨|hi|hello|谢谢|多谢|谢谢啦|辛苦了|好的|嗯+|ok|哈+|收到|下单|我要下单|订单|早|晚上好|早上好|下午好|再见|以上|就这些|没了)+[!！~～。.]*$",
    re.I,
)
_TIME = re.compile(
    r"^[^\d]{0,20}\d{2,4}[-/年.]\d{1,2}[-/月.]\d{1,2}日?\s*(?:上午|下午|晚上)?\s*\d{1,2}:\d{2}(?::\d{2})?$"
    r"|^\d{1,2}:\d{2}(?::\d{2})?$"
)
_LEAD = re.compile(
    r"^(?:另外|还有|还要|还|再来|再加|再要|再|加上|加|和|跟|以及|我想要|我想买|我想订|想要|想买|我要|帮我拿|帮我|给我|要|来|买|订|拿"
    r"|\d{1,2}[、.)）](?!\d)|[-•·*])\s*"
)
_NUMBERED = re.compile(r"^(?:\d{1,2}[、.)）](?!\d)|[①-⑳]|(?:老板娘?|亲|店家|掌柜的?)(?=[\s,，:：]))\s*")
_TAIL = re.compile(r"(?:吧|哈|啊|呢|哦|呗|就行|就好|可以吗|有吗|谢谢|左右)+$")
_SPLIT = re.compile(r"[\n;；。，、！!]|,(?!\d{3}(?!\d))|(?<=[\u4e00-\u9fff])和(?=[一二两三四五六七八九十\d])")
LONGEST_LINE = 200


@dataclass(frozen=True, slots=True)
class Said:
    """One thing somebody asks for: the words, how much in thousandths (None: not said) and in which unit."""

    text: str
    name: str
    qty_milli: int | None = None
    unit: str = ""
    codes: tuple[str, ...] = ()  # other cells of a spreadsheet row that may be a code
    whole: str = ""  # the words with their numbers: 三只松鼠 may be a name


@dataclass
class Message:
    """A message taken apart."""

    said: list[Said] = field(default_factory=list)
    phones: list[str] = field(default_factory=list)
    name: str = ""
    address: str = ""
    notes: list[str] = field(default_factory=list)


def number_milli(text: str) -> int | None:
    """`3`, `1.5`, `十二`, `两`, `半` in thousandths; None for what is no number."""
    if re.fullmatch(r"\d{1,9}(\.\d{1,3})?", text):
        whole, _dot, part = text.partition(".")
        return int(whole) * 1000 + int((part or "0").ljust(3, "0"))
    if text == "半":
        return 500
    half, text = (500, text[:-1]) if text.endswith("半") else (0, text)
    total = digit = 0
    for char in text:
        if char in _DIGITS:
            digit = _DIGITS[char]
        elif char in _TENS:
            total += (digit or 1) * _TENS[char]
            digit = 0
        else:
            return None
    total += digit
    return total * 1000 + half if total or half else None


def take_apart(text: str) -> Message:
    """Read a pasted text: rows with tabs as a table, all else as a message."""
    message = Message()
    for row in unicodedata.normalize("NFKC", text.replace("\r\n", "\n").replace("\r", "\n")).split("\n"):
        if "\t" in row:
            _table_row(row, message)
        elif row.strip():
            _chat_row(row.strip(), message)
    return message


# -- rows of a spreadsheet ------------------------------------------------------------------------------------

_HEADS = re.compile(
    r"^(?:序号|商品|商品名称|品名|名称|货号|编码|条码|数量|单位|规格|备注|单价|金额"
    r"|name|product|qty|quantity|unit|code|sku|barcode|price)$",
    re.I,
)


def _table_row(row: str, message: Message) -> None:
    cells = [cell.strip() for cell in row.split("\t")]
    filled = [cell for cell in cells if cell]
    if not filled or sum(bool(_HEADS.match(cell)) for cell in filled) * 2 >= len(filled):
        return
    if filled[0] in ("合计", "总计", "小计", "Total"):
        return
    phones = {cell: found for cell in filled if (found := _PHONE.fullmatch(cell))}
    message.phones += ["".join(found.groups()) for found in phones.values()]
    filled = [cell for cell in filled if cell not in phones]
    codes = tuple(cell for cell in filled if re.fullmatch(r"\d{8,14}|[A-Za-z][A-Za-z0-9]*-?\d[\w-]*", cell))
    names = [
        c
        for c in filled
        if c not in codes and not re.fullmatch(r"[¥￥]?\d+([.,]\d+)*", c) and c.lower() not in UNITS
    ]
    numbers = [cell for cell in filled if re.fullmatch(r"\d{1,6}(\.\d{1,3})?", cell) and cell not in codes]
    unit = next((cell.lower() for cell in filled if cell.lower() in UNITS), "")
    if not names and not codes:
        return
    if not numbers and names:
        spoken = _ask(names[-1] if len(names) > 1 else names[0])
        if (
            len(names) > 1
            and spoken.qty_milli is not None
            and re.fullmatch(rf"{_NUMBER}\s*(?:{_UNIT})?", names[-1])
        ):
            spoken = Said(row, names[0], spoken.qty_milli, spoken.unit)
        message.said.append(Said(" ".join(filled), spoken.name, spoken.qty_milli, spoken.unit or unit, codes))
        return
    if len(numbers) > 1 and filled[0] == numbers[0]:
        numbers = numbers[1:]  # the running number of the row
    qty = number_milli(numbers[0]) if numbers else None
    message.said.append(Said(" ".join(filled), names[0] if names else codes[0], qty, unit, codes))


# -- a message ------------------------------------------------------------------------------------------------


def _chat_row(row: str, message: Message) -> None:
    if _TIME.match(row):
        return
    row = _people(_NUMBERED.sub("", row), message)
    place = _TO.search(row)
    if place:
        message.address = message.address or place[1].strip(" ,，。;；")
        row = row[: place.start()]
    for part in _SPLIT.split(row):
        part = part.strip(" \t,，。.;；~～")
        if part and not _GREETING.match(part):
            _part(part, message)


def _people(row: str, message: Message) -> str:
    for found in _PHONE.finditer(row):
        message.phones.append("".join(found.groups()))
    row = _PHONE.sub(" ", row)
    row = re.sub(r"(?:电话|手机号?|联系电话|tel)[:：\s]*(?=\s|$)", " ", row, flags=re.I)
    for pattern in (_RECEIVER, _NAME):
        found_name = pattern.search(row)
        if found_name:
            message.name = message.name or found_name[1].strip()
            row = row[: found_name.start()] + " " + row[found_name.end() :]
            break
    sender = re.match(r"^\s*[:：]\s*", row)
    return (row[sender.end() :] if sender else row).strip(" ,，。")


def _part(part: str, message: Message) -> None:
    note = _NOTE.match(part)
    if note and not (note[2] and _ask(_PLEASE.sub("", part)).unit):
        message.notes.append((note[1] or note[2]).strip())
        return
    if _PLACE.search(part) and not _counted(part):
        message.address = message.address or part
        return
    for piece in _pieces(_PLEASE.sub("", part)):
        said = _ask(piece)
        if said.name:
            message.said.append(said)


def _pieces(part: str) -> Iterator[str]:
    """Several goods without a mark between them: `龙井2罐云片糕1盒`, `龙井2罐 云片糕1盒`, `2罐龙井1盒云片糕`."""
    words = part.split()
    if len(words) > 1 and all(_counted(word) or _counted_first(word) for word in words):
        yield from words
        return
    if firsts := _firsts(_bare(part)):
        yield from firsts
        return
    found = list(_RUN.finditer(part))
    if (
        len(found) > 1
        and not _RUN.sub("", part).strip()
        and all(m["u"].lower() not in MEASURES for m in found)
    ):
        yield from (m[0].strip() for m in found)
        return
    yield part


def _bare(text: str) -> str:
    """Without “please”, “I want”, “and also” in front."""
    while (cut := _LEAD.sub("", text, count=1)) != text and cut:
        text = cut
    return text


def _counted_first(word: str) -> bool:
    """`3袋龙井`: the quantity stands before the goods."""
    bare = _bare(word)
    found = _FIRST.match(bare)
    return found is not None and bool(bare[found.end() :].strip())


def _firsts(bare: str) -> list[str]:
    """`2罐龙井1盒云片糕` cut before each quantity; empty when one of the pieces would name no goods."""
    starts = [found.start() for found in _FIRST.finditer(bare)]
    if len(starts) < 2 or starts[0] != 0:
        return []
    pieces = [bare[a:b].strip() for a, b in zip(starts, [*starts[1:], len(bare)], strict=True)]
    return pieces if all(_counted_first(piece) for piece in pieces) else []


def _counted(word: str) -> bool:
    found = _AT_END.match(word)
    return (
        found is not None
        and number_milli(found["n"]) is not None
        and bool(found["u"] or re.search(_TIMES, word))
    )


def _ask(piece: str) -> Said:
    text = piece[:LONGEST_LINE].strip()
    bare = _bare(_TAIL.sub("", text).strip())
    sender = re.match(r"^[^\d:：]{1,12}[:：]\s*(?=\S)", bare)
    if sender and not re.fullmatch(rf"{_NUMBER}\s*(?:{_UNIT})?", bare[sender.end() :], re.I):
        bare = bare[sender.end() :]
    said = _end(text, bare) or _start(text, bare) or Said(text, bare)
    return replace(said, whole=bare)


def _end(text: str, bare: str) -> Said | None:
    found = _AT_END.match(bare)
    if not found:
        return None
    qty, unit = number_milli(found["n"]), (found["u"] or "").lower()
    plain = found["n"][0].isdigit()
    between = bare[len(found["name"]) : found.start("n")]
    if qty is None or (
        not unit and not between and (not plain or re.search(r"[A-Za-z0-9.-]$", found["name"]))
    ):
        return None  # 老三, ZH-1003, 可乐2.5: a part of the name
    if not unit and plain and len(found["n"]) > 6:
        return None  # a code
    qty += 500 if found["half"] else 0
    if unit in MEASURES and (before := _end(text, found["name"].strip())) and before.unit not in MEASURES:
        return Said(text, f"{before.name} {found['n']}{unit}", before.qty_milli, before.unit)
    return Said(text, found["name"].strip(" :：*×"), qty, unit)


def _start(text: str, bare: str) -> Said | None:
    found = _AT_START.match(bare)
    if not found or not (found["u"] or re.match(rf"{_NUMBER}\s*(?:{_TIMES}|\s)", bare)):
        return None
    qty, unit = number_milli(found["n"]), (found["u"] or "").lower()
    if qty is None or (unit in MEASURES and not found["n"][0].isdigit() and len(found["name"]) < 2):
        return None
    return Said(text, found["name"].strip(), qty, unit)
