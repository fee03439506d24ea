"""Where the shop lives: which database, how current its software is, and choosing another for the next start."""

from PySide6.QtWidgets import QWidget

from desktop.basics.i18n import N_, _
from desktop.queries.settings import DatabaseFacts, database_facts
from desktop.services.machine_setup import Found, try_database, use_database
from desktop.services.settings import set_settings
from desktop.views.common.banner import Banner
from desktop.views.common.buttons import primary, secondary
from desktop.views.common.cards import Facts, hbox
from desktop.views.common.context import Context
from desktop.views.common.field import ErrorLine
from desktop.views.common.inputs import TextInput
from desktop.views.common.segment import Segment
from desktop.views.common.theme import theme
from desktop.views.settings.form import FormCard, Page
from desktop.views.settings.orders_card import OrdersCard
from desktop.views.settings.sizes import size_text
from desktop.views.settings.verify_card import VerifyCard

STATES = {
    "empty": N_("Reached. It is empty: the next start asks to set up a shop in it."),
    "shop": N_("Reached. The shop “{name}” lives there."),
    "older": N_("Reached. Its tables are older and will be upgraded at the next start."),
    "newer": N_("Reached, but a newer program has been there. Update this program first."),
}


class DatabasePage(Page):
    """Facts, checking the books, and another database."""

    def __init__(self, context: Context) -> None:
        super().__init__(_("Database"))
        self._context, self._background = context, context.of(self)
        self._found: Found | None = None
        self.old = Banner(
            _("This SQLite is out of date and may damage the file. Update the program."), "danger"
        )
        self.old.hide()
        self.facts = Facts()
        now = FormCard(_("In use now"))
        now.add_widget(self.facts)
        self.verify, self.orders = VerifyCard(context), OrdersCard(context)
        for widget in (self.old, now, self.verify, self.orders, self._other()):
            self.column.addWidget(widget)
        self.column.addStretch(1)

    def _other(self) -> QWidget:
        card = FormCard(_("Use another one"), _("Counts from the next start of this machine"))
        self.kind = Segment(
            [("sqlite", _("File on this machine")), ("postgresql", _("PostgreSQL server"))], "sqlite"
        )
        self.kind.picked.connect(lambda _kind: self._hint())
        card.add_row(_("Kind"), self.kind)
        self.address = TextInput(longest=400)
        self.address.setFixedWidth(theme.px(420))
        self.address.textChanged.connect(lambda _text: self._forget())
        help_text = _("A password in the address goes to the system’s keyring, not into a file.")
        card.add_row(_("Address"), self.address, help_text)
        self.answer = Banner("", "success")
        self.answer.hide()
        self._error = ErrorLine()
        card.add_widget(self._error)
        card.add_widget(self.answer)
        row = hbox(margins=(0, 8, 0, 8))
        self.home = secondary(_("Back to the own file"))
        self.home.clicked.connect(self.go_home)
        self.home.setVisible(bool(self._context.machine.get("database", "")))
        self.test = secondary(_("Test the connection"), "plug-line")
        self.test.clicked.connect(self.try_it)
        self.use = primary(_("Use from the next start"))
        self.use.clicked.connect(self.use_it)
        self.use.setEnabled(False)
        row.addWidget(self.home)
        row.addStretch(1)
        row.addWidget(self.test)
        row.addWidget(self.use)
        card.body.addLayout(row)
        card.setEnabled(self._context.may(set_settings))
        self._hint()
        return card

    def load(self) -> None:
        self._background.ask_latest("facts", database_facts).then(self._show)

    def _show(self, facts: DatabaseFacts) -> None:
        kind = _("File on this machine") if facts.kind == "sqlite" else _("PostgreSQL server")
        version = f"{facts.version} ({facts.driver})"
        version += " · " + (_("current") if facts.current else _("out of date"))
        schema = (
            facts.schema if facts.schema == facts.newest_schema else f"{facts.schema} → {facts.newest_schema}"
        )
        rows = [(_("Kind"), kind, ""), (_("Place"), facts.place, ""), (_("Size"), size_text(facts.size), "")]
        rows += [(_("Software"), version, "" if facts.current else "danger"), (_("Schema"), schema, "")]
        self.facts.show_rows(rows)
        self.old.setVisible(not facts.current)

    def _hint(self) -> None:
        hints = {"sqlite": "/srv/shop.db", "postgresql": "postgresql://shop@server/shop"}
        self.address.setPlaceholderText(hints[self.kind.value()])
        self._forget()

    def _forget(self) -> None:
        self._found = None
        self._error.say("")
        self.answer.hide()
        self.use.setEnabled(False)
        self.test.setEnabled(bool(self.address.value()))

    def try_it(self) -> None:
        """Go and look at the address."""
        task = self._background.device(try_database, self.address.value()).busy(self.test)
        task.then(self._reached).otherwise(lambda error: self._error.say(str(error)))

    def _reached(self, found: Found) -> None:
        self._found = found
        self.answer.say(_(STATES[found.state]).format(name=found.shop_name))
        self.answer.show()
        self.use.setEnabled(found.state != "newer")

    def use_it(self) -> None:
        """Write the tried address into this machine's settings."""
        if self._found is None:
            return
        task = self._background.device(use_database, self._context.machine, self._found.address).busy(
            self.use
        )
        task.then(lambda _kept: self._chosen()).otherwise(lambda error: self._error.say(str(error)))

    def go_home(self) -> None:
        """Forget the other address."""
        self._background.device(use_database, self._context.machine, "").then(lambda _kept: self._chosen())

    def _chosen(self) -> None:
        self.home.setVisible(bool(self._context.machine.get("database", "")))
        self._context.toast(self, _("Saved. Close the program and start it again to use it."))
