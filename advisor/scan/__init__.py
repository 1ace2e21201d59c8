"""The models that a repository already uses, and what becomes of them."""
