// The gradient of a convolution's filters as a product of matrices, for any size, stride and margin of zeros, and any number of
// inputs. Outputs must be multiples of 16. T is float or BFloat16, multiplied in pairs where the processor can.
#pragma once
#include "grid.h"

template <class T> void windowFilterGradient(const Window& window, const T* x, const T* dy, float* gradient);
