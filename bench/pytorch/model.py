"""The network of src/model in PyTorch: same parts, same names in the state dict, same order.

Tensors that the authors' modules create and never use (`bias`, `bias1`, `bias2`, `glb`, layer1's attention) are there for
their names and their count.
"""
from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from transformer import Transformer

GCA_EPSILON = 1e-5  # inside the root, so that its gradient stays finite


@dataclass(frozen=True)
class Config:
    """The numbers of src/config.ts that decide the network."""

    width: tuple[int, int, int]
    image_size: int
    frames: int
    classes: int
    reduction: int
    static_mlp: int
    temporal_mlp: int

    @staticmethod
    def of(settings: dict[str, Any]) -> Config:
        """From an ExperimentConfig in JSON; this side has the whole network only, none of its ablations."""
        whole = settings['gca'] == {'layer2': True, 'layer3': True} and settings['fusion'] and settings['temporal'] == 'transformer'
        if not whole:
            raise ValueError('expected the whole network (gca.layer2, gca.layer3, fusion, temporal=transformer), found an ablation')
        narrow, middle, wide = settings['width']
        return Config((narrow, middle, wide), settings['imageSize'], settings['numSegments'] * settings['framesPerSegment'],
                      settings['numClasses'], settings['reduction'], settings['staticMlp'], settings['temporalMlp'])

    def maps(self) -> tuple[int, int, int, int]:
        """Sides of the maps after the stem, layer2, layer3 and the fusion."""
        sides = [self.image_size]
        for _ in range(5):
            sides.append((sides[-1] + 1) // 2)
        return sides[2], sides[3], sides[4], sides[5]


class Output(NamedTuple):
    logits: Tensor
    features: Tensor
    auxiliary2: Tensor
    auxiliary3: Tensor


def relu(x: Tensor) -> Tensor:
    """In place: nothing needs what it replaces, and it saves memory."""
    return F.relu(x, inplace=True)


def conv3x3(inputs: int, outputs: int, stride: int = 1) -> nn.Conv2d:
    return nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)


def conv1x1(inputs: int, outputs: int, stride: int = 1) -> nn.Conv2d:
    return nn.Conv2d(inputs, outputs, 1, stride, bias=False)


class Block(nn.Module):
    """ResNet-18's block, with a place before the addition."""

    def __init__(self, inputs: int, outputs: int, stride: int, shortcut: bool) -> None:
        super().__init__()
        self.conv1, self.bn1 = conv3x3(inputs, outputs, stride), nn.BatchNorm2d(outputs)
        self.conv2, self.bn2 = conv3x3(outputs, outputs), nn.BatchNorm2d(outputs)
        self.downsample = nn.Sequential(conv1x1(inputs, outputs, stride), nn.BatchNorm2d(outputs)) if shortcut else None

    def inner(self, x: Tensor) -> Tensor:
        return self.bn2(self.conv2(relu(self.bn1(self.conv1(x)))))

    def outer(self, x: Tensor, maps: Tensor) -> Tensor:
        return relu(maps + (x if self.downsample is None else self.downsample(x)))

    def forward(self, x: Tensor) -> Tensor:
        return self.outer(x, self.inner(x))


