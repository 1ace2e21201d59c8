"""Pages of the site that are made from the catalog when it is built, and links that lead out of the documentation."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mkdocs.structure.files import File, Files

from advisor.catalog import Catalog, load_catalog
from advisor.catalog.records import Quality

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.pages import Page

_DOCS = Path(__file__).parent
_LINK = re.compile(r"\[([^\]]+)\]\(([^)#\s:]+)(#[^)\s]*)?\)")
_WIDE = "---\nhide: [toc]\n---\n"
"""A table takes the place of the list of headings."""

_USES = (
    "commercial",
    "serve",
    "model-as-a-service",
    "redistribute",
    "fine-tune",
    "train-on-outputs",
    "publish-outputs",
)


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that are made from the catalog."""
    catalog = load_catalog(overlay=False)
    for name, lines in (("licenses", licenses_page(catalog)), ("dimensions", dimensions_page(catalog))):
        files.append(File.generated(config, f"reference/{name}.md", content="\n".join(lines) + "\n"))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:  # noqa: ARG001
    """Leave the words of a link to a file of the repository that is no page: the site does not have it."""
    folder = (_DOCS / page.file.src_uri).parent

    def kept(link: re.Match[str]) -> str:
        place = (folder / link[2]).resolve()
        return link[0] if place.is_relative_to(_DOCS) and not place.is_dir() else link[1]

    return _LINK.sub(kept, markdown)


def licenses_page(catalog: Catalog) -> Iterator[str]:
    """Yield the table of the licenses on record; the search of the site finds a row by any of its words."""
    yield from (_WIDE, "# Licenses\n")
    yield (
        f"The {len(catalog.licenses)} licenses and terms on record as of {catalog.as_of}, with the verdict for each "
        "use before any threshold, territory or kind of business is looked at. `advisor license show NAME` has every "
        "clause with its section; a verdict for your organization is that of `advisor check-license`. It is a reading "
        "of the text and no legal advice.\n"
    )
    yield f"| license | class | {' | '.join(_USES)} | clauses | read in | text |"
    yield "|" + " --- |" * (len(_USES) + 5)
    for name, record in sorted(catalog.licenses.items()):
        uses = " | ".join(_verdict(record["uses"].get(use)) for use in _USES)
        text = record["sources"].get("text") if record["sources"] else None
        where = f"[{text['read_on']}]({text['url']})" if text and str(text["url"]).startswith("https://") else "-"
        yield (
            f"| **{_cell(record['name'])}** `{name}` | {record['class']} | {uses} | {len(record['clauses'] or ())} "
            f"| {record['evidence']} | {where} |"
        )


def _verdict(stated: Any) -> str:
    verdict = stated.get("verdict") if isinstance(stated, Mapping) else stated
    return str(verdict or "unknown")


def _cell(words: str) -> str:
    return words.replace("|", "\\|")


def dimensions_page(catalog: Catalog) -> Iterator[str]:
    """Yield each dimension with what measured it, on how many models, and the newest day."""
    yield from (_WIDE, "# Dimensions of quality\n")
    yield (
        f"What a workload can name as its `dimension`, as of {catalog.as_of}, and on what the figures rest: how many "
        "models at an effort a suite measured, and for how many the figure is predicted from other results and said "
        "to be so. How they are worked out is [explained](../concepts/quality.md).\n"
    )
    yield "| dimension | unit | measured | predicted | newest result | evidence |"
    yield "| --- | --- | --- | --- | --- | --- |"
    configs = [config for model in catalog.models.values() for config in model.configs]
    for name in catalog.dimensions:
        found = [quality for config in configs if (quality := catalog.quality(config, name))]
        yield f"| `{name}` | {' | '.join(_figures(found))} |"


def _figures(found: list[Quality]) -> Iterator[str]:
    predicted = sum(one.is_predicted for one in found)
    sources = Counter(source.url for one in found for source in one.sources)
    yield from (", ".join(sorted({one.unit for one in found})) or "-", str(len(found) - predicted), str(predicted))
    yield f"{max((one.as_of for one in found), default='-')}"
    yield ", ".join(f"[{url.removeprefix('https://')}]({url})" for url, _ in sources.most_common(4)) or "-"
