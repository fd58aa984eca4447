"""Unpacks from wheels only what the engine needs: TensorFlow's two libraries and C headers, NVIDIA's libraries.

    python unpack.py TARGET WHEEL...
"""

import os
import re
import shutil
import sys
import zipfile

WANTED = re.compile(
    r"tensorflow/libtensorflow_(cc|framework)(\.so\.2|\.2\.dylib)$"
    r"|tensorflow/include/(tensorflow/c|tensorflow/core/platform|tensorflow/core/common_runtime/next_pluggable_device/c|tsl/platform|xla/tsl/c)/"
    r"|nvidia/(?!.*/include/)"
)


def unpack(wheel, target):
    with zipfile.ZipFile(wheel) as archive:
        for member in archive.infolist():
            if not WANTED.match(member.filename) or member.is_dir():
                continue
            path = os.path.join(target, member.filename)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with archive.open(member) as source, open(path, "wb") as sink:
                shutil.copyfileobj(source, sink, 1 << 20)
            # zipfile drops the mode, and ptxas must stay executable
            os.chmod(path, 0o755 if member.external_attr >> 16 & 0o100 else 0o644)


for each in sys.argv[2:]:
    unpack(each, sys.argv[1])
