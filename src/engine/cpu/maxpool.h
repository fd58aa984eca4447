// 3x3 max pool of stride 2 with padding 1 that never wins. Maps [images, height, width, channels], channels a multiple of
// 16; outputs ceil(height / 2) x ceil(width / 2). Of equal numbers the first in reading order wins, as in PyTorch.
#pragma once

struct Pooling { int images, height, width, channels; };

template <class T> void maxPool(const Pooling& pooling, const T* x, T* y);
template <class T> void maxPoolGradient(const Pooling& pooling, const T* x, const T* dy, T* dx);
