"""Measure latency on the user's own key: plan first, send interleaved, time on the wire, classify every failure.

The path is ``candidates`` and ``prompts`` -> ``plan`` (what it may cost) -> ``run`` (which asks ``link``, the pipe to
the worker process) -> ``records`` (a file that survives a kill) -> ``summary`` -> ``measurements`` for the solver.
Only the worker process imports litellm.
"""
