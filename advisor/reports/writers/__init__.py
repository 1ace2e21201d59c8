"""Write a report as text, markdown, HTML or SARIF."""