class GcaBlock(Block):
    """A block whose channels are rescaled by weights from the frame and from its clip."""

    def __init__(self, inputs: int, outputs: int, stride: int, shortcut: bool, side: int, config: Config) -> None:
        super().__init__(inputs, outputs, stride, shortcut)
        squeezed = max(1, outputs // config.reduction)
        self.frames = config.frames
        self.bias1, self.bias2 = (nn.Parameter(torch.zeros(1, outputs, 1, 1)) for _ in range(2))
        self.AUX_fc = nn.Sequential(nn.Linear(outputs, 2 * outputs, bias=False), nn.Linear(2 * outputs, config.classes, bias=False))
        self.glb = conv1x1(outputs, outputs)
        self.gc = nn.Sequential(nn.Conv2d(outputs, outputs, side, groups=outputs, bias=False))
        self.fc1 = nn.Sequential(conv1x1(outputs, squeezed))
        self.fc2 = nn.Sequential(conv1x1(squeezed, outputs))

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:  # type: ignore[override]
        """x [clips * frames, I, H, W] -> maps [clips * frames, O, h, w], logits of the auxiliary head [clips, classes]."""
        maps = self.inner(x)
        described = self.describe(maps)
        auxiliary = self.AUX_fc(described.flatten(1).unflatten(0, (-1, self.frames)).mean(1))
        weights = 2 * torch.sigmoid(self.fc2(relu(self.fc1(described)))).unflatten(0, (-1, self.frames))
        scales = torch.sqrt(weights * weights.mean(1, keepdim=True) + GCA_EPSILON)
        return self.outer(x, maps * scales.flatten(0, 1)), auxiliary

    def describe(self, maps: Tensor) -> Tensor:
        """The global convolution, one number a channel. As a product and a sum: conv2d is as fast eagerly, and four times slower compiled in bf16."""
        return (maps * self.gc[0].weight.squeeze(1)).sum((2, 3), keepdim=True)


class IdleGcaBlock(GcaBlock):
    """layer1: a plain block that carries an attention nobody calls."""

    def forward(self, x: Tensor) -> Tensor:  # type: ignore[override]
        return Block.forward(self, x)


class Former(nn.Module):
    """Everything before the classifier."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        narrow, middle, wide = config.width
        stem, side2, side3, fused = config.maps()
        features = wide * fused * fused
        self.frames = config.frames
        self.bias = nn.Parameter(torch.zeros(1, narrow, 1, 1))
        self.pos_embedding_pos = nn.Parameter(torch.randn(1, fused * fused, wide))
        self.pos_embedding = nn.Parameter(torch.randn(1, config.frames, features))
        self.conv1 = nn.Sequential(conv3x3(3, narrow, 2), nn.BatchNorm2d(narrow), nn.ReLU(inplace=True), conv3x3(narrow, narrow))
        self.bn1 = nn.BatchNorm2d(narrow)
        self.layer1 = nn.Sequential(IdleGcaBlock(narrow, narrow, 1, False, stem, config))
        self.layer2 = nn.Sequential(GcaBlock(narrow, middle, 2, True, side2, config))
        self.layer3 = nn.Sequential(GcaBlock(middle, wide, 2, True, side3, config))
        self.layer4 = nn.Sequential(Block(wide, wide, 2, True), Block(wide, wide, 1, False), Block(wide, wide, 1, False))
        self.patch_embedding = nn.Sequential(conv3x3(wide, wide, 2), nn.BatchNorm2d(wide), nn.ReLU(inplace=True))
        self.pos_transformer = Transformer(wide, config.static_mlp)
        self.temporal_transformer = Transformer(features, config.temporal_mlp)
        self.maxpool = nn.MaxPool2d(3, 2, 1)

    def forward(self, clips: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """clips [B, T, 3, S, S] -> features [B, D], logits of layer2's and layer3's auxiliary heads [B, classes]."""
        maps = self.maxpool(relu(self.bn1(self.conv1(clips.flatten(0, 1)))))
        maps = self.layer1(maps)
        maps, auxiliary2 = self.layer2(maps)
        maps, auxiliary3 = self.layer3(maps)
        tokens = self.fuse(maps)
        mixed = self.temporal_transformer(tokens + self.pos_embedding[:, :tokens.shape[1]])
        return mixed.mean(1), auxiliary2, auxiliary3

    def fuse(self, maps: Tensor) -> Tensor:
        """Dynamic-static fusion: what a frame shows, plus how it changes into the next. -> [B, T - 1, D]"""
        frames = maps.unflatten(0, (-1, self.frames))
        now, following = frames[:, :-1].flatten(0, 1), frames[:, 1:].flatten(0, 1)
        patches = self.patch_embedding(now)
        tokens = patches.flatten(2).transpose(1, 2)
        still = self.pos_transformer(tokens + self.pos_embedding_pos).transpose(1, 2).unflatten(2, patches.shape[2:])
        fused = still + self.layer4(following - now)
        return fused.flatten(1).unflatten(0, (-1, self.frames - 1))


class Network(nn.Module):
    def __init__(self, config: Config) -> None:
        super().__init__()
        self.s_former = Former(config)
        self.fc_f = nn.Linear(self.s_former.pos_embedding.shape[2], config.classes)

    def forward(self, clips: Tensor) -> Output:
        features, auxiliary2, auxiliary3 = self.s_former(clips)
        return Output(self.fc_f(features), features, auxiliary2, auxiliary3)
