"""The made-up model, under the name by which tests know it."""

from bot.demo.scripted import EVIL, Json, Says, Scripted, blabs, calls, given, obeys, with_arguments, words, writes

__all__ = ["EVIL", "Json", "Says", "Scripted", "blabs", "calls", "given", "obeys", "with_arguments", "words", "writes"]
