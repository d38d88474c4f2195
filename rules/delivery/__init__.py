"""How events arrive, fail and come again."""
