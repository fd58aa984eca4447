// What is done to the outputs of a convolution on their way to memory.
#pragma once
#include "simd.h"

/** + bias [outputs] if there is one, then ReLU if `relu`. */
struct Finish {
  const float* bias = nullptr;
  bool relu = false;
  Lanes biasAt(int output) const { return bias ? load(bias + output) : Lanes{}; }
  Lanes operator()(Lanes y, Lanes add) const {
    const Lanes sum = y + add;
    if (!relu) return sum;
    return sum < Lanes{} ? Lanes{} : sum; // a NaN stays one
  }
};
