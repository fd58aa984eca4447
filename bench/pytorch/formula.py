"""The formula of src/experiments/parityFormula.ts: weights and images as a function of a salt and a name."""
from __future__ import annotations

import math
import re

import torch
from torch import Tensor

MASK = 0xFFFFFFFF


def fnv1a(key: str) -> int:
    """32-bit FNV-1a."""
    value = 0x811C9DC5
    for byte in key.encode():
        value = ((value ^ byte) * 0x01000193) & MASK
    return value


def unit(key: str, count: int) -> Tensor:
    """The first numbers of a key, in [0, 1) with 24 bits, in float64."""
    x = (torch.arange(count, dtype=torch.int64) * 0x9E3779B9 + fnv1a(key)) & MASK
    x = ((x ^ (x >> 16)) * 0x7FEB352D) & MASK
    x = x ^ (x >> 15)
    x = (x * 0x046CA68B + ((x & 1) << 31)) & MASK  # times 0x846CA68B, whose product would not fit 63 bits
    return ((x ^ (x >> 16)) >> 8).double() / 16777216


PLAIN = re.compile(r'^s_former\.(pos_embedding|pos_embedding_pos|bias)$|\.bias[12]$')


def law(name: str, shape: torch.Size) -> tuple[float, float]:
    """Offset and scale of v in [-1, 1) for a tensor of this name and shape."""
    if name.endswith(('running_mean', 'num_batches_tracked')):
        return 0, 0
    if name.endswith('running_var'):
        return 1, 0
    if PLAIN.search(name):
        return 0, 1
    if len(shape) == 4:
        return 0, math.sqrt(6 / (shape[0] * shape[2] * shape[3]))
    if len(shape) == 2:
        return 0, 1 / math.sqrt(shape[1])
    return (1, 0.1) if name.endswith('.weight') else (0, 0.1)


def weights(network: torch.nn.Module, salt: str) -> None:
    """Fills a network's parameters and buffers."""
    for name, tensor in network.state_dict().items():
        offset, scale = law(name, tensor.shape)
        tensor.copy_((offset + scale * (2 * unit(f'{salt}/{name}', tensor.numel()) - 1)).reshape(tensor.shape))


def images(salt: str, clips: int, frames: int, size: int) -> Tensor:
    """[clips, frames, 3, size, size]"""
    return unit(f'{salt}/images', clips * frames * 3 * size * size).float().reshape(clips, frames, 3, size, size)
