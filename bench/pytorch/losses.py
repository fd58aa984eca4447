"""The four terms of the loss (src/losses.ts): total, cross-entropy, layer2's auxiliary head, intensity-aware."""
from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F

from model import Output


class Losses(NamedTuple):
    total: Tensor
    cross_entropy: Tensor
    auxiliary: Tensor
    intensity_aware: Tensor


def intensity_aware(logits: Tensor, labels: Tensor) -> Tensor:
    """softplus(strongest rival - label), mean over the batch. logits [B, K], labels [B]"""
    index = labels[:, None]
    rival = logits.scatter(1, index, float('-inf')).amax(1)
    return F.softplus(rival - logits.gather(1, index).squeeze(1)).mean()


def losses(output: Output, labels: Tensor, aux_weight: float, lam: float) -> Losses:
    """Losses in float32 at least, whatever the network computed in, as ours are."""
    logits, second = (x.to(torch.promote_types(x.dtype, torch.float32)) for x in (output.logits, output.auxiliary2))
    main, auxiliary, rival = F.cross_entropy(logits, labels), F.cross_entropy(second, labels), intensity_aware(logits, labels)
    return Losses(main + aux_weight * auxiliary + lam * rival, main, auxiliary, rival)
