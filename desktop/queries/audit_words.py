"""What every deed and every recorded look is called in the audit trail."""

from __future__ import annotations

from desktop.basics.i18n import N_, _

ACTION_WORDS: dict[str, str] = {
    "members.sign_up": N_("Signed up a member"),
    "members.edit_member": N_("Edited a member"),
    "members.change_phone": N_("Changed a member’s phone number"),
    "members.set_tier": N_("Changed a member’s tier"),
    "members.add_tag": N_("Tagged a member"),
    "members.remove_tag": N_("Took a tag off a member"),
    "members.adjust_points": N_("Corrected points"),
    "members.member_phone": N_("Looked at a phone number"),
    "members.members_to_export": N_("Exported the list of members"),
    "member_history.points_to_export": N_("Exported a points ledger"),
    "settings.set_setting": N_("Changed a setting"),
    "settings.set_settings": N_("Changed settings"),
    "staff.record_staff": N_("Added a person"),
    "staff.edit_staff": N_("Edited a person"),
    "staff.set_active": N_("Switched a person on or off"),
    "staff.record_password": N_("Set a password"),
    "staff.record_pin": N_("Set a PIN"),
    "staff.set_rights": N_("Changed what roles may do"),
}

ACTORS = {
    "kiosk": N_("Self-checkout"),
    "member": N_("A member’s phone"),
    "phone": N_("An unknown phone"),
    "clock": N_("The clock"),
    "console": N_("The owner’s terminal"),
    "guest": N_("Nobody signed in"),
    "staff": N_("Somebody"),
}
TABLES = {
    "member": N_("{count} members"),
    "points_entry": N_("{count} points entries"),
    "sale_order": N_("{count} orders"),
    "stock": N_("{count} stocks"),
    "product": N_("{count} products"),
    "setting": N_("Settings"),
    "staff": N_("{count} people"),
    "role_permission": N_("Rights"),
    "refund": N_("{count} refunds"),
}


def actor_words(actor: str, name: str) -> str:
    """Who it was: the person's or device's name, else the kind of actor."""
    if name:
        return _(name)
    kind, _sep, number = actor.partition(":")
    words = _(ACTORS[kind]) if kind in ACTORS else kind
    return f"{words} {number}".strip() if kind in ("staff", "member", "kiosk") else words


def table_words(table: str, count: int) -> str:
    """What was touched; nothing for tables that say little to people."""
    words = TABLES.get(table)
    return _(words).format(count=count) if words and (count or "{count}" not in words) else ""


def action_words(action: str) -> str:
    """The words of an action or question; its own name while it has none."""
    words = ACTION_WORDS.get(action)
    return _(words) if words else action
