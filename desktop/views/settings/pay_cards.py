"""Cards of the payments page: accounts with providers, amounts by role, and what is done when a payment fails."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from desktop.basics.errors import ShopError
from desktop.basics.i18n import _
from desktop.basics.words import day_text
from desktop.queries.order_words import method_word
from desktop.queries.pay_accounts import Accounts, payment_accounts
from desktop.queries.pay_cases import Plan, case_owners, reason_plans
from desktop.queries.pay_settings import RoleLimit
from desktop.queries.pay_words import reason_word, way_word
from desktop.services.pay_accounts import AccountHere, Trial, accounts_here, forget_account, try_account
from desktop.services.pay_limits import set_role_amounts
from desktop.views.common.badges import Badge
from desktop.views.common.buttons import Button, icon_button, primary, secondary
from desktop.views.common.cards import Card, CardHead, Divider, IconTile, TwoLines, clear, hbox, vbox
from desktop.views.common.context import Context
from desktop.views.common.dialogs import confirm
from desktop.views.common.inputs import mark_bad
from desktop.views.common.labels import Label
from desktop.views.common.method_icons import ICONS
from desktop.views.common.number_inputs import MoneyInput
from desktop.views.common.theme import theme
from desktop.views.settings.account_sheet import AccountSheet
from desktop.views.settings.pay_sheets import PlanSheet

SOON = timedelta(days=30)


class AccountsCard(Card):
    """Each provider: connected or not, its merchant number, when its certificate ends, tried with one click."""

    def __init__(self, context: Context) -> None:
        super().__init__(margins=(18, 14, 18, 8), gap=4)
        self.context, self.scope = context, context.of(self)
        self.known: Accounts | None = None
        self.body.addWidget(CardHead(_("Accounts with providers"), _("Keys are in this machine’s keyring")))
        self._rows = vbox()
        self.body.addLayout(self._rows)

    def load(self) -> None:
        """Ask for the accounts and which keys are here."""
        self.scope.ask_latest("accounts", payment_accounts).then(self._know)

    def _know(self, known: Accounts) -> None:
        self.known = known
        self.scope.device(accounts_here, self.context.shop).then(self._show)

    def _show(self, rows: tuple[AccountHere, ...]) -> None:
        clear(self._rows)
        for number, here in enumerate(rows):
            if number:
                self._rows.addWidget(Divider())
            self._rows.addWidget(self._row(here))

    def _row(self, here: AccountHere) -> QWidget:
        holder = QWidget()
        row = hbox(holder, margins=(0, 8, 0, 8), gap=10)
        name = method_word(here.gateway)
        icon, token = ICONS[here.gateway]
        row.addWidget(IconTile(icon, "neutral", 34, brand=token))
        row.addWidget(TwoLines(name, self._words(here)), 1)
        badge, tone, pip = self._badge(here)
        row.addWidget(Badge(badge, tone, pip, small=True))
        if here.set_up:
            test = secondary(_("Test it"), size=30)
            test.setAccessibleName(_("Try {name}").format(name=name))
            test.clicked.connect(partial(self.test, here, test))
            row.addWidget(test)
        change = secondary(_("Edit") if here.set_up else _("Connect"), size=30)
        change.setAccessibleName(_("Account with {name}").format(name=name))
        change.clicked.connect(partial(self.open, here))
        row.addWidget(change)
        if here.set_up:
            forget = icon_button(
                "delete-bin-line", _("Remove the account with {name}").format(name=name), size=30
            )
            forget.clicked.connect(partial(self.forget, here))
            row.addWidget(forget)
        return holder

    def _words(self, here: AccountHere) -> str:
        parts = [here.merchant] if here.merchant else [_("No account yet")]
        if here.expires_at is not None:
            now, zone = self.context.now(), self.context.zone
            day = day_text(here.expires_at, now, zone)
            ended = here.expires_at <= now
            words = _("certificate expired {day}") if ended else _("certificate until {day}")
            parts.append(words.format(day=day))
        if here.experimental:
            parts.append(_("experimental"))
        return " · ".join(parts)

    def _badge(self, here: AccountHere) -> tuple[str, str, str]:
        now = self.context.now()
        if not here.set_up:
            return _("Not connected"), "neutral", "wait"
        if here.expires_at is not None and here.expires_at <= now:
            return _("Expired"), "danger", "alert"
        if here.missing:
            return _("Keys are not on this machine"), "warn", "alert"
        if here.expires_at is not None and here.expires_at - now < SOON:
            return _("Expires soon"), "warn", "alert"
        return _("Connected"), "success", "done"

    def open(self, here: AccountHere) -> None:
        """Open the sheet of an account."""
        row = self.known.of(here.gateway) if self.known else None
        AccountSheet(self.window(), self.context, here, dict(row.details) if row else {}, self.load).open()

    def test(self, here: AccountHere, button: Button) -> None:
        """Ask the provider for a payment that does not exist."""
        self.scope.device(try_account, self.context.shop, here.gateway).busy(button).then(self._tried)

    def _tried(self, trial: Trial) -> None:
        self.context.toast(self, _(trial.sentence), tone="success" if trial.works else "danger")

    def forget(self, here: AccountHere) -> None:
        """Take the account away after asking."""
        confirm(
            self.window(),
            _("Remove the account with {name}?").format(name=method_word(here.gateway)),
            _(
                "Its keys are taken out of this machine’s keyring. Payments that are under way can’t be asked for then."
            ),
            verb=_("Remove"),
            yes=lambda: self.scope.device(forget_account, self.context.shop, here.gateway).then(
                lambda _n: self.load()
            ),
        )


class AmountsCard(Card):
    """How much each role may take and give back at once; empty is no limit."""

    def __init__(self, context: Context, reload: Callable[[], Any]) -> None:
        super().__init__(margins=(18, 14, 18, 12), gap=6)
        self.context, self.scope, self._reload = context, context.of(self), reload
        head = CardHead(_("At once at most, by role"), _("Above it somebody who may approve types the PIN"))
        self.saving = primary(_("Save"), "check-line", size=30)
        self.saving.setEnabled(False)
        self.saving.clicked.connect(self.save)
        head.add(self.saving)
        self.body.addWidget(head)
        self._holder = vbox()
        self.body.addLayout(self._holder)
        self.boxes: dict[tuple[str, str], MoneyInput] = {}
        self.roles: tuple[RoleLimit, ...] = ()

    def show_roles(self, roles: tuple[RoleLimit, ...]) -> None:
        """Show the limits; what is being typed stays."""
        if roles == self.roles or self.saving.isEnabled():
            return
        self.roles = roles
        clear(self._holder)
        self.boxes.clear()
        inner = QWidget()
        grid = QGridLayout(inner)
        grid.setContentsMargins(0, 2, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(0, 1)
        for column, words in enumerate((_("Takes"), _("Gives back")), 1):
            grid.addWidget(Label(words, "cap_m", "text2"), 0, column)
        for line, role in enumerate(roles, 1):
            grid.addWidget(Label(_(role.name), "small_b"), line, 0, Qt.AlignmentFlag.AlignVCenter)
            for column, (deed, most, may) in enumerate(
                (("take", role.take, role.may_take), ("refund", role.refund, role.may_refund)), 1
            ):
                grid.addWidget(
                    self._box(role, deed, most) if may else Label("—", "small", "text3"), line, column
                )
        self._holder.addWidget(inner)

    def _box(self, role: RoleLimit, deed: str, most: int | None) -> MoneyInput:
        box = self.boxes[role.key, deed] = MoneyInput(self.context.currency, most, least=0)
        box.setPlaceholderText(_("No limit"))
        box.setFixedWidth(theme.px(150))
        words = _("{role} takes at most") if deed == "take" else _("{role} gives back at most")
        box.setAccessibleName(words.format(role=_(role.name)))
        box.setEnabled(self.context.may(set_role_amounts))
        box.textChanged.connect(lambda _text: self.saving.setEnabled(True))
        return box

    def save(self) -> None:
        """Keep what was typed."""
        wanted: dict[str, dict[str, int | None]] = {}
        for (role, deed), box in self.boxes.items():
            try:
                wanted.setdefault(role, {})[deed] = box.minor()
            except ShopError as error:
                mark_bad(box, True)
                box.setFocus()
                self.context.toast(self, str(error), tone="danger")
                return
            mark_bad(box, False)
        kept = {role.key: {"take": role.take, "refund": role.refund} for role in self.roles}
        changed = {r: a for r, a in wanted.items() if any(kept[r][deed] != most for deed, most in a.items())}
        self.saving.setEnabled(False)
        for role, amounts in changed.items():
            self.scope.do(set_role_amounts, role, amounts).then(lambda _none: self._reload())
        if changed:
            self.context.toast(self, _("Amounts saved; they count at once"))


class ReasonsCard(Card):
    """What the till offers when a payment fails, reason by reason."""

    def __init__(self, context: Context) -> None:
        super().__init__(margins=(18, 14, 18, 8), gap=4)
        self.context, self.scope = context, context.of(self)
        self.owners: tuple[tuple[int, str], ...] = ()
        self.body.addWidget(
            CardHead(_("When a payment fails"), _("What the till offers, and who sees to it"))
        )
        self._rows = vbox()
        self.body.addLayout(self._rows)

    def load(self) -> None:
        """Ask what is done about every reason."""
        self.scope.ask_latest("owners", case_owners).then(lambda owners: setattr(self, "owners", owners))
        self.scope.ask_latest("plans", reason_plans).then(self._show)

    def _show(self, plans: tuple[Plan, ...]) -> None:
        clear(self._rows)
        for number, plan in enumerate(plans):
            if number:
                self._rows.addWidget(Divider())
            self._rows.addWidget(self._row(plan))

    def _row(self, plan: Plan) -> QWidget:
        holder = QWidget()
        row = hbox(holder, margins=(0, 5, 0, 5), gap=10)
        name = reason_word(plan.reason)
        caption = " · ".join(part for part in (plan.owner, plan.note) if part)
        row.addWidget(TwoLines(name, caption), 1)
        row.addWidget(Badge(way_word(plan.way), "primary" if plan.own else "neutral", small=True))
        change = secondary(_("Edit"), size=28)
        change.setAccessibleName(_("Change what is done: {reason}").format(reason=name))
        change.clicked.connect(partial(self.open, plan))
        row.addWidget(change)
        return holder

    def open(self, plan: Plan) -> None:
        """Open the sheet of a reason."""
        PlanSheet(self.window(), self.context, plan, self.owners, self.load).open()
