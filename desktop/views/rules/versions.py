"""Earlier versions of a rule, each with its sentence, to go back to."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from desktop.basics.i18n import _
from desktop.basics.words import when_text
from desktop.rules.lists import RuleDetail, RuleHistory, rule_history
from desktop.views.common.buttons import secondary
from desktop.views.common.cards import NestedCard, hbox, vbox
from desktop.views.common.context import Context
from desktop.views.common.dialogs import Sheet
from desktop.views.common.labels import Label
from desktop.views.common.theme import theme


class VersionSheet(Sheet):
    """The newest first; the one that is kept now has no button."""

    def __init__(
        self, parent: QWidget, context: Context, rule: RuleDetail, back: Callable[[int], object]
    ) -> None:
        super().__init__(parent, _("Versions of “{name}”").format(name=rule.name), width=620)
        self.context, self._rule, self._back = context, rule, back
        inner = QWidget()
        self.column = vbox(inner, gap=8)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidget(inner)
        inner.setAutoFillBackground(False)
        area.setFixedHeight(theme.px(380))
        self.add(area)
        context.of(self).ask(rule_history, rule.id).then(self._show).otherwise(self.show_error)

    def _show(self, history: RuleHistory) -> None:
        for version in history.versions:
            card = NestedCard()
            head = hbox(gap=8)
            at = when_text(version.at, self.context.now(), self.context.zone)
            head.addWidget(Label(_("Version {version}").format(version=version.version), "small_b"))
            head.addWidget(Label(f"{version.who} · {at}", "cap", "text2"))
            head.addStretch(1)
            if version.version != self._rule.version:
                button = secondary(_("Go back to this"), size=28)
                button.clicked.connect(lambda _c=False, number=version.version: self._choose(number))
                head.addWidget(button)
            else:
                head.addWidget(Label(_("kept now"), "cap", "text2"))
            card.body.addLayout(head)
            card.body.addWidget(Label(version.sentence, "small", "text2", wrap=True))
            self.column.addWidget(card)
        self.column.addStretch(1)

    def _choose(self, version: int) -> None:
        self.accept()
        self._back(version)
