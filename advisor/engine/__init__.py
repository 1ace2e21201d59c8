"""SQL over files: one port (:mod:`advisor.engine.port`) and its adapter, the only importer of duckdb."""
