"""The audit trail: who did or looked at what, and whether the chain is whole."""

import json
from datetime import timedelta
from typing import Any

from PySide6.QtWidgets import QStackedWidget

from desktop.basics.i18n import N_, _
from desktop.basics.words import when_text
from desktop.queries.audit import AuditRow, Fault, audit_faults, audit_page
from desktop.queries.audit_words import ACTION_WORDS, action_words, actor_words, table_words
from desktop.queries.staff import staff_list
from desktop.views.common.banner import Banner
from desktop.views.common.buttons import secondary
from desktop.views.common.cards import Card, hbox
from desktop.views.common.cells import BadgeCell, Column, TwoLine
from desktop.views.common.context import Context
from desktop.views.common.dialogs import Sheet
from desktop.views.common.empty import EmptyState
from desktop.views.common.inputs import Select, TextArea
from desktop.views.common.labels import Label
from desktop.views.common.paged_table import PagedTable
from desktop.views.common.table_view import TableView
from desktop.views.settings.form import Page

SPANS = ((1, N_("Last 24 hours")), (7, N_("Last 7 days")), (30, N_("Last 30 days")), (0, N_("All")))
KINDS = ("kiosk", "member", "phone", "clock", "console", "guest")
FAULTS = {
    "missing": N_("an entry is missing before it"),
    "altered": N_("an entry was changed"),
    "tail": N_("entries at the end are missing"),
    "no head": N_("its head is missing"),
}


class AuditPage(Page):
    """A table of deeds and looks."""

    def __init__(self, context: Context) -> None:
        super().__init__(_("Audit trail"), scrolls=False)
        self._context, self._background = context, context.of(self)
        check = secondary(_("Check the chain"), "shield-check-line")
        check.clicked.connect(self.check)
        self._check = check
        self.head.addWidget(check)
        self.verdict = Banner("", "success")
        self.verdict.hide()
        self.column.addWidget(self.verdict)
        card = Card(margins=(1, 1, 1, 2))
        card.body.addLayout(self._filters())
        self.model = PagedTable(self._columns(), self)
        self.view = TableView(self.model, name="audit", two_lines=True)
        self.view.opened.connect(self.open_item)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.view)
        self.stack.addWidget(EmptyState(_("Nothing happened in this time"), why="nothing_found"))
        self.model.loaded.connect(lambda _first: self.stack.setCurrentIndex(0 if self.model.rows else 1))
        card.body.addWidget(self.stack, 1)
        self.column.addWidget(card, 1)
        context.stale_when(self, None, lambda _touched: self.model.refresh())

    def _filters(self) -> Any:
        row = hbox(margins=(15, 12, 15, 12), gap=8)
        self.actor = Select([("", _("Everybody"))], "")
        deeds = sorted(((key, _(words)) for key, words in ACTION_WORDS.items()), key=lambda pair: pair[1])
        self.action = Select([("", _("Every deed and look")), *deeds], "")
        self.span = Select([(days, _(words)) for days, words in SPANS], 7)
        for select in (self.actor, self.action, self.span):
            select.picked.connect(lambda _value: self.ask())
            row.addWidget(select)
        row.addStretch(1)
        return row

    def _columns(self) -> list[Column]:
        return [
            Column("at", _("Time"), 140, value=self._when),
            Column("name", _("Who"), 150, value=lambda r: actor_words(r.actor, r.name)),
            Column("action", _("What"), 220, "two_line", stretch=True, value=_deed),
            Column("looked", _("Kind"), 100, "badge", value=_kind),
            Column("number", _("Chain no."), 116, "muted", value=lambda r: f"{r.chain} · {r.number:,}"),
        ]

    def _when(self, row: AuditRow) -> str:
        return when_text(row.at, self._context.now(), self._context.zone)

    def load(self) -> None:
        self._background.ask_latest("people", staff_list).then(self._know_people).otherwise(
            lambda _error: None
        )
        self.ask()

    def _know_people(self, people: tuple[Any, ...]) -> None:
        kinds = [(kind, actor_words(kind, "")) for kind in KINDS]
        options = [("", _("Everybody")), *((f"staff:{p.id}", p.name) for p in people), *kinds]
        self.actor.set_options(options, self.actor.value())

    def ask(self) -> None:
        """Ask for the rows that fit."""
        days = self.span.value()
        since = self._context.now() - timedelta(days=days) if days else None
        actor, action = self.actor.value() or "", self.action.value() or ""
        ask = self._background.ask
        self.model.ask(lambda after: ask(audit_page, actor=actor, action=action, since=since, after=after))

    def open_item(self, event_id: int) -> None:
        """Show everything one entry holds."""
        row = self.model.row_at(self.model.row_of(event_id))
        if row is None:
            return
        sheet = Sheet(self.window(), action_words(row.action), width=560)
        facts = f"{self._when(row)} · {actor_words(row.actor, row.name)} · {row.chain} · {row.number:,}"
        sheet.add(Label(facts, "small", "text2", wrap=True))
        detail = TextArea(json.dumps(json.loads(row.detail), ensure_ascii=False, indent=2), lines=14)
        detail.setReadOnly(True)
        sheet.add(detail)
        sheet.open()

    def check(self) -> None:
        """Walk every chain."""
        task = self._background.ask(audit_faults).busy(self._check)
        task.then(self._checked)

    def _checked(self, faults: tuple[Fault, ...]) -> None:
        self.column.removeWidget(self.verdict)
        self.verdict.deleteLater()
        if faults:
            first = faults[0]
            words = _("The trail was tampered with: in chain {chain} at no. {number} {what}.").format(
                chain=first.chain, number=first.number, what=_(FAULTS[first.what])
            )
            self.verdict = Banner(words, "danger")
        else:
            self.verdict = Banner(
                _("The chain is whole: nothing was changed, removed or slipped in."), "success", closable=True
            )
        self.column.insertWidget(0, self.verdict)


def _deed(row: AuditRow) -> TwoLine:
    touched = [table_words(table, len(ids)) for table, ids in row.touched.items()]
    return TwoLine(action_words(row.action), " · ".join(word for word in touched if word))


def _kind(row: AuditRow) -> BadgeCell:
    return (
        BadgeCell(_("Looked"), "info", "wait") if row.looked else BadgeCell(_("Changed"), "neutral", "done")
    )
