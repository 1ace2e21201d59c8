"""Find what is to be reviewed: repositories, bills of materials, source code."""
