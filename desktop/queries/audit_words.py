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


def action_words(action: str) -> str:
    """The words of an action or question; its own name while it has none."""
    words = ACTION_WORDS.get(action)
    return _(words) if words else action
