"""PDF documents written by hand, so that tests decide what each holds."""

from __future__ import annotations

from collections.abc import Sequence

_LINES = 60


def pdf(lines: Sequence[str], *, on_page: bytes = b"", catalog: bytes = b"", more: Sequence[bytes] = ()) -> bytes:
    """Return a document of plain pages; ``on_page`` and ``catalog`` are added to these, ``more`` are further objects.

    The first of the further objects has the number 4.
    """
    pages = [lines[start : start + _LINES] for start in range(0, len(lines), _LINES)] or [[]]
    first = 4 + len(more)
    kids = " ".join(f"{first + 2 * number} 0 R" for number in range(len(pages)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R " + catalog + b">>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        *more,
    ]
    for number, page in enumerate(pages):
        shown = "".join(f"({_escaped(line)}) Tj T*\n" for line in page)
        words = f"BT /F1 9 Tf 40 800 Td 12 TL\n{shown}ET".encode("latin-1")
        contents = f"/Contents {first + 2 * number + 1} 0 R /Resources << /Font << /F1 3 0 R >> ".encode()
        objects.append(b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] " + contents + on_page + b">> >>")
        objects.append(stream(words))
    return _written(objects)


def stream(content: bytes, entries: bytes = b"") -> bytes:
    """Return a stream object."""
    return f"<< /Length {len(content)} ".encode() + entries + b">>\nstream\n" + content + b"\nendstream"


def _escaped(line: str) -> str:
    return line.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")


def _written(objects: Sequence[bytes]) -> bytes:
    out, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n".encode() + content + b"\nendobj\n"
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    size = len(objects) + 1
    head = f"xref\n0 {size}\n0000000000 65535 f \n{table}trailer << /Size {size} /Root 1 0 R >>\n"
    return out + head.encode() + f"startxref\n{len(out)}\n%%EOF".encode()
