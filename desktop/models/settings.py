"""The registry of shop-wide settings: each declared once with type, default, bounds and words."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from desktop.basics.errors import ShopError
from desktop.basics.i18n import N_, _

T = TypeVar("T", int, str, bool)
REGISTRY: dict[str, SettingSpec[Any]] = {}


@dataclass(frozen=True)
class SettingSpec(Generic[T]):
    """One setting: `unit` says how a screen shows it (percent of basis points, minutes, hours, days, pieces)."""

    key: str
    default: T
    label: str
    help: str = ""
    unit: str = ""
    low: int | None = None
    high: int | None = None
    choices: tuple[str, ...] = ()
    pattern: str = ""  # a regular expression that text must match as a whole

    def __post_init__(self) -> None:
        if self.key in REGISTRY:
            raise ValueError(f"setting {self.key} declared twice")
        REGISTRY[self.key] = self

    def read(self, text: str | None) -> T:
        """The value from its stored JSON, or the default."""
        if text is None:
            return self.default
        value = json.loads(text)
        return value if type(value) is type(self.default) else self.default

    def check(self, value: Any) -> T:
        """The value if it may be set. Raises `ShopError` naming the limit."""
        if type(value) is not type(self.default):
            raise ShopError(N_("“{label}” has a value of the wrong kind."), label=_(self.label))
        if isinstance(value, int) and not isinstance(value, bool):
            if self.low is not None and value < self.low:
                raise ShopError(N_("“{label}” can't be below {low}."), label=_(self.label), low=self.low)
            if self.high is not None and value > self.high:
                raise ShopError(N_("“{label}” can't be above {high}."), label=_(self.label), high=self.high)
        if self.choices and value not in self.choices:
            raise ShopError(N_("“{label}” can't be “{value}”."), label=_(self.label), value=value)
        if self.pattern and not re.fullmatch(self.pattern, str(value)):
            raise ShopError(N_("“{label}” can't be “{value}”."), label=_(self.label), value=value)
        return value


SHOP_NAME = SettingSpec("shop.name", "", N_("Shop name"))
SHOP_BRANCH = SettingSpec("shop.branch", "", N_("Branch and address"))
SHOP_CURRENCY = SettingSpec("shop.currency", "CNY", N_("Currency"))
SHOP_ZONE = SettingSpec("shop.zone", "Asia/Shanghai", N_("Time zone"))
SHOP_SAMPLE = SettingSpec("shop.sample", False, N_("This is the sample shop"))
RECEIPT_FOOTER = SettingSpec("shop.receipt_footer", "", N_("Line at the foot of the receipt"))
SHOP_PHONE = SettingSpec("shop.phone", "", N_("Shop’s phone on papers"))
SHOP_TAX_NUMBER = SettingSpec("shop.tax_number", "", N_("Tax number on invoices"))
INVOICE_NOTE = SettingSpec("shop.invoice_note", "", N_("Line on invoices, such as the bank account"))
POINTS_CAP = SettingSpec(
    "points.cap_bp",
    5_000,
    N_("Points pay at most"),
    N_("Share of the amount due that points may pay."),
    "bp",
    0,
    5_000,
)
POINTS_PER_UNIT = SettingSpec(
    "points.per_unit",
    100,
    N_("Points for one currency unit"),
    N_("100 means 100 points pay ¥1.00."),
    "pts",
    1,
    100_000,
)
POINTS_EARN = SettingSpec(
    "points.earn_bp", 10_000, N_("Points earned per currency unit paid"), "", "bp", 0, 1_000_000
)
POINTS_WELCOME = SettingSpec("points.welcome", 200, N_("Points for joining"), "", "pts", 0, 1_000_000)
POINTS_PROOF = SettingSpec(
    "points.proof",
    True,
    N_("Member confirms points on the phone"),
    N_("Off: a phone number alone is enough to spend points."),
)
POINTS_DAYS = SettingSpec("points.valid_days", 365, N_("Points stay valid"), "", "days", 1, 36_500)
SHIP_HOURS = SettingSpec(
    "orders.ship_hours", 36, N_("Ship within"), N_("After this an order shows as late."), "hours", 1, 720
)
PAY_MINUTES = SettingSpec(
    "orders.pay_minutes", 30, N_("Online orders are paid within"), "", "minutes", 1, 10_080
)
TRADE_PAY_HOURS = SettingSpec(
    "orders.trade_pay_hours", 36, N_("Distribution and B2B orders are paid within"), "", "hours", 1, 720
)
DEFAULT_TYPE = SettingSpec(
    "orders.default_type", "retail", N_("Usual order type"), choices=("retail", "distribution", "b2b")
)
REFUSE, QUEUE = "refuse", "queue"
Hours = tuple[SettingSpec[int], SettingSpec[int], SettingSpec[str]]


def _hours(key: str, start: str, end: str, outside: str, *helps: str) -> Hours:
    """From and until (minutes of the day by the shop's clock), and what happens to orders outside."""
    early, late = helps or ("", "")
    return (
        SettingSpec(f"orders.{key}.from", 0, start, early, "clock", 0, 24 * 60 - 1),
        SettingSpec(f"orders.{key}.until", 24 * 60, end, "", "clock", 0, 24 * 60),
        SettingSpec(f"orders.{key}.outside", QUEUE, outside, late, choices=(QUEUE, REFUSE)),
    )


ORDER_HOURS: dict[str, Hours] = {
    "retail": _hours(
        "retail",
        N_("Retail orders from"),
        N_("Retail orders until"),
        N_("Retail orders outside these hours"),
        N_("The same time twice means the whole day. Sales at the counter and the kiosk are always taken."),
        N_("A queued order holds its goods and is handled when the hours begin."),
    ),
    "distribution": _hours(
        "distribution",
        N_("Distribution orders from"),
        N_("Distribution orders until"),
        N_("Distribution orders outside these hours"),
    ),
    "b2b": _hours("b2b", N_("B2B orders from"), N_("B2B orders until"), N_("B2B orders outside these hours")),
}
B2B_CREDIT = SettingSpec("orders.b2b_credit", 600, N_("Credit score needed for B2B"), "", "", 0, 1_000)
ALERT_AT = SettingSpec(
    "stock.alert_milli",
    50_000,
    N_("Stock alert below"),
    N_("For goods and categories without a level of their own."),
    "milli",
    0,
    10**12,
)
RESTOCK_DAYS = SettingSpec(
    "stock.restock_days",
    14,
    N_("Restock for"),
    N_("How many days of average sales a suggestion covers, with the safety stock left at the end."),
    "days",
    0,
    365,
)
BUY_BY_ITSELF = SettingSpec(
    "purchasing.by_itself",
    "list",
    N_("What the morning’s restock list becomes"),
    N_("A list to look at, drafts of purchase orders, or orders sent by e-mail when they are small enough."),
    choices=("list", "draft", "send"),
)
SEND_UNDER = SettingSpec(
    "purchasing.send_under_minor",
    50_000,
    N_("Orders are sent by themselves up to"),
    N_("Dearer ones, and those under a supplier’s least order value, stay drafts for somebody to look at."),
    "minor",
    0,
    10**12,
)
EXPIRED_GOODS = SettingSpec(
    "stock.expired_goods",
    "block",
    N_("Goods past their last day"),
    N_("For goods told apart by batch: not sold at all, or sold after everything else."),
    choices=("block", "warn"),
)
EXPIRY_WARN = SettingSpec(
    "stock.expiry_days",
    30,
    N_("Goods count as expiring soon"),
    N_("So many days before their last one they are listed and announced."),
    "days",
    1,
    365,
)
SLOW_DAYS = SettingSpec(
    "stock.slow_days",
    30,
    N_("Goods are slow without a sale for"),
    N_("Counted from the last sale, for goods that are here."),
    "days",
    1,
    3_650,
)
SLOW_COVER = SettingSpec(
    "stock.slow_cover",
    90,
    N_("Goods are slow above a cover of"),
    N_("When what is here would last longer than this at the average sale."),
    "days",
    1,
    3_650,
)
SURPLUS_DAYS = SettingSpec(
    "stock.surplus_days",
    60,
    N_("Goods are too many above a cover of"),
    N_("When what is here lasts longer than this at the average sale."),
    "days",
    1,
    3_650,
)
REVIEWS_FROM = SettingSpec(
    "goods.reviews_from",
    3,
    N_("Reviews show once a product has"),
    N_("So many reviews must be allowed before customers see any."),
    "",
    1,
    1_000,
)
KIOSK_IDLE = SettingSpec("kiosk.idle_seconds", 60, N_("Kiosk clears after"), "", "seconds", 15, 600)
KIOSK_CODE_TTL = SettingSpec(
    "kiosk.code_seconds", 120, N_("QR code on the kiosk stays valid"), "", "seconds", 30, 600
)
KIOSK_PARKED = SettingSpec("kiosk.parked_hours", 24, N_("Parked sales are kept for"), "", "hours", 1, 720)
GAIN_RED = SettingSpec("look.gain_red", False, N_("Gains in red, losses in green"))

NOTICE_LANGUAGE = SettingSpec(
    "notices.language",
    "zh_CN",
    N_("Language of messages"),
    N_("For people without a language of their own."),
    choices=("zh_CN", "en"),
)
DIGEST_AT = SettingSpec(
    "notices.digest_minute",
    9 * 60,
    N_("Collected messages leave at"),
    "",
    "clock",
    0,
    24 * 60 - 1,
)
NOTICE_TRIES = SettingSpec("notices.tries", 8, N_("Tries before a message counts as failed"), "", "", 1, 20)
NOTICE_LONGEST_WAIT = SettingSpec(
    "notices.longest_wait", 60, N_("Longest wait between two tries"), "", "minutes", 1, 24 * 60
)
NOTICE_SHOP_KEY = SettingSpec("notices.shop_key", "", N_("What this shop is called in keyrings and letters"))
MAIL_HOST = SettingSpec("mail.host", "", N_("Mail server"))
MAIL_PORT = SettingSpec("mail.port", 587, N_("Port"), "", "", 1, 65_535)
MAIL_SECURITY = SettingSpec("mail.security", "starttls", N_("Security"), choices=("starttls", "tls", "none"))
MAIL_USER = SettingSpec("mail.user", "", N_("User name at the mail server"))
MAIL_FROM = SettingSpec("mail.from", "", N_("Sender’s address"))
RECEIVE_DAYS = SettingSpec(
    "orders.receive_days",
    10,
    N_("Shipped orders count as received after"),
    N_("For orders nobody confirmed."),
    "days",
    1,
    365,
)
EXPIRY_DAYS = SettingSpec(
    "points.warn_days", 7, N_("Tell members before their points expire"), "", "days", 1, 90
)
REPLENISH_AT = SettingSpec(
    "stock.replenish_at", 7 * 60 + 30, N_("Restock list at"), "", "time", 0, 24 * 60 - 1
)
VERIFY_AT = SettingSpec("system.verify_at", 2 * 60, N_("Books are checked at"), "", "time", 0, 24 * 60 - 1)
BILL_AT = SettingSpec(
    "payments.bill_at",
    10 * 60 + 10,
    N_("Bills of providers are fetched at"),
    N_("Providers have the day before ready at about 10 o’clock."),
    "time",
    0,
    24 * 60 - 1,
)
PAYMENTS_LIVE = SettingSpec(
    "payments.live_days",
    30,
    N_("The list of payments keeps"),
    N_("Older ones are kept too; they are found by number, amount, order or by choosing a span."),
    "days",
    1,
    3_650,
)
CARRIER_MINUTES = SettingSpec(
    "carriers.poll_minutes", 30, N_("Ask carriers every"), N_("For parcels under way."), "minutes", 10, 60
)
AFTER_SALES_APPROVAL = SettingSpec(
    "aftersales.approval",
    "always",
    N_("After-sales cases need approval"),
    N_("By somebody with the right to approve. Money without goods always needs it."),
    choices=("always", "above", "never"),
)
AFTER_SALES_ABOVE = SettingSpec(
    "aftersales.approve_above",
    10_000,
    N_("Approval above"),
    N_("What the case is worth."),
    "minor",
    0,
    10**12,
)
AFTER_SALES_REASONS = SettingSpec(
    "aftersales.reasons",
    "",
    N_("Reasons to choose from"),
    N_("Separate them with semicolons. Empty: the usual ones."),
)
STORED_FIRST = SettingSpec(
    "stored.first",
    "money",
    N_("Spent first"),
    N_(
        "Of stored value: the money the member paid, or the bonus on top. A refund restores it the other way round."
    ),
    choices=("money", "bonus"),
)
STORED_PROOF = SettingSpec(
    "stored.proof",
    True,
    N_("Member confirms stored value on the phone"),
    N_("Off: staff may take it from a member whose number was typed. The kiosk alone always asks."),
)
STORED_LEAST = SettingSpec("stored.least_minor", 100, N_("Smallest top-up"), "", "minor", 1, 10**12)
STORED_MOST = SettingSpec(
    "stored.most_minor",
    500_000,
    N_("Most a member may hold"),
    N_("A top-up that would go above it is refused. Money that comes back by a refund is not."),
    "minor",
    1,
    10**12,
)
FX_URL = SettingSpec(
    "fx.url",
    "",
    N_("Address of the rate source"),
    N_("It answers in JSON. {currency}, {base} and {key} are filled in. Empty: rates are typed in."),
)
FX_PATH = SettingSpec(
    "fx.path", "rates.{currency}", N_("Where the rate stands"), N_("Such as rates.{currency} or data.0.mid.")
)
FX_INVERSE = SettingSpec(
    "fx.inverse",
    False,
    N_("It says how much foreign money one of ours buys"),
    N_("Off: what one foreign unit is worth."),
)
FX_UNITS = SettingSpec(
    "fx.units", 1, N_("It is said for so many units"), N_("Banks often write 100."), "", 1, 10_000
)
FX_AT = SettingSpec("fx.fetch_minute", 9 * 60, N_("Rates are fetched at"), "", "clock", 0, 24 * 60 - 1)
FX_AGE = SettingSpec(
    "fx.max_age_hours",
    36,
    N_("A floating rate is good for"),
    N_("Counted from when it was fetched."),
    "hours",
    1,
    720,
)
FX_OLD = SettingSpec(
    "fx.when_old",
    "stop",
    N_("When it is older"),
    N_("Take no money in this currency, or take it at the fixed rate; the till says so."),
    choices=("stop", "fixed"),
)
FX_JUMP = SettingSpec(
    "fx.jump_bp",
    500,
    N_("A fetched rate may move by"),
    N_("Against the one before. A larger jump waits until somebody types it in."),
    "bp",
    1,
    10_000,
)
FX_REFUND = SettingSpec(
    "fx.refund_in",
    "foreign",
    N_("Foreign cash goes back as"),
    N_("Always at the rate it came in at."),
    choices=("foreign", "shop"),
)
