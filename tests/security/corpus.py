"""Hostile texts, YAML, pictures and file names: the tables of the attacks."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Final

from PIL import Image

DEEP: Final = 4000
MARKDOWN: Final = {
    "quotes": ">" * DEEP + "x",
    "lists": "".join("  " * n + "- x\n" for n in range(400)),
    "numbers": "".join("   " * n + "1. x\n" for n in range(300)),
    "brackets": "[" * DEEP + "x" + "]" * DEEP,
    "images": "![" * DEEP + "x" + "](a.png)" * DEEP,
    "links": "[a](" * DEEP,
    "emphasis": "*a_ " * DEEP,
    "stars": "*" * 3 * DEEP,
    "closers": "a**b" + "c* " * DEEP,
    "backticks": "".join("e" + "`" * n for n in range(600)),
    "entities": "&#x1F600;&amp;&nbsp;&NotAnEntity;" * 2000,
    "nul entity": "&#0;&#xD800;&#x110000;&#99999999999;",
    "raw html": "<div onclick=alert(1)>" * 500 + "<script>alert(1)</script>",
    "comment": "<!--" * DEEP,
    "cdata": "<![CDATA[" * DEEP,
    "declaration": "<!X " * DEEP,
    "table": "|a" * 400 + "|\n" + "|-" * 400 + "|\n" + ("|x" * 400 + "|\n") * 60,
    "one row": "|" * 20_000,
    "fences": "```\n" * DEEP,
    "containers": "::: note\n" * 500,
    "attributes": "{#" * DEEP,
    "ids": "".join(f"{{#a{n}}}\n# {n} x\n\n" for n in range(1, 500)),
    "same ids": "{#a}\n# 1 x\n\n" * 300,
    "references": "".join(f"[r{n}]: http://x/{n}\n" for n in range(2000)) + "[r1]" * 2000,
    "script link": "[x](javascript:alert(1)) [y](vbscript:x) [z](data:text/html,<script>alert(1)</script>)",
    "escaped link": "[x](java&#115;cript:alert(1)) [y](&#x6A;avascript:alert(1)) [z](JaVaScRiPt:alert(1))",
    "autolink": "<javascript:alert(1)> <http://x>" * 500,
    "image of a file": "![x]({file}) ![y](../../etc/passwd.png) ![z](/etc/passwd.png)",
    "image of the web": "![x]({web}/a.png) ![y](//127.0.0.1/a.png)",
    "math": r"$\input{/etc/passwd}$ \(x\) $$\write18{id}$$",
    "template": "{{ 7*7 }} {% for x in ().__class__.__base__.__subclasses__() %}{{ x }}{% endfor %} ${7*7}",
    "tabs": "\t" * 20_000,
    "line ends": "\r\n\r" * 5000,
    "astral": "\U0001f9ff\u200d" * 3000,
    "combining": "e" + "\u0301" * 20_000,
    "right to left": "\u202e" * 500 + "gnp.exe",
    "long line": "x" * 500_000,
    "too long": "x" * 700_000,
    "headings": "#" * DEEP + " x\n" + "# 1 x\n" * 1000,
    "html attributes": '<img src="{web}/x.png" onerror=alert(1)><svg onload=alert(1)><iframe src="{file}">',
    "style": "<style>@import url({web}/x.css)</style><link rel=stylesheet href={web}/x.css>",
    "math html": "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "mutation": '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
}

_BOMB: Final = "\n".join(
    ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
)
YAML: Final = {
    "bomb": _BOMB,
    "bomb of maps": "a: &a {x: 1}\n" + "".join(f"b{n}: &b{n} {{<<: *a, y: *a}}\n" for n in range(50)),
    "recursive": "a: &a [*a]",
    "recursive map": "&a {a: *a}",
    "brackets": "[" * 3000,
    "closed brackets": "a: " + "[" * 900 + "]" * 900,
    "braces": "{a: " * 900,
    "indents": "".join(" " * n + f"a{n}:\n" for n in range(500)),
    "python": "a: !!python/object/apply:os.system ['true']",
    "python name": "!!python/name:os.system",
    "tag": "a: !x y",
    "binary": "a: !!binary aGVsbG8=",
    "include": "a: !include {path}",
    "huge whole": "a: " + "9" * 50_000,
    "huge float": "a: 1e999999999",
    "octal": "a: 0o777777777777777777777",
    "sexagesimal": "a: " + ":".join(["59"] * 2000),
    "dates": "a: 9999999-99-99",
    "duplicates": "a: 1\n" * 500,
    "many keys": "".join(f"k{n}: 1\n" for n in range(5000)),
    "long key": "k" * 100_000 + ": 1",
    "null key": "? \n: x",
    "complex key": "? [a, b]\n: x",
    "documents": "---\na: 1\n" * 300,
    "directive": "%YAML 9.9\n---\na: 1",
    "tag directive": "%TAG ! tag:x,2000:\n---\na: !b c",
    "comment": "#" * 200_000,
    "nul": "a: \x00",
    "bell": 'a: "\\x07\\0"',
    "surrogate": 'a: "\\ud800"',
    "next line": "a: b\u0085c\u2028d",
    "bom": "\ufeffa: 1",
    "tab": "a:\n\tb: 1",
    "quotes": 'a: "' + "\\" * 9999,
    "block": "a: |9\n  x",
    "folded": "a: >-\n" + "  x\n" * 5000,
    "anchor alone": "&a",
    "alias alone": "*a",
    "merge": "<<: [1, 2]",
    "template": "a: '{{ 7*7 }}'",
    "traversal": "edition: ../../etc/passwd",
}


def png(width: int, height: int, *, real: bool = True) -> bytes:
    """A picture, or the head of one that only says how large it is."""
    if real:
        made = io.BytesIO()
        Image.new("RGB", (width, height)).save(made, "PNG")
        return made.getvalue()
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    packed = zlib.compress(bytes(64))
    pieces = [(b"IHDR", head), (b"IDAT", packed), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in pieces
    )


def jpeg() -> bytes:
    """A small photograph."""
    made = io.BytesIO()
    Image.new("RGB", (9, 9)).save(made, "JPEG")
    return made.getvalue()


PICTURES: Final = {
    "no picture": b"no picture",
    "empty": b"",
    "signature alone": b"\x89PNG\r\n\x1a\n",
    "jpeg mark alone": b"\xff\xd8\xff",
    "html under a signature": b"\x89PNG\r\n\x1a\n<html><script>alert(1)</script>",
    "html behind a picture": png(1, 1) + b"<html><script>alert(1)</script></html>",
    "archive behind a picture": png(1, 1) + b"PK\x03\x04" + bytes(40),
    "php behind a photograph": jpeg() + b"<?php system('id'); ?>",
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "svg with an entity": b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><svg>&e;</svg>',
    "gif": b"GIF89a\x01\x00\x01\x00\x00\x00\x00;",
    "webp": b"RIFF\x1a\x00\x00\x00WEBPVP8L\x0d\x00\x00\x00\x2f\x00\x00\x00" + bytes(12),
    "bmp": b"BM" + bytes(60),
    "postscript": b"%!PS-Adobe-3.0\n(/etc/passwd) run",
    "program": b"\x7fELF" + bytes(200),
    "windows program": b"MZ" + bytes(200),
    "pdf": b"%PDF-1.7\n1 0 obj",
    "zip": b"PK\x03\x04" + bytes(200),
    "truncated": png(40, 40)[:-20],
    "half a photograph": jpeg()[: len(jpeg()) // 2],
    "bomb": png(30_000, 30_000, real=False),
    "wide bomb": png(2_000_000_000, 1, real=False),
    "long bomb": png(1, 2_147_483_647, real=False),
    "no width": png(0, 0, real=False),
    "eicar": b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*",
    "twenty-one megabytes": png(1, 1) + bytes(21 << 20),
}


NAMES: Final = (
    "../../../etc/passwd",
    "..\\..\\windows\\win.ini",
    "/etc/passwd",
    "C:\\x.md",
    "CON.txt",
    "nul",
    "a\r\nX: y.md",
    "a\x00b.md",
    "\u202egpj.exe",
    "世.txt",
    "x" * 300,
    ".",
    "..",
    "",
    " ",
    "a/b/c.md",
    "~root",
    "a;b.md",
    'a"b.md',
    "a'b.md",
    "%2e%2e%2fx",
    "....//x",
    "file.md:stream",
    "-rf",
    "\U0001f9ff.md",
    "\ud800.md",
    "a\u2028b.md",
)
