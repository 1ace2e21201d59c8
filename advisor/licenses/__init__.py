"""Licenses: what a license lets an organisation do, clause by clause."""
