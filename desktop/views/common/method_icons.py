"""How each way to pay looks: its icon and the token of its colour."""

ICONS = {
    "wechat": ("wechat-pay-fill", "brand_wechat"),
    "alipay": ("alipay-fill", "brand_alipay"),
    "card": ("bank-card-fill", "brand_card"),
    "unionpay": ("bank-card-2-fill", "brand_card"),
    "cash": ("money-cny-circle-fill", "brand_cash"),
    "points": ("copper-coin-fill", "brand_points"),
    "stored_value": ("wallet-3-fill", "brand_cash"),
    "other": ("exchange-line", "neutral"),
}
