// Convolutions of bfloat16 on a processor that multiplies a tile of it at once, directly: so fast are the products there that
// Winograd's transforms would take longer. For channels that are multiples of 32.
#pragma once
#include "filtergrad.h"
#include "amx.h"
#include "finish.h"

/** @param filters as layOut (window.h) gives them */
void convolveTiles(const Window& window, const BFloat16* x, const float* filters, Finish<BFloat16> finish, BFloat16* y);

/** @param filter as TensorFlow keeps it */
void tileInputGradient(const Window& window, const BFloat16* dy, const float* filter, BFloat16* dx);

void tileFilterGradient(const Window& window, const BFloat16* x, const BFloat16* dy, float* gradient);
