"""This person's look: language, light or dark, text size; all of it at once."""

from desktop.basics.i18n import _, language, languages
from desktop.views.common.context import Context
from desktop.views.common.inputs import Select
from desktop.views.common.segment import Segment
from desktop.views.common.theme import theme
from desktop.views.settings.form import FormCard, Page

OWN_NAMES = {"zh_CN": "\u4e2d\u6587", "en": "English"}  # a language is called what its speakers call it


class LookPage(Page):
    """Language, mode and text size of whoever is signed in."""

    def __init__(self, context: Context) -> None:
        super().__init__(_("Language and look"), _("Counts at once, for you on this machine"))
        self._context = context
        card = FormCard("")
        spoken = [(code, OWN_NAMES.get(code, code)) for code in languages()]
        if len(spoken) <= 5:
            self.language: Segment | Select = Segment(spoken, language())
        else:
            self.language = Select(spoken, language())
        self.language.picked.connect(context.set_language)
        card.add_row(_("Language"), self.language)
        modes = [("light", _("Light")), ("dark", _("Dark")), ("system", _("Like the system"))]
        self.mode = Segment(modes, theme.choice)
        self.mode.picked.connect(lambda mode: theme.use(mode))
        card.add_row(_("Light or dark"), self.mode)
        sizes = [(100, _("Standard")), (115, _("Large")), (130, _("Very large"))]
        self.scale = Segment(sizes, theme.text_size)
        self.scale.picked.connect(lambda size: theme.use(text_size=size))
        card.add_row(_("Text size"), self.scale, _("Rows and buttons grow with the text."))
        self.column.addWidget(card)
        self.column.addStretch(1)
        theme.changed.connect(self.load)

    def load(self) -> None:
        self.mode.set_value(theme.choice)
        self.scale.set_value(theme.text_size)
        self.language.set_value(language())
