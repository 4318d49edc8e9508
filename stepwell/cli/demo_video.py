"""A short film, drawn and encoded here, so that the demonstration needs neither a download nor an encoder.

H.264 (ITU-T H.264) in its plainest form: a block of 16 × 16 pixels that differs from the picture before is
written as it is (`I_PCM`, 7.3.5), any other one is skipped. In an MP4 file (ISO/IEC 14496-12 and -15).
"""

import math
import struct
from collections.abc import Callable, Iterator, Sequence

WIDTH, HEIGHT = 320, 192
FRAMES_PER_SECOND = 10
BLOCK = 16
COLUMNS, ROWS = WIDTH // BLOCK, HEIGHT // BLOCK
TIMESCALE = 90_000
STEP = TIMESCALE // FRAMES_PER_SECOND

type Color = tuple[int, int, int]  # Y, Cb, Cr (BT.601, 16–235)

PAPER: Color = (226, 126, 130)
FLOOR: Color = (170, 122, 132)
SHIRT: Color = (92, 122, 96)
SKIN: Color = (186, 112, 146)
BOX: Color = (132, 92, 158)
DONE: Color = (96, 134, 88)


# ---------------------------------------------------------------- what is seen


class Picture:
    """One frame: rows of colours, drawn at half the size."""

    def __init__(self) -> None:
        self.pixels: list[list[Color]] = [[PAPER] * (WIDTH // 2) for _ in range(HEIGHT // 2)]

    def fill(self, inside: Callable[[int, int], bool], area: tuple[int, int, int, int], color: Color) -> None:
        """Colour what is inside of a shape, within left, top, right, bottom."""
        left, top, right, bottom = area
        for y in range(max(0, top), min(HEIGHT // 2, bottom)):
            for x in range(max(0, left), min(WIDTH // 2, right)):
                if inside(x, y):
                    self.pixels[y][x] = color

    def box(self, left: float, top: float, width: float, height: float, color: Color) -> None:
        """A rectangle."""
        area = (round(left), round(top), round(left + width), round(top + height))
        self.fill(lambda x, y: True, area, color)

    def disc(self, x: float, y: float, radius: float, color: Color) -> None:
        """A filled circle."""
        area = (round(x - radius), round(y - radius), round(x + radius) + 1, round(y + radius) + 1)
        self.fill(lambda a, b: (a - x) ** 2 + (b - y) ** 2 <= radius**2, area, color)

    def limb(self, start: tuple[float, float], end: tuple[float, float], width: float, color: Color) -> None:
        """A thick line with round ends."""
        steps = max(2, round(math.dist(start, end)))
        for n in range(steps + 1):
            share = n / steps
            x, y = (a + (b - a) * share for a, b in zip(start, end, strict=True))
            self.disc(x, y, width / 2, color)

    def block(self, column: int, row: int) -> bytes:
        """The samples of one block of 16 × 16: 256 of Y, 64 of Cb, 64 of Cr."""
        rows = [line[column * 8 : column * 8 + 8] for line in self.pixels[row * 8 : row * 8 + 8]]
        luma = b"".join(bytes(pixel[0] for pixel in line for _ in "xx") * 2 for line in rows)
        return luma + bytes(p[1] for line in rows for p in line) + bytes(p[2] for line in rows for p in line)


def lifting(share: float) -> Picture:
    """Somebody lifts a box with a straight back and bent knees; `share` of the film has passed."""
    picture = Picture()
    picture.box(0, 82, WIDTH // 2, 14, FLOOR)
    down = max(0.0, math.sin(min(share * 1.25, 1.0) * math.pi * 2)) if share < 0.8 else 0.0
    lifted = min(1.0, max(0.0, (share - 0.25) / 0.3))
    hip = (70.0, 54 + 14 * down)
    shoulder = (hip[0] + 6 * down, hip[1] - 24)
    hand = (shoulder[0] + 15, shoulder[1] + 18 - 4 * lifted * (1 - down))
    for foot in (64.0, 78.0):
        knee = (foot + 8 * down, (hip[1] + 80) / 2)
        picture.limb(hip, knee, 6, SHIRT)
        picture.limb(knee, (foot, 80), 6, SHIRT)
    picture.limb(hip, shoulder, 9, SHIRT)
    picture.disc(shoulder[0] + 2, shoulder[1] - 9, 6, SKIN)
    top = 66.0 if lifted == 0 else min(66.0, hand[1] - 4)
    picture.box(86 + 4 * (1 - down) * lifted, top, 18, 15, BOX)
    picture.limb(shoulder, hand, 4, SKIN)
    picture.box(0, 93, share * WIDTH / 2, 3, DONE)
    return picture


# ---------------------------------------------------------------- bits


class Bits:
    """A string of bits, as H.264 writes numbers (9.1)."""

    def __init__(self) -> None:
        self.text: list[str] = []

    def fixed(self, value: int, width: int) -> None:
        """u(n)"""
        self.text.append(format(value, f"0{width}b"))

    def golomb(self, *values: int) -> None:
        """ue(v), one after the other."""
        for value in values:
            digits = format(value + 1, "b")
            self.text.append("0" * (len(digits) - 1) + digits)

    def aligned(self, filler: str = "0") -> bytes:
        """The bytes so far, filled up."""
        text = "".join(self.text)
        text += filler * (-len(text) % 8)
        return int(text, 2).to_bytes(len(text) // 8, "big") if text else b""

    def ended(self) -> bytes:
        """The bytes with the stop bit (7.3.2.11)."""
        self.text.append("1")
        return self.aligned()


def unit(kind: int, body: bytes) -> bytes:
    """A NAL unit, in which no three bytes look like the start of one (7.4.1)."""
    guarded = bytearray()
    zeros = 0
    for byte in body:
        if zeros >= 2 and byte <= 3:
            guarded.append(3)
            zeros = 0
        guarded.append(byte)
        zeros = zeros + 1 if byte == 0 else 0
    return bytes([kind]) + bytes(guarded)


def sequence_parameters() -> bytes:
    """Baseline, level 2, frames of this size, each from the one before (7.3.2.1.1)."""
    bits = Bits()
    for value in (66, 0b1100_0000, 20):
        bits.fixed(value, 8)
    bits.golomb(0, 0, 2, 1)  # its id; 16 frame numbers; the order is the order of decoding; one reference
    bits.fixed(0, 1)
    bits.golomb(COLUMNS - 1, ROWS - 1)
    bits.fixed(0b1100, 4)  # frames only, direct 8 × 8, nothing cropped, nothing more
    return unit(0x67, bits.ended())


def picture_parameters() -> bytes:
    """CAVLC, one reference, and slices say that nothing is smoothed (7.3.2.2)."""
    bits = Bits()
    bits.golomb(0, 0)
    bits.fixed(0b00, 2)
    bits.golomb(0, 0, 0)
    bits.fixed(0b000, 3)  # no weighting
    bits.golomb(0, 0, 0)  # quantisers, which nothing uses
    bits.fixed(0b100, 3)
    return unit(0x68, bits.ended())


def slice_of(number: int, changed: Sequence[tuple[int, bytes]]) -> bytes:
    """A frame: the blocks that changed, by their place in it; of frame 0 all of them (7.3.3, 7.3.4)."""
    first = number == 0
    bits, written, place = Bits(), bytearray(), 0
    bits.golomb(0, 7 if first else 5, 0)  # from the first block; all slices of this type; its parameters
    bits.fixed(number % 16, 4)
    if first:
        bits.golomb(0)
        bits.fixed(0b00, 2)
    else:
        bits.fixed(0b000, 3)
    bits.golomb(0, 1)  # quantiser as it is; no smoothing
    for at, samples in changed:
        if not first:
            bits.golomb(at - place)
        bits.golomb(25 if first else 30)  # I_PCM
        written += bits.aligned() + samples
        bits, place = Bits(), at + 1
    if not first and place < COLUMNS * ROWS:
        bits.golomb(COLUMNS * ROWS - place)
    return unit(0x65 if first else 0x41, bytes(written) + bits.ended())


def frames(pictures: Sequence[Picture]) -> Iterator[bytes]:
    """Each picture as an access unit, by its difference to the one before."""
    before: dict[int, bytes] = {}
    for number, picture in enumerate(pictures):
        blocks = {n: picture.block(n % COLUMNS, n // COLUMNS) for n in range(COLUMNS * ROWS)}
        changed = [(at, samples) for at, samples in blocks.items() if before.get(at) != samples]
        coded = slice_of(number, changed)
        yield struct.pack(">I", len(coded)) + coded
        before = blocks


# ---------------------------------------------------------------- the file


def atom(name: bytes, *parts: bytes) -> bytes:
    """A box of the file."""
    body = b"".join(parts)
    return struct.pack(">I", 8 + len(body)) + name + body


def full(name: bytes, *parts: bytes, flags: int = 0) -> bytes:
    """A box with a version, which is 0, and flags."""
    return atom(name, struct.pack(">I", flags), *parts)


def film(seconds: int = 20) -> bytes:
    """An MP4 file of this length without sound."""
    count = seconds * FRAMES_PER_SECOND
    samples = list(frames([lifting(n / count) for n in range(count)]))
    head = atom(b"ftyp", b"isom", struct.pack(">I", 512), b"isomavc1mp41")
    start = len(head) + len(_movie(samples, 0)) + 8
    return head + _movie(samples, start) + atom(b"mdat", *samples)


MATRIX = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)


def _movie(samples: Sequence[bytes], start: int) -> bytes:
    length = len(samples) * STEP
    header = struct.pack(">5IH10x", 0, 0, TIMESCALE, length, 0x10000, 0x100)
    track = struct.pack(">5I8x4H", 0, 0, 1, 0, length, 0, 0, 0, 0)
    media = atom(
        b"mdia",
        full(b"mdhd", struct.pack(">4I2H", 0, 0, TIMESCALE, length, 0x55C4, 0)),
        full(b"hdlr", struct.pack(">I4s12x", 0, b"vide"), b"Film\0"),
        atom(
            b"minf",
            full(b"vmhd", struct.pack(">4H", 0, 0, 0, 0), flags=1),
            atom(b"dinf", full(b"dref", struct.pack(">I", 1), full(b"url ", flags=1))),
            _table(samples, start),
        ),
    )
    shown = struct.pack(">2I", WIDTH << 16, HEIGHT << 16)
    return atom(
        b"moov",
        full(b"mvhd", header, MATRIX, struct.pack(">24xI", 2)),
        atom(b"trak", full(b"tkhd", track, MATRIX, shown, flags=3), media),
    )


def _table(samples: Sequence[bytes], start: int) -> bytes:
    """Where each frame stands and how long it is shown."""
    sps, pps = sequence_parameters(), picture_parameters()
    configuration = atom(
        b"avcC",
        bytes([1, *sps[1:4], 0xFF, 0xE1]),
        struct.pack(">H", len(sps)) + sps + b"\x01" + struct.pack(">H", len(pps)) + pps,
    )
    entry = struct.pack(">6xH16x2H2IIH32xHh", 1, WIDTH, HEIGHT, 72 << 16, 72 << 16, 0, 1, 24, -1)
    sizes = struct.pack(f">2I{len(samples)}I", 0, len(samples), *map(len, samples))
    return atom(
        b"stbl",
        full(b"stsd", struct.pack(">I", 1), atom(b"avc1", entry, configuration)),
        full(b"stts", struct.pack(">3I", 1, len(samples), STEP)),
        full(b"stss", struct.pack(">2I", 1, 1)),
        full(b"stsc", struct.pack(">4I", 1, 1, len(samples), 1)),
        full(b"stsz", sizes),
        full(b"stco", struct.pack(">2I", 1, start)),
    )
