"""Pre-norm transformer of both attentions: over the places of a map and over the frames of a clip."""
from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional as F

HEADS = 4
HEAD_SIZE = 32
DEPTH = 2


class Norm(nn.Module):
    def __init__(self, size: int, fn: nn.Module) -> None:
        super().__init__()
        self.norm, self.fn = nn.LayerNorm(size), fn

    def forward(self, x: Tensor) -> Tensor:
        return self.fn(self.norm(x))


class Residual(nn.Module):
    def __init__(self, fn: nn.Module) -> None:
        super().__init__()
        self.fn = fn

    def forward(self, x: Tensor) -> Tensor:
        return x + self.fn(x)


class Attention(nn.Module):
    def __init__(self, size: int) -> None:
        super().__init__()
        inner = HEADS * HEAD_SIZE
        self.to_qkv, self.to_out = nn.Linear(size, 3 * inner, bias=False), nn.Sequential(nn.Linear(inner, size))

    def forward(self, x: Tensor) -> Tensor:
        q, k, v = self.to_qkv(x).unflatten(2, (3, HEADS, HEAD_SIZE)).permute(2, 0, 3, 1, 4)  # each [B, heads, N, 32]
        return self.to_out(F.scaled_dot_product_attention(q, k, v).transpose(1, 2).flatten(2))


class FeedForward(nn.Module):
    def __init__(self, size: int, hidden: int) -> None:
        super().__init__()
        self.net = nn.Sequential(nn.Linear(size, hidden), nn.GELU('tanh'), nn.Identity(), nn.Linear(hidden, size))

    def forward(self, x: Tensor) -> Tensor:
        return self.net(x)


class Transformer(nn.Module):
    """Pre-norm, no norm at the end."""

    def __init__(self, size: int, hidden: int) -> None:
        super().__init__()
        self.layers = nn.ModuleList(
            nn.ModuleList([Residual(Norm(size, Attention(size))), Residual(Norm(size, FeedForward(size, hidden)))]) for _ in range(DEPTH))

    def forward(self, x: Tensor) -> Tensor:
        for attend, feed in self.layers:  # type: ignore[misc]
            x = feed(attend(x))
        return x
