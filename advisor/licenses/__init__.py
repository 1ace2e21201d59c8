"""Licenses: what a license lets an organization do, clause by clause."""
