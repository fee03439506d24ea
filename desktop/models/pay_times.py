"""How long payments wait, and how often providers are asked: settings, each within what the provider allows."""

from __future__ import annotations

from dataclasses import dataclass

from desktop.basics.i18n import N_
from desktop.models.settings import SettingSpec


@dataclass(frozen=True)
class Pace:
    """How one provider is asked (seconds): the first time, then every so often, until the till gives up."""

    first: SettingSpec[int]
    every: SettingSpec[int]
    patience: SettingSpec[int]


def _pace(key: str, names: tuple[str, str, str], first: int, every: int, patience: int, slowest: int) -> Pace:
    return Pace(
        SettingSpec(f"pay.{key}.first", first, names[0], "", "seconds", 1, slowest),
        SettingSpec(f"pay.{key}.every", every, names[1], "", "seconds", 2, slowest),
        SettingSpec(
            f"pay.{key}.patience",
            patience,
            names[2],
            N_("When a code of the customer was scanned. Then it is cancelled, and nothing is charged."),
            "seconds",
            30,
            120,
        ),
    )


PACES = {
    "alipay": _pace(
        "alipay",
        (N_("Alipay is first asked after"), N_("Alipay is asked every"), N_("Alipay may take")),
        3, 4, 60, 6,
    ),
    "wechat": _pace(
        "wechat",
        (N_("WeChat Pay is first asked after"), N_("WeChat Pay is asked every"), N_("WeChat Pay may take")),
        5, 10, 45, 10,
    ),
    "unionpay": _pace(
        "unionpay",
        (N_("UnionPay is first asked after"), N_("UnionPay is asked every"), N_("UnionPay may take")),
        2, 6, 60, 32,
    ),
}  # fmt: skip
CODE_MINUTES = SettingSpec(
    "pay.code_minutes",
    5,
    N_("A code on the screen is good for"),
    N_(
        "Providers let codes live for two hours at most. UnionPay’s live 2 minutes, as nothing takes them back."
    ),
    "minutes",
    2,
    120,
)
LASTING = {"unionpay": 2}  # minutes a code on the screen is good for at most where nothing takes it back
LASTING_GRACE = 1  # minutes more until it is sure that nobody has paid it
CANCEL_EVERY = SettingSpec(
    "pay.cancel_every", 60, N_("Cancelling is tried again every"), "", "seconds", 10, 600
)
CASH_AFTER = SettingSpec(
    "pay.cash_after",
    3,
    N_("Cash may be taken after so many cancellings without an answer"),
    N_("Should the first payment turn out to have come through, it is given back by itself."),
    "",
    1,
    20,
)
PART_MINUTES = SettingSpec(
    "pay.part_minutes",
    30,
    N_("A part that was paid waits for the rest"),
    N_("At the counter and the kiosk. Then it is given back by itself."),
    "minutes",
    2,
    1_440,
)
LOOK_BACK = SettingSpec(
    "pay.look_back",
    90,
    N_("A cancelled payment is looked at again after"),
    N_("A request that got lost on the way may still arrive."),
    "seconds",
    60,
    600,
)
SAME = "same"
REFUND_ORDER = SettingSpec(
    "refunds.order",
    "wechat,alipay,unionpay,stored_value,card,other,cash",
    N_("Money goes back in this order"),
    N_("Of orders paid in several ways. Points always go back as points."),
    pattern=r"[a-z_]+(,[a-z_]+)*",
)
REFUND_ROUTE = SettingSpec(
    "refunds.route",
    SAME,
    N_("Money goes back"),
    N_("The way it came, or always another way."),
    choices=(SAME, "cash", "stored_value"),
)
REFUND_CHOICE = SettingSpec(
    "refunds.choose",
    True,
    N_("Whoever refunds may choose another way"),
    N_("For each refund and each after-sales case. Otherwise money always goes back as said above."),
)
