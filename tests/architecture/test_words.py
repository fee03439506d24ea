"""Every sentence a person sees is marked, and known in Chinese and English."""

import ast
import re
from collections.abc import Iterator

import pytest
from babel.messages import Message

from tests.architecture.sources import expect_nothing, name_of, python_files, tree, where
from tests.helpers import words

MARKS = {"_", "N_", "ngettext"}
SHOWS = re.compile(
    r"^(set(Text|WindowTitle|ToolTip|PlaceholderText|Title|StatusTip|LabelText|InformativeText|"
    r"TabText|AccessibleName|AccessibleDescription|Prefix|Suffix|HeaderLabels|Label|Hint)|"
    r"addTab|addItems?|addMenu|addAction|"
    r"Q(Label|PushButton|Action|GroupBox|CheckBox|RadioButton|ToolButton|CommandLinkButton)|Label|Button|IconButton)$"
)
QUIET = re.compile(
    r"^(debug|info|warning|error|exception|critical|getLogger|compile|setObjectName|setStyleSheet|AssertionError|"
    r"ValueError|TypeError|KeyError|RuntimeError|NotImplementedError|import_module|strftime|toString|fromString)$"
)
LETTER = re.compile(r"[A-Za-z\u3400-\u9fff]")
SENTENCE = re.compile(r"^[A-Z\u3400-\u9fff][^_=;{}<>]*[ \u3400-\u9fff][^_=;<>]*$")
KEYS = re.compile(
    r"^(Ctrl|Alt|Shift|Esc|Enter|Tab|F\d+)( .)?$|^[A-Z, ]+ \(\*\.[^)]*\)$"
)  # keys and file kinds
CHINESE = re.compile(r"[\u3400-\u9fff]")
# said alike in every language
NAMES = {
    "掌柜",
    "Zhanggui",
    "Alipay",
    "WeChat",
    "简体中文",
    "中文",
    "中文 · English",
    "English",
    "Inter",
    "Noto Sans SC",
}


def literal(node: ast.AST) -> str | None:
    """The fixed letters of a string, an f-string, a sum of strings or `"…".format(…)`; None for anything else."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(part.value for part in node.values if isinstance(part, ast.Constant))
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Mod):
        parts = [literal(node.left), literal(node.right)]
        return "".join(part or "" for part in parts) if any(parts) else None
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "format":
        return literal(node.func.value)
    return None


def unmarked(module: ast.Module) -> Iterator[tuple[ast.AST, str]]:
    """Literal words handed to something that shows them, without a mark."""
    for call in (node for node in ast.walk(module) if isinstance(node, ast.Call)):
        name = name_of(call)
        if name in MARKS or QUIET.match(name):
            continue
        first = call.args[:1] if name not in ("addTab", "addAction", "addItem", "setTabText") else call.args
        for argument in [*call.args, *(keyword.value for keyword in call.keywords)]:
            text = literal(argument)
            shown = text and LETTER.search(text) and SHOWS.match(name) and argument in first
            if text and text not in NAMES and not KEYS.match(text) and (shown or SENTENCE.match(text)):
                yield argument, text


def badly_marked(module: ast.Module) -> Iterator[tuple[ast.AST, str]]:
    """Marks that cannot work: not a whole literal, or translated while the program is being imported."""
    inside = {
        id(n) for f in ast.walk(module) if isinstance(f, FUNCTIONS) for b in _body(f) for n in ast.walk(b)
    }
    for call in (node for node in ast.walk(module) if isinstance(node, ast.Call)):
        if not isinstance(call.func, ast.Name) or call.func.id not in MARKS or not call.args:
            continue
        broken = (
            isinstance(call.args[0], ast.JoinedStr | ast.BinOp | ast.Call)
            and literal(call.args[0]) is not None
        )
        if broken:
            yield call, "not a whole literal sentence"
        elif call.func.id != "N_" and id(call) not in inside:
            yield call, "translated at import"


FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


def _body(function: ast.AST) -> list[ast.AST]:
    body = getattr(function, "body", [])
    return body if isinstance(body, list) else [body]


def test_views_show_no_unmarked_words() -> None:
    found = [
        f"{where(p, node)} {text!r}"
        for p in python_files("desktop/views")
        for node, text in unmarked(tree(p))
    ]
    expect_nothing(found)


def test_marks_hold_whole_sentences_translated_when_shown() -> None:
    found = [
        f"{where(p, node)} {why}" for p in python_files("desktop") for node, why in badly_marked(tree(p))
    ]
    expect_nothing(found)


@pytest.mark.parametrize("folder", ["desktop/views", "desktop/portal"])
def test_fronts_hold_no_chinese_of_their_own(folder: str) -> None:
    found = []
    for path in python_files(folder):
        comments = {id(n.value) for n in ast.walk(tree(path)) if isinstance(n, ast.Expr)}  # docstrings
        for node in ast.walk(tree(path)):
            text = node.value if isinstance(node, ast.Constant) and id(node) not in comments else None
            if isinstance(text, str) and CHINESE.search(text) and text not in NAMES and len(text) > 1:
                found.append(f"{where(path, node)} {text!r}")
    expect_nothing(found)


@pytest.mark.parametrize(
    "source",
    [
        "label.setText('Orders')",
        "QLabel(f'{n} orders')",
        "label.setText('{n} orders'.format(n=3))",
        "card(title='Recent orders')",
        "Button('完成')",
        "menu.addAction('Refund' + dots)",
    ],
)
def test_control_unmarked_words_are_found(source: str) -> None:
    assert list(unmarked(ast.parse(source)))


@pytest.mark.parametrize(
    "source", ["l.setText(_('Orders'))", "QLabel(f'¥{x}')", "l.setObjectName('a')", "log.info('It is so')"]
)
def test_control_marked_words_and_names_are_left_alone(source: str) -> None:
    assert not list(unmarked(ast.parse(source)))


@pytest.mark.parametrize(
    "source",
    [
        "def f(): return _(f'{n} orders')",
        "def f(): return _('{n}'.format(n=1))",
        "X = _('Orders')",
        "class A:\n  x = _('Orders')",
    ],
)
def test_control_bad_marks_are_found(source: str) -> None:
    assert list(badly_marked(ast.parse(source)))


def test_control_good_marks_are_left_alone() -> None:
    good = "X = N_('Orders')\ndef f(): return _('{n} orders').format(n=1), _(X), (lambda: _('Orders'))"
    assert not list(badly_marked(ast.parse(good)))


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_the_catalogues_say_everything(language: str) -> None:
    """Run `python3 dev.py words` to bring the catalogues to the sources."""
    found = words.troubles(language)
    expect_nothing(found)


@pytest.mark.parametrize(
    "message",
    [
        Message("{count} orders", "共 {number} 单"),
        Message("{count} orders", "若干单"),
        Message("Orders", ""),
        Message("Orders", "订单", flags=["fuzzy"]),
        Message(("{count} order", "{count} orders"), ("{n} 单",)),
    ],
)
def test_control_bad_translations_are_found(message: Message) -> None:
    assert words.complaints(message)


def test_control_good_translations_are_left_alone() -> None:
    assert not words.complaints(Message("{count:,} orders of {who}", "{who}的 {count} 单"))
    assert not words.complaints(Message(("one order", "{count} orders"), ("{count} 单",)))
