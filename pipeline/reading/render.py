"""Pages as grey pictures, for OCR and for the question whether anything is printed on a page."""

from __future__ import annotations

from PIL import Image

from pipeline.reading import pdfium_calls as pdfium

_GRAY = 1  # FPDFBitmap_Gray
_FLAGS = 0x01 | 0x08  # FPDF_ANNOT | FPDF_GRAYSCALE: stamps are annotations
_PIXELS_AT_MOST = 12_000_000  # A4 at 300 dpi has 8.7 million


def render(page: int, width: float, height: float, dpi: float) -> tuple[Image.Image, float]:
    """The page as shown on white, and the pixels a point it came to: fewer than ``dpi`` asks for where the page is very large."""
    scale = min(dpi / 72, (_PIXELS_AT_MOST / max(width * height, 1.0)) ** 0.5)
    columns, rows = max(round(width * scale), 1), max(round(height * scale), 1)
    stride = (columns + 3) // 4 * 4
    pixels = bytearray(b"\xff") * (stride * rows)
    address = pdfium.address_of(pixels)
    bitmap = pdfium.create_bitmap(columns, rows, _GRAY, address, stride)
    try:
        pdfium.render_page(bitmap, page, 0, 0, columns, rows, 0, _FLAGS)
    finally:
        pdfium.destroy_bitmap(bitmap)
    return Image.frombuffer("L", (columns, rows), bytes(pixels), "raw", "L", stride, 1), scale


def has_ink(page: int, width: float, height: float) -> bool:
    """Whether anything but specks is printed: more than one pixel in two thousand is darker than light grey at 40 dpi."""
    picture, _ = render(page, width, height, 40)
    histogram = picture.histogram()
    return sum(histogram[:200]) * 2000 > picture.width * picture.height
