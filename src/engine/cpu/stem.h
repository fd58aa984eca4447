// The network's first layers in one, for inference: a convolution of images, one of 3x3, a max pool. Image by image, so that the
// large maps between them never leave a thread's own cache.
#pragma once
#include "filtergrad.h"
#include "finish.h"

/** Filters as they were laid out before, and what is done to what they give. */
template <class T> struct Layer { const float* filters; Finish<T> finish; };

/** @param deep filters of `prepareFilters` (convolution.h), to `outputs` channels. y [images, half of down, half of across, outputs] */
template <class T> void convolveStem(const Window& window, const float* images, Layer<T> wide, int outputs, Layer<T> deep, T* y);
