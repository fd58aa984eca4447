#include "operation.h"
#include "operations.h"
#include "dense.h"
#include "tokens.h"

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

/** A dense layer on few rows. */
template <class T>
struct DenseKernel : Plain {
  using Plain::Plain;
  void run(Call& call) const {
    const Shape x = call.shape(0, 2), weight = call.shape(1, 2);
    dense({int(x[0]), int(x[1]), int(weight[0])}, call.input<T>(0), call.input<T>(1), call.input(2), call.output<T>(0, {x[0], weight[0]}));
  }
};

}  // namespace

void registerTokens() {
  registerTyped<DenseKernel>("IalDense", {{"x: T", "weight: T", "bias: float"}, {"y: T"}, {TYPE_ATTRIBUTE}});
  registerTyped<LayerNorm>("IalLayerNorm", {{"x: T", "scale: float", "offset: float"}, {"y: T"}, {TYPE_ATTRIBUTE, "epsilon: float"}});
  registerTyped<Gelu>("IalGelu", {{"x: T"}, {"y: T"}, {TYPE_ATTRIBUTE}});
  registerTyped<LayerNormGrad>("IalLayerNormGrad", {{"dy: T", "x: T", "scale: float"}, {"dx: T", "dscale: float", "doffset: float"}, {TYPE_ATTRIBUTE, "epsilon: float"}});
  registerTyped<GeluGrad>("IalGeluGrad", {{"dy: T", "x: T"}, {"dx: T"}, {TYPE_ATTRIBUTE}});
  registerTyped<SelfAttentionGrad>("IalAttentionGrad", {{"dy: T", "qkv: T"}, {"dqkv: T"}, {TYPE_ATTRIBUTE, "heads: int"}});
  registerTyped<SelfAttention>("IalAttention", {{"qkv: T"}, {"y: T"}, {TYPE_ATTRIBUTE, "heads: int"}});
}
