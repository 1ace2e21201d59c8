"""The user's own cases: prompts and cases as files, answers that are scored, and what they prove about candidates."""
