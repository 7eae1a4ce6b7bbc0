"""Decodes an image and encodes it anew, with limits of memory and time.

`python -m chatserver.imaging IN OUT PIXELS SIDE BYTES`: the most pixels that IN may have, and the longest side and the
most bytes of OUT.

Runs in a process of its own, because decoders of images are large and have faults. What it writes has the pixels of the
image and nothing else: no position, camera, thumbnail, comment, colour profile, and nothing behind the end. It prints
the width and height, or the code of a refusal.
"""

import io
import resource
import sys
from pathlib import Path

from PIL import Image, ImageCms, ImageOps

MEMORY = 1024 * 1024 * 1024
"""Bytes of address space: an image of 25 megapixels needs about 400 MB."""
SECONDS = 20
"""Of processor time."""
QUALITY = 85
FORMATS = ("JPEG", "PNG", "WEBP")

Answer = str


def main(source: Path, target: Path, pixels: int, side: int, most: int) -> Answer:
    """Returns the type, width and height of what was written, or the code of a refusal."""
    limit()
    # Our own limit applies, before anything is decoded.
    Image.MAX_IMAGE_PIXELS = None
    try:
        with Image.open(source, formats=FORMATS) as image:
            if image.width * image.height > pixels:
                return "file_pixels"
            kind = "JPEG" if image.format == "MPO" else str(image.format)
            image.draft("RGB", (side, side))
            image.load()
            plain = upright(image, side)
    except MemoryError:
        return "file_pixels"
    except Exception:
        # Decoders raise many kinds of errors for damaged images.
        return "file_type"
    for form in (kind, "JPEG"):
        encoded = encode(plain, form)
        if len(encoded) <= most:
            target.write_bytes(encoded)
            return f"{form} {plain.width} {plain.height}"
    return "file_too_large"


def limit() -> None:
    """Limit the memory and the processor time of this process."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def upright(image: Image.Image, side: int) -> Image.Image:
    """The first picture, turned as the camera was held, in sRGB, at most `side` wide and high, and without what was
    written beside it."""
    profile = image.info.get("icc_profile")
    turned = ImageOps.exif_transpose(image)
    transparent = turned.mode in ("RGBA", "LA", "PA") or "transparency" in turned.info
    if turned.mode.startswith("I"):
        # 16 bits of grey become 8.
        turned = turned.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    if not transparent and turned.mode == "RGB" and profile:
        turned = in_srgb(turned, profile)
    plain = turned.convert("RGBA" if transparent else "RGB")
    plain.thumbnail((side, side), Image.Resampling.LANCZOS)
    plain.info.clear()
    return plain


def in_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    """The image with the colours that its profile means; unchanged if the profile cannot be used."""
    try:
        own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        return ImageCms.profileToProfile(image, own, ImageCms.createProfile("sRGB"), outputMode="RGB") or image
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image


def encode(image: Image.Image, form: str) -> bytes:
    """The image as a file. JPEG has no transparency, so it gets a white ground."""
    written = io.BytesIO()
    if form == "JPEG" and image.mode == "RGBA":
        ground = Image.new("RGB", image.size, "white")
        ground.paste(image, mask=image.getchannel("A"))
        image = ground
    options = {} if form == "PNG" else {"quality": QUALITY}
    image.save(written, form, **options)
    return written.getvalue()


if __name__ == "__main__":
    print(main(Path(sys.argv[1]), Path(sys.argv[2]), *map(int, sys.argv[3:6])))  # noqa: T201 the answer to the server
