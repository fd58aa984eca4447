// What is done to the outputs of a convolution or a dense layer on their way to memory.
#pragma once
#include "simd.h"

/** + bias [outputs] if there is one, + what lies `beside` if there is something, of the outputs' own shape and type; then ReLU if `relu`. */
template <class T>
struct Finish {
  const float* bias = nullptr;
  bool relu = false;
  const T* beside = nullptr;
  Lanes biasAt(int output) const { return bias ? load(bias + output) : Lanes{}; }
  /** Of outputs that go to `at`. */
  Lanes operator()(Lanes y, Lanes add, long at) const {
    Lanes sum = y + add;
    if (beside) sum += load(beside + at);
    return relu ? rectified(sum) : sum;
  }
  /** Of outputs from `at` on. */
  Finish from(long at) const { return {bias, relu, beside ? beside + at : nullptr}; }
};
