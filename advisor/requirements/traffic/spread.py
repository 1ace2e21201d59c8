"""How many times as many tokens another tokenizer makes of a text than the one that counts samples."""

from __future__ import annotations

MOST = 1.47
"""How many times as many tokens a current tokenizer may take (:data:`SOURCE`)."""

LEAST = 0.97
"""How many times as many tokens the thriftiest tokenizer takes."""

SOURCE = "https://www.claudecodecamp.com/p/i-measured-claude-4-7-s-new-tokenizer-here-s-what-it-costs-you"
"""Where the measurement behind :data:`MOST` was read, on 2026-11-23."""
