// What this folder's operations have in common.
#pragma once
#include "tensorflow.h"

constexpr const char* TYPE_ATTRIBUTE = "T: {float, bfloat16}";

struct Plain { explicit Plain(Attributes) {} };

inline Shape withChannels(Shape shape, int64_t channels) { shape.back() = channels; return shape; }

/** y from two inputs of its own shape, number by number. */
template <class T, void (*F)(long, const T*, const T*, T*)>
struct OfTwo : Plain {
  using Plain::Plain;
  void run(Call& call) const {
    const Shape shape = call.shape(0);
    F(sizeOf(shape), call.input<T>(0), call.input<T>(1), call.output<T>(0, shape));
  }
};
