"""The calls into pdfium that the fast reader makes, as bare function pointers.

NOTE: pypdfium2's own prototypes check and convert typed pointers on every call, 0.6–0.9 µs each; a page needs some 600 calls. Here
handles and addresses are plain integers and each call costs 0.25 µs. The bare ones, for what is asked of hundreds of words a page, cost
0.15 µs when they are mapped over a page's words at once. Names and arguments are those of pdfium's fpdfview.h, fpdf_text.h
and fpdf_edit.h. pdfium is not thread-safe: hold :data:`LOCK` from opening a document to closing it.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from ctypes import c_char_p, c_double, c_float, c_int, c_size_t, c_ulong, c_void_p
from itertools import repeat
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


def _bare_call(name: str, result: Any) -> Callable[..., Any]:
    """As :func:`_call`, without looking at what is passed: C integers as ``int``, pointers as what :func:`pointer` gives."""
    address = ctypes.cast(getattr(bindings, name), c_void_p).value
    return ctypes.PYFUNCTYPE(result)(address or 0)


def pointer(address: int) -> Any:
    """An address as an argument for the bare calls."""
    return ctypes.byref(ctypes.c_char.from_address(address))


class Room:
    """Places in memory for pdfium to write numbers to, ``width`` of one kind each, with an argument for a bare call each.

    Grows as it is asked for, and is kept from page to page and from document to document: an argument costs as much to make as a call.
    """

    def __init__(self, kind: type[ctypes.c_float] | type[ctypes.c_double], width: int) -> None:
        self._kind, self._width = kind, width
        self._array: Any = None
        self._numbers: Any = memoryview(b"")
        self._arguments: list[Any] = []

    def arguments(self, count: int) -> list[Any]:
        """An argument for each of at least ``count`` places. What was written to them before may be gone."""
        if count > len(self._arguments):
            size, step = max(2 * count, 256), self._width * ctypes.sizeof(self._kind)
            self._array = (self._kind * (self._width * size))()
            self._numbers = memoryview(self._array).cast("B").cast("f" if self._kind is ctypes.c_float else "d")
            self._arguments = [ctypes.byref(self._array, step * n) for n in range(size)]
        return self._arguments

    def numbers(self, count: int) -> list[float]:
        """What stands in the first ``count`` places, one place after the other."""
        numbers: list[float] = self._numbers[: self._width * count].tolist()
        return numbers

    def filled(self, call: Callable[..., int], page: Any, chars: list[int]) -> tuple[list[float], list[int]]:
        """What a bare call writes of each of these characters, and whether it did."""
        told = list(map(call, repeat(page), chars, self.arguments(len(chars))))
        return self.numbers(len(chars)), told


# To be used under LOCK, by one page at a time.
XS, YS = Room(c_double, 1), Room(c_double, 1)
BOXES, MATRICES = Room(c_float, 4), Room(c_float, 6)


def origins(page: Any, chars: list[int]) -> tuple[list[float], list[float], list[int]]:
    """x and y of the origins of these characters, and whether each has one."""
    count = len(chars)
    told = list(map(bare_char_origin, repeat(page), chars, XS.arguments(count), YS.arguments(count)))
    return XS.numbers(count), YS.numbers(count), told


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

bare_char_origin = _bare_call("FPDFText_GetCharOrigin", c_int)
bare_char_object = _bare_call("FPDFText_GetTextObject", c_void_p)
bare_char_size = _bare_call("FPDFText_GetFontSize", c_double)
bare_char_matrix = _bare_call("FPDFText_GetMatrix", c_int)
bare_loose_char_box = _bare_call("FPDFText_GetLooseCharBox", c_int)

object_font = _call("FPDFTextObj_GetFont", c_void_p, c_void_p)
font_name = _call("FPDFFont_GetBaseFontName", c_ulong, c_void_p, c_char_p, c_ulong)
font_weight = _call("FPDFFont_GetWeight", c_int, c_void_p)
font_flags = _call("FPDFFont_GetFlags", c_int, c_void_p)

count_objects = _call("FPDFPage_CountObjects", c_int, c_void_p)
get_object = _call("FPDFPage_GetObject", c_void_p, c_void_p, c_int)
bare_get_object = _bare_call("FPDFPage_GetObject", c_void_p)
object_type = _call("FPDFPageObj_GetType", c_int, c_void_p)
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
