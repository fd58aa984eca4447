#include "operation.h"
#include "operations.h"
#include "dense.h"
#include "threads.h"
#include "tokens.h"
#include "window.h"

namespace {

template <class T>
struct LayerNorm {
  float epsilon;
  explicit LayerNorm(Attributes attributes) : epsilon(attributes.real("epsilon")) {}
  void run(Call& call) const {
    const Shape x = call.shape(0);
    normaliseRows(sizeOf(x) / x.back(), int(x.back()), epsilon, call.input<T>(0), call.input(1), call.input(2), call.output<T>(0, x));
  }
};

/** As LayerNorm, rounded to bfloat16 for a product that follows. */
struct LayerNormRounded : LayerNorm<float> {
  using LayerNorm::LayerNorm;
  void run(Call& call) const {
    const Shape x = call.shape(0);
    normaliseRows(sizeOf(x) / x.back(), int(x.back()), epsilon, call.input(0), call.input(1), call.input(2), call.output<BFloat16>(0, x));
  }
};

template <class T>
struct LayerNormGrad : LayerNorm<T> {
  using LayerNorm<T>::LayerNorm;
  void run(Call& call) const {
    const Shape x = call.shape(1), scale = call.shape(2);
    T* dx = call.output<T>(0, x);
    float* dScale = call.output(1, scale);
    normaliseRowsGradient(sizeOf(x) / x.back(), int(x.back()), this->epsilon, call.input<T>(0), call.input<T>(1), call.input(2), dx, dScale, call.output(2, scale));
  }
};

template <class T>
struct Gelu : Plain {
  using Plain::Plain;
  void run(Call& call) const {
    const Shape x = call.shape(0);
    gelu(sizeOf(x), call.input<T>(0), call.output<T>(0, x));
  }
};

template <class T> using GeluGrad = OfTwo<T, geluGradient<T>>;

template <class T>
struct SelfAttention {
  int heads;
  explicit SelfAttention(Attributes attributes) : heads(attributes.integer("heads")) {}
  Attention sizes(const Shape& qkv) const { return {int(qkv[0]), int(qkv[1]), heads, int(qkv[2] / 3 / heads)}; }
  void run(Call& call) const {
    const Shape qkv = call.shape(0, 3);
    attend(sizes(qkv), call.input<T>(0), call.output<T>(0, withChannels(qkv, qkv[2] / 3)));
  }
};

template <class T>
struct SelfAttentionGrad : SelfAttention<T> {
  using SelfAttention<T>::SelfAttention;
  void run(Call& call) const {
    const Shape qkv = call.shape(1, 3);
    attendGradient(this->sizes(qkv), call.input<T>(0), call.input<T>(1), call.output<T>(0, qkv));
  }
};

/** A dense layer, with a bias or without. */
template <class T, bool IS_BIASED>
struct DenseKernel : Plain {
  using Plain::Plain;
  void run(Call& call) const {
    const Shape x = call.shape(0, 2), weight = call.shape(1, 2);
    const T* none = nullptr;
    dense({int(x[0]), int(x[1]), int(weight[0])}, call.input<T>(0), call.input<T>(1), IS_BIASED ? call.input(2) : nullptr, none, call.output<T>(0, {x[0], weight[0]}));
  }
};

/** As DenseKernel of float32, its products rounded. */
template <bool IS_BIASED>
struct DenseRounded : Plain {
  using Plain::Plain;
  void run(Call& call) const {
    const Shape x = call.shape(0, 2), weight = call.shape(1, 2);
    denseRounded({int(x[0]), int(x[1]), int(weight[0])}, call.input(0), call.input(1), IS_BIASED ? call.input(2) : nullptr, call.output(0, {x[0], weight[0]}));
  }
};

/** As DenseKernel, added to what lies beside in float32, of any shape. */
template <class T>
struct DenseAdded : Plain {
  using Plain::Plain;
  void run(Call& call) const {
    const Shape x = call.shape(0, 2), weight = call.shape(1, 2);
    dense({int(x[0]), int(x[1]), int(weight[0])}, call.input<T>(0), call.input<T>(1), call.input(2), call.input(3), call.output(0, call.shape(3)));
  }
};

template <class T> using Biased = DenseKernel<T, true>;
template <class T> using Unbiased = DenseKernel<T, false>;

/** Rows as maps of one place, convolved by filters [inputs, outputs] of one place. */
Window placesOf(int64_t rows, int64_t inputs, int64_t outputs) { return {int(rows), 1, 1, int(inputs), 1, 1, int(outputs), 1, 1, 0}; }

/** dx = dy * weight [outputs, inputs]: a convolution of dy by the weights, which lie as it wants them. */
template <class T>
struct DenseInputGrad : Plain {
  using Plain::Plain;
  void run(Call& call) const {
    const Shape dy = call.shape(0, 2), weight = call.shape(1, 2);
    const int outputs = int(weight[0]), inputs = int(weight[1]);
    float* laidOut = scratch(2, laidOutSize<T>(1, outputs, inputs));
    layOut<T>(1, outputs, inputs, call.input(1), laidOut);
    convolveWindow(placesOf(dy[0], outputs, inputs), call.input<T>(0), laidOut, {}, call.output<T>(0, {dy[0], weight[1]}));
  }
};

/** dweight [outputs, inputs] = dy^T * x: the gradient of those filters. */
template <class T>
struct DenseWeightGrad : Plain {
  using Plain::Plain;
  void run(Call& call) const {
    const Shape dy = call.shape(0, 2), x = call.shape(1, 2);
    windowFilterGradient(placesOf(dy[0], dy[1], x[1]), call.input<T>(0), call.input<T>(1), call.output(0, {dy[1], x[1]}));
  }
};

}  // namespace

