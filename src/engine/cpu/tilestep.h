// The step of a dense layer's weights and the gradient of its input, in tiles.
#pragma once
#include "dense.h"
#include "sgd.h"

/** As denseStep (optimizer.h): inputs and outputs must suit tiles (amx.h). */
void stepTiles(const Dense& sizes, const Sgd& sgd, const float* parameter, const float* velocity, const float* dy, const float* x, float* newParameter, float* newVelocity, float* dx);
