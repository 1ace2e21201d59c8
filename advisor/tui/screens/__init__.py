"""The screens: the questions with their answer, a candidate in full, candidates side by side, dialogs."""
