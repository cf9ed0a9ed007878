"""The calls into pdfium that the fast reader makes, as bare function pointers.

NOTE: pypdfium2's own prototypes check and convert typed pointers on every call, 0.6–0.9 µs each; here handles and addresses are plain
integers and each call costs 0.25 µs. Of what is asked of hundreds of words a page there is only the address, for :mod:`.many`. Names and
arguments are those of pdfium's fpdfview.h, fpdf_text.h and fpdf_edit.h. pdfium is not thread-safe: hold :data:`LOCK` from opening a
document to closing it.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from ctypes import c_char_p, c_double, c_float, c_int, c_size_t, c_ulong, c_void_p
from threading import RLock
from typing import Any

import pypdfium2.raw as bindings

LOCK = RLock()

PAGE_OBJECT_TEXT = 1
PAGE_OBJECT_PATH = 2
PAGE_OBJECT_IMAGE = 3
PAGE_OBJECT_FORM = 5

ERROR_PASSWORD = 4


def _call(name: str, result: Any, *arguments: Any) -> Callable[..., Any]:
    address = ctypes.cast(getattr(bindings, name), c_void_p).value
    return ctypes.PYFUNCTYPE(result, *arguments)(address or 0)


def _address(name: str) -> int:
    """Of a function to be called for many things at once (pipeline.reading.many)."""
    return ctypes.cast(getattr(bindings, name), c_void_p).value or 0


def address_of(pixels: bytearray) -> int:
    """The address of a buffer, for as long as the caller keeps it and does not resize it."""
    return ctypes.addressof((ctypes.c_char * len(pixels)).from_buffer(pixels))


load_document = _call("FPDF_LoadMemDocument64", c_void_p, c_char_p, c_size_t, c_char_p)
close_document = _call("FPDF_CloseDocument", None, c_void_p)
last_error = _call("FPDF_GetLastError", c_ulong)
page_count = _call("FPDF_GetPageCount", c_int, c_void_p)
meta_text = _call("FPDF_GetMetaText", c_ulong, c_void_p, c_char_p, c_void_p, c_ulong)

load_page = _call("FPDF_LoadPage", c_void_p, c_void_p, c_int)
close_page = _call("FPDF_ClosePage", None, c_void_p)
page_width = _call("FPDF_GetPageWidthF", c_float, c_void_p)
page_height = _call("FPDF_GetPageHeightF", c_float, c_void_p)
page_box = _call("FPDF_GetPageBoundingBox", c_int, c_void_p, c_void_p)
page_rotation = _call("FPDFPage_GetRotation", c_int, c_void_p)

load_text = _call("FPDFText_LoadPage", c_void_p, c_void_p)
close_text = _call("FPDFText_ClosePage", None, c_void_p)
count_chars = _call("FPDFText_CountChars", c_int, c_void_p)
get_text = _call("FPDFText_GetText", c_int, c_void_p, c_int, c_int, c_void_p)
char_of_text_index = _call("FPDFText_GetCharIndexFromTextIndex", c_int, c_void_p, c_int)
char_origin = _call("FPDFText_GetCharOrigin", c_int, c_void_p, c_int, c_void_p, c_void_p)
loose_char_box = _call("FPDFText_GetLooseCharBox", c_int, c_void_p, c_int, c_void_p)
char_matrix = _call("FPDFText_GetMatrix", c_int, c_void_p, c_int, c_void_p)
char_size = _call("FPDFText_GetFontSize", c_double, c_void_p, c_int)
char_object = _call("FPDFText_GetTextObject", c_void_p, c_void_p, c_int)
unicode_error = _call("FPDFText_HasUnicodeMapError", c_int, c_void_p, c_int)

OF_LINES = (
    _address("FPDFText_GetTextObject"),
    _address("FPDFText_GetCharOrigin"),
    _address("FPDFText_GetFontSize"),
    _address("FPDFText_GetMatrix"),
    _address("FPDFText_GetLooseCharBox"),
    _address("FPDFTextObj_GetFont"),
)
"""What :func:`pipeline.reading.many.lines` asks."""

object_font = _call("FPDFTextObj_GetFont", c_void_p, c_void_p)
font_name = _call("FPDFFont_GetBaseFontName", c_ulong, c_void_p, c_char_p, c_ulong)
font_weight = _call("FPDFFont_GetWeight", c_int, c_void_p)
font_flags = _call("FPDFFont_GetFlags", c_int, c_void_p)

count_objects = _call("FPDFPage_CountObjects", c_int, c_void_p)
get_object = _call("FPDFPage_GetObject", c_void_p, c_void_p, c_int)
GET_OBJECT = _address("FPDFPage_GetObject")
object_type = _call("FPDFPageObj_GetType", c_int, c_void_p)
OBJECT_TYPE = _address("FPDFPageObj_GetType")
object_matrix = _call("FPDFPageObj_GetMatrix", c_int, c_void_p, c_void_p)
form_count_objects = _call("FPDFFormObj_CountObjects", c_int, c_void_p)
form_get_object = _call("FPDFFormObj_GetObject", c_void_p, c_void_p, c_ulong)

path_draw_mode = _call("FPDFPath_GetDrawMode", c_int, c_void_p, c_void_p, c_void_p)
path_count_segments = _call("FPDFPath_CountSegments", c_int, c_void_p)
path_segment = _call("FPDFPath_GetPathSegment", c_void_p, c_void_p, c_int)
segment_point = _call("FPDFPathSegment_GetPoint", c_int, c_void_p, c_void_p, c_void_p)
segment_type = _call("FPDFPathSegment_GetType", c_int, c_void_p)
segment_close = _call("FPDFPathSegment_GetClose", c_int, c_void_p)

object_bounds = _call("FPDFPageObj_GetBounds", c_int, c_void_p, c_void_p, c_void_p, c_void_p, c_void_p)
create_bitmap = _call("FPDFBitmap_CreateEx", c_void_p, c_int, c_int, c_int, c_void_p, c_int)
destroy_bitmap = _call("FPDFBitmap_Destroy", None, c_void_p)
render_page = _call("FPDF_RenderPageBitmap", None, c_void_p, c_void_p, c_int, c_int, c_int, c_int, c_int, c_int)

SEGMENT_LINE = 0
SEGMENT_CURVE = 1
SEGMENT_MOVE = 2

# FPDF_InitLibrary is called by pypdfium2 when it is imported, and undone at exit.
