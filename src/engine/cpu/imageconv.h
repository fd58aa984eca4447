// Convolutions of maps with few channels, as images have: what an output sees of them is written side by side, as wide as
// one step of a product. Outputs must be multiples of 16. Images are float32, whatever is made of them.
#pragma once
#include "filtergrad.h"
#include "finish.h"

/** Floats that `layOutImageFilters` makes of filters [size, size, inputs, outputs] for maps of T. */
template <class T> long imageFiltersSize(int size, int inputs, int outputs);

template <class T> void layOutImageFilters(int size, int inputs, int outputs, const float* filter, float* laidOut);

/** y of T from float32 images. */
template <class T> void convolveImages(const Window& window, const float* images, const float* laidOut, Finish<T> finish, T* y);
