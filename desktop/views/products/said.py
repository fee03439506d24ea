"""What buyers say about the shown product, in one line and the newest words."""

from PySide6.QtWidgets import QWidget

from desktop.basics.i18n import _, ngettext
from desktop.queries.reviews import Reputation, reputation
from desktop.views.common.buttons import link
from desktop.views.common.cards import clear, hbox, vbox
from desktop.views.common.context import Context
from desktop.views.common.labels import Label

MOST = 3


def stars(tenths: int) -> str:
    """`4.7 ★`."""
    return f"{tenths // 10}.{tenths % 10} ★"


class Said(QWidget):
    """Average and newest reviews that customers see; leads to the list where they are moderated."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, self._product = context, 0
        column = vbox(self, gap=6)
        head = hbox()
        head.addWidget(Label(_("Reviews"), "h3"), 1)
        self.more = link(_("All reviews"))
        self.more.clicked.connect(lambda: context.navigate("reviews", product_id=self._product))
        head.addWidget(self.more)
        column.addLayout(head)
        self.line = Label("", "small", "text2", wrap=True)
        column.addWidget(self.line)
        self._rows = vbox(gap=4)
        column.addLayout(self._rows)

    def show_product(self, product_id: int) -> None:
        """Ask what is said about this product."""
        self._product = product_id
        self._context.of(self).ask_latest("said", reputation, product_id).then(self._show)

    def _show(self, known: Reputation) -> None:
        clear(self._rows)
        parts = []
        if known.shown:
            words = ngettext("{count} review", "{count} reviews", known.shown).format(count=known.shown)
            parts.append(f"{stars(known.tenths)} · {words}")
        if known.shown and not known.public:
            parts.append(_("customers see them from {count} on").format(count=known.needed))
        if known.new:
            parts.append(ngettext("{count} waits", "{count} wait", known.new).format(count=known.new))
        self.line.setText(" · ".join(parts) or _("Nobody has said anything yet."))
        self.more.setVisible(bool(known.new or known.shown or known.hidden))
        for row in known.visible[:MOST]:
            text = f"{'★' * row.score} {row.message}".strip()
            self._rows.addWidget(Label(text, "small", "text", wrap=True))
