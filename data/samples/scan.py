"""Turns a printed PDF into what a scanner makes of it: skewed, noisy, grey, and without a text layer."""

from __future__ import annotations

import io
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import pikepdf
from PIL import Image, ImageFilter

_DPI = 170


def scan(printed: Path, out: Path, seed: int) -> None:
    """Writes ``out``: one grey JPEG a page. The same ``seed`` gives the same noise and the same skew."""
    random = np.random.default_rng(seed)
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["pdftoppm", "-r", str(_DPI), "-gray", str(printed), f"{folder}/p"], check=True)
        pages = sorted(Path(folder).glob("p*.pgm"))
        pdf = pikepdf.new()
        for path in pages:
            page = Image.open(path).convert("L")
            size = page.size
            page = page.rotate(float(random.uniform(-0.9, 0.9)), resample=Image.Resampling.BICUBIC, fillcolor=250)
            page = page.filter(ImageFilter.GaussianBlur(0.45))
            grey = np.asarray(page, dtype=np.float32) * 0.93 + 10
            shade = np.linspace(-5, 4, grey.shape[1], dtype=np.float32)[None, :]
            grey = grey + shade + random.normal(0, 3.2, grey.shape)
            for _ in range(60):
                y, x = int(random.integers(8, size[1] - 8)), int(random.integers(8, size[0] - 8))
                grey[y : y + int(random.integers(1, 3)), x : x + int(random.integers(1, 3))] = 90
            grey[:, 3:5] -= 45  # the shadow along the edge of the glass
            picture = Image.fromarray(np.clip(grey, 0, 255).astype(np.uint8))
            data = io.BytesIO()
            picture.save(data, "JPEG", quality=38)
            width, height = (length * 72 / _DPI for length in size)
            pdf.add_blank_page(page_size=(width, height))
            sheet = pdf.pages[-1]
            image = pikepdf.Stream(pdf, data.getvalue())
            image.Type, image.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
            image.Width, image.Height = size
            image.ColorSpace, image.BitsPerComponent, image.Filter = pikepdf.Name.DeviceGray, 8, pikepdf.Name.DCTDecode
            sheet.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im0=image))
            sheet.Contents = pikepdf.Stream(pdf, f"q {width:.2f} 0 0 {height:.2f} 0 0 cm /Im0 Do Q".encode())
        pdf.save(out, deterministic_id=True)