void registerTokens() {
  registerTyped<Biased>("IalDense", {{"x: T", "weight: T", "bias: float"}, {"y: T"}, {TYPE_ATTRIBUTE}});
  registerTyped<Unbiased>("IalProduct", {{"x: T", "weight: T"}, {"y: T"}, {TYPE_ATTRIBUTE}});
  registerPlain<DenseRounded<true>>("IalDenseRounded", {{"x: float", "weight: float", "bias: float"}, {"y: float"}, {}});
  registerPlain<DenseRounded<false>>("IalProductRounded", {{"x: float", "weight: float"}, {"y: float"}, {}});
  registerTyped<DenseAdded>("IalDenseAdded", {{"x: T", "weight: T", "bias: float", "beside: float"}, {"y: float"}, {TYPE_ATTRIBUTE}});
  registerTyped<DenseInputGrad>("IalDenseInputGrad", {{"dy: T", "weight: float"}, {"dx: T"}, {TYPE_ATTRIBUTE}});
  registerTyped<DenseWeightGrad>("IalDenseWeightGrad", {{"dy: T", "x: T"}, {"gradient: float"}, {TYPE_ATTRIBUTE}});
  registerTyped<LayerNorm>("IalLayerNorm", {{"x: T", "scale: float", "offset: float"}, {"y: T"}, {TYPE_ATTRIBUTE, "epsilon: float"}});
  registerPlain<LayerNormRounded>("IalLayerNormRounded", {{"x: float", "scale: float", "offset: float"}, {"y: bfloat16"}, {"epsilon: float"}});
  registerTyped<Gelu>("IalGelu", {{"x: T"}, {"y: T"}, {TYPE_ATTRIBUTE}});
  registerTyped<LayerNormGrad>("IalLayerNormGrad", {{"dy: T", "x: T", "scale: float"}, {"dx: T", "dscale: float", "doffset: float"}, {TYPE_ATTRIBUTE, "epsilon: float"}});
  registerTyped<GeluGrad>("IalGeluGrad", {{"dy: T", "x: T"}, {"dx: T"}, {TYPE_ATTRIBUTE}});
  registerTyped<SelfAttentionGrad>("IalAttentionGrad", {{"dy: T", "qkv: T"}, {"dqkv: T"}, {TYPE_ATTRIBUTE, "heads: int"}});
  registerTyped<SelfAttention>("IalAttention", {{"qkv: T"}, {"y: T"}, {TYPE_ATTRIBUTE, "heads: int"}});
}
