"""`zhanggui verify`: stock, points, money and the audit trail, each against its ledger."""
