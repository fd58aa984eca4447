// The gradient of a convolution's filters as a product of matrices, for any size, stride and margin of zeros. Channels must
// be multiples of 16. T is float or BFloat16, multiplied in pairs where the processor can.
#pragma once

/** x [images, height, width, inputs], its convolution [images, down, across, outputs], filters [size, size, inputs, outputs]. */
struct Window { int images, height, width, inputs, down, across, outputs, size, stride, margin; };

template <class T> void windowFilterGradient(const Window& window, const T* x, const T* dy, float* gradient);
