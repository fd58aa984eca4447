#include "operations.h"
#include <cmath>
#include "batchnorm.h"
#include "channels.h"
#include "convolution.h"
#include "dense.h"
#include "filtergrad.h"
#include "maxpool.h"
#include "optimizer.h"
#include "tensorflow.h"
#include "threads.h"
#include "tokens.h"
#include "window.h"

namespace {

constexpr const char* TYPE_ATTRIBUTE = "T: {float, bfloat16}";

struct Plain { explicit Plain(Attributes) {} };

Maps mapsOf(const Shape& maps, int inputs, int outputs) { return {int(maps[0]), int(maps[1]), int(maps[2]), inputs, outputs}; }
Shape withChannels(Shape shape, int64_t channels) { shape.back() = channels; return shape; }

template <class T>
struct Conv3x3 : Plain {
  using Plain::Plain;
  void run(Call& call) const {
    const Shape x = call.shape(0, 4), filter = call.shape(1, 4);
    convolve(mapsOf(x, filter[2], filter[3]), call.input<T>(0), call.input(1), call.output<T>(0, withChannels(x, filter[3])));
  }
};

template <class T>
struct Filters : Plain {
  using Plain::Plain;
  void run(Call& call) const {
    const Shape filter = call.shape(0, 4);
    prepareFilters<T>(filter[2], filter[3], call.input(0), call.output(0, {preparedSize<T>(filter[2], filter[3])}));
  }
};

template <class T>
struct Conv3x3Prepared {
  bool relu;
  explicit Conv3x3Prepared(Attributes attributes) : relu(attributes.flag("relu")) {}
  void run(Call& call) const {
    const Shape x = call.shape(0, 4), bias = call.shape(2, 1);
    convolvePrepared(mapsOf(x, x[3], bias[0]), call.input<T>(0), call.input(1), {call.input(2), relu}, call.output<T>(0, withChannels(x, bias[0])));
  }
};

template <class T>
struct Conv3x3InputGrad : Plain {
  using Plain::Plain;
  void run(Call& call) const {
    const Shape dy = call.shape(0, 4), filter = call.shape(1, 4);
    inputGradient(mapsOf(dy, filter[2], filter[3]), call.input<T>(0), call.input(1), call.output<T>(0, withChannels(dy, filter[2])));
  }
};

template <class T>
struct Conv3x3FilterGrad : Plain {
  using Plain::Plain;
  void run(Call& call) const {
    const Shape x = call.shape(0, 4), dy = call.shape(1, 4);
    filterGradient(mapsOf(x, x[3], dy[3]), call.input<T>(0), call.input<T>(1), call.output(0, {3, 3, x[3], dy[3]}));
  }
};

struct WindowKernel {
  int size, stride, margin;
  explicit WindowKernel(Attributes attributes) : size(attributes.integer("size")), stride(attributes.integer("stride")), margin(attributes.integer("margin")) {}
  Window window(const Shape& x, int64_t outputs) const {
    const auto extent = [&](int64_t from) { return int((from + 2 * margin - size) / stride + 1); };
    return {int(x[0]), int(x[1]), int(x[2]), int(x[3]), extent(x[1]), extent(x[2]), int(outputs), size, stride, margin};
  }
};

template <class T>
struct Panels : Plain {
  using Plain::Plain;
  void run(Call& call) const {
    const Shape filter = call.shape(0, 4);
    layOut<T>(filter[0], filter[2], filter[3], call.input(0), call.output(0, {laidOutSize<T>(filter[0], filter[2], filter[3])}));
  }
};

template <class T>
struct ConvPrepared : WindowKernel {
  bool relu;
  explicit ConvPrepared(Attributes attributes) : WindowKernel(attributes), relu(attributes.flag("relu")) {}
  void run(Call& call) const {
    const Window w = window(call.shape(0, 4), call.shape(2, 1)[0]);
    convolveWindow(w, call.input<T>(0), call.input(1), {call.input(2), relu}, call.output<T>(0, {w.images, w.down, w.across, w.outputs}));
  }
};

/** As ConvPrepared, its filters laid out for this call alone. */
template <class T>
struct Conv : WindowKernel {
  using WindowKernel::WindowKernel;
  void run(Call& call) const {
    const Shape filter = call.shape(1, 4);
    const Window w = window(call.shape(0, 4), filter[3]);
    float* laidOut = scratch(2, laidOutSize<T>(size, w.inputs, w.outputs));
    layOut<T>(size, w.inputs, w.outputs, call.input(1), laidOut);
    convolveWindow(w, call.input<T>(0), laidOut, {}, call.output<T>(0, {w.images, w.down, w.across, w.outputs}));
  }
};

template <class T>
struct ConvInputGrad : WindowKernel {
  int height, width;
  explicit ConvInputGrad(Attributes attributes) : WindowKernel(attributes), height(attributes.integer("height")), width(attributes.integer("width")) {}
  void run(Call& call) const {
    const Shape dy = call.shape(0, 4), filter = call.shape(1, 4), x{dy[0], height, width, filter[2]};
    windowInputGradient(window(x, filter[3]), call.input<T>(0), call.input(1), call.output<T>(0, x));
  }
};

/** The gradient of filters by any window, as a product of matrices. */
template <class T>
struct FilterGrad : WindowKernel {
  using WindowKernel::WindowKernel;
  void run(Call& call) const {
    const Shape x = call.shape(0, 4), dy = call.shape(1, 4);
    windowFilterGradient(window(x, dy[3]), call.input<T>(0), call.input<T>(1), call.output(0, {size, size, x[3], dy[3]}));
  }
};

struct NormKernel {
  float epsilon;
  bool relu;
  explicit NormKernel(Attributes attributes) : epsilon(attributes.real("epsilon")), relu(attributes.flag("relu")) {}
  Norm norm(const Shape& x) const { return {sizeOf(x) / x.back(), int(x.back()), epsilon, relu}; }
};

template <class T>
struct BatchNorm : NormKernel {
  using NormKernel::NormKernel;
  void run(Call& call) const {
    const Shape x = call.shape(0);
    T* y = call.output<T>(0, x);
    float* mean = call.output(1, {x.back()});
    normalise(norm(x), call.input<T>(0), call.input(1), call.input(2), y, mean, call.output(2, {x.back()}));
  }
};

template <class T>
struct BatchNormWith : NormKernel {
  using NormKernel::NormKernel;
  void run(Call& call) const {
    const Shape x = call.shape(0);
    normaliseWith(norm(x), call.input<T>(0), call.input(1), call.input(2), call.input(3), call.input(4), call.output<T>(0, x));
  }
};

template <class T>
struct BatchNormGrad : NormKernel {
  using NormKernel::NormKernel;
  void run(Call& call) const {
    const Shape x = call.shape(1);
    T* dx = call.output<T>(0, x);
    float* dScale = call.output(1, {x.back()});
    normGradient(norm(x), call.input<T>(0), call.input<T>(1), call.input(2), call.input(3), call.input(4), call.input(5), dx, dScale, call.output(2, {x.back()}));
  }
};

Pooling poolingOf(const Shape& x) { return {int(x[0]), int(x[1]), int(x[2]), int(x[3])}; }

template <class T>
struct MaxPool : Plain {
  using Plain::Plain;
  void run(Call& call) const {
    const Shape x = call.shape(0, 4);
    maxPool(poolingOf(x), call.input<T>(0), call.output<T>(0, {x[0], (x[1] + 1) / 2, (x[2] + 1) / 2, x[3]}));
  }
};

template <class T>
struct MaxPoolGrad : Plain {
  using Plain::Plain;
  void run(Call& call) const {
    const Shape x = call.shape(0, 4);
    maxPoolGradient(poolingOf(x), call.input<T>(0), call.input<T>(1), call.output<T>(0, x));
  }
};

Places placesOf(const Shape& x) { return {int(x[0]), int(x[1] * x[2]), int(x[3])}; }

template <class T>
struct GlobalConv : Plain {
  using Plain::Plain;
  void run(Call& call) const {
    const Shape x = call.shape(0, 4);
    globalConvolution(placesOf(x), call.input<T>(0), call.input(1), call.output(0, {x[0], x[3]}));
  }
};

template <class T>
struct GlobalConvGrad : Plain {
  using Plain::Plain;
  void run(Call& call) const {
    const Shape x = call.shape(1, 4);
    T* dx = call.output<T>(0, x);
    globalConvolutionGradient(placesOf(x), call.input(0), call.input<T>(1), call.input(2), dx, call.output(1, call.shape(2)));
  }
};

template <class T>
struct Rescale : Plain {
  using Plain::Plain;
  void run(Call& call) const {
    const Shape x = call.shape(0, 4);
    rescale(placesOf(x), call.input<T>(0), call.input(1), call.output<T>(0, x));
  }
};

template <class T>
struct RescaleGrad : Plain {
  using Plain::Plain;
  void run(Call& call) const {
    const Shape x = call.shape(1, 4);
    T* dx = call.output<T>(0, x);
    rescaleGradient(placesOf(x), call.input<T>(0), call.input<T>(1), call.input(2), dx, call.output(1, {x[0], x[3]}));
  }
};

template <class T>
struct AddRelu : Plain {
  using Plain::Plain;
  void run(Call& call) const {
    const Shape a = call.shape(0);
    addRectified(sizeOf(a), call.input<T>(0), call.input<T>(1), call.output<T>(0, a));
  }
};

template <class T>
struct Sum : Plain {
  using Plain::Plain;
  void run(Call& call) const {
    const Shape a = call.shape(0);
    sum(sizeOf(a), call.input<T>(0), call.input<T>(1), call.output<T>(0, a));
  }
};

template <class T>
struct ReluGrad : Plain {
  using Plain::Plain;
  void run(Call& call) const {
    const Shape y = call.shape(1);
    rectifiedGradient(sizeOf(y), call.input<T>(0), call.input<T>(1), call.output<T>(0, y));
  }
};

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
struct GeluGrad : Plain {
  using Plain::Plain;
  void run(Call& call) const {
    const Shape x = call.shape(1);
    geluGradient(sizeOf(x), call.input<T>(0), call.input<T>(1), call.output<T>(0, x));
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

struct SgdKernel {
  float momentum, decay;
  explicit SgdKernel(Attributes attributes) : momentum(attributes.real("momentum")), decay(attributes.real("decay")) {}
  void run(Call& call) const {
    const Shape shape = call.shape(0);
    float* parameter = call.output(0, shape);
    sgd({*call.input(3), momentum, decay}, sizeOf(shape), call.input(0), call.input(1), call.input(2), parameter, call.output(1, shape));
  }
};

struct DenseSgdKernel : SgdKernel {
  using SgdKernel::SgdKernel;
  void run(Call& call) const {
    const Shape shape = call.shape(0, 2), x = call.shape(3, 2);
    float* parameter = call.output(0, shape);
    denseSgd({int(x[0]), int(shape[1]), int(shape[0])}, {*call.input(4), momentum, decay}, call.input(0), call.input(1), call.input(2), call.input(3), parameter, call.output(1, shape));
  }
};

struct AdamWKernel {
  float decay, beta1, beta2, epsilon;
  explicit AdamWKernel(Attributes a) : decay(a.real("decay")), beta1(a.real("beta1")), beta2(a.real("beta2")), epsilon(a.real("epsilon")) {}
  void run(Call& call) const {
    const Shape shape = call.shape(0);
    const float rate = *call.input(4), step = *call.input(5);
    const auto correction = [step](float beta) { return float(1 - std::pow(double(beta), double(step))); };
    float* parameter = call.output(0, shape);
    float* mean = call.output(1, shape);
    adamW({rate, correction(beta1), correction(beta2), decay, beta1, beta2, epsilon}, sizeOf(shape), call.input(0), call.input(1), call.input(2), call.input(3), parameter, mean, call.output(2, shape));
  }
};

void registerConvolutions() {
  registerTyped<Conv3x3>("IalConv3x3", {{"x: T", "filter: float"}, {"y: T"}, {TYPE_ATTRIBUTE}});
  registerTyped<Filters>("IalFilters", {{"filter: float"}, {"prepared: float"}, {TYPE_ATTRIBUTE}});
  registerTyped<Conv3x3Prepared>("IalConv3x3Prepared", {{"x: T", "prepared: float", "bias: float"}, {"y: T"}, {TYPE_ATTRIBUTE, "relu: bool"}});
  registerTyped<Conv3x3InputGrad>("IalConv3x3InputGrad", {{"dy: T", "filter: float"}, {"dx: T"}, {TYPE_ATTRIBUTE}});
  registerTyped<Panels>("IalPanels", {{"filter: float"}, {"panels: float"}, {TYPE_ATTRIBUTE}});
  registerTyped<ConvPrepared>("IalConvPrepared", {{"x: T", "panels: float", "bias: float"}, {"y: T"}, {TYPE_ATTRIBUTE, "size: int", "stride: int", "margin: int", "relu: bool"}});
  registerTyped<Conv>("IalConv", {{"x: T", "filter: float"}, {"y: T"}, {TYPE_ATTRIBUTE, "size: int", "stride: int", "margin: int"}});
  registerTyped<ConvInputGrad>("IalConvInputGrad", {{"dy: T", "filter: float"}, {"dx: T"}, {TYPE_ATTRIBUTE, "size: int", "stride: int", "margin: int", "height: int", "width: int"}});
  registerTyped<FilterGrad>("IalFilterGrad", {{"x: T", "dy: T"}, {"gradient: float"}, {TYPE_ATTRIBUTE, "size: int", "stride: int", "margin: int"}});
  registerTyped<Conv3x3FilterGrad>("IalConv3x3FilterGrad", {{"x: T", "dy: T"}, {"gradient: float"}, {TYPE_ATTRIBUTE}});
}

void registerTokens() {
  registerTyped<DenseKernel>("IalDense", {{"x: T", "weight: T", "bias: float"}, {"y: T"}, {TYPE_ATTRIBUTE}});
  registerTyped<LayerNorm>("IalLayerNorm", {{"x: T", "scale: float", "offset: float"}, {"y: T"}, {TYPE_ATTRIBUTE, "epsilon: float"}});
  registerTyped<Gelu>("IalGelu", {{"x: T"}, {"y: T"}, {TYPE_ATTRIBUTE}});
  registerTyped<LayerNormGrad>("IalLayerNormGrad", {{"dy: T", "x: T", "scale: float"}, {"dx: T", "dscale: float", "doffset: float"}, {TYPE_ATTRIBUTE, "epsilon: float"}});
  registerTyped<GeluGrad>("IalGeluGrad", {{"dy: T", "x: T"}, {"dx: T"}, {TYPE_ATTRIBUTE}});
  registerTyped<SelfAttentionGrad>("IalAttentionGrad", {{"dy: T", "qkv: T"}, {"dqkv: T"}, {TYPE_ATTRIBUTE, "heads: int"}});
  registerTyped<SelfAttention>("IalAttention", {{"qkv: T"}, {"y: T"}, {TYPE_ATTRIBUTE, "heads: int"}});
}

void registerNorms() {
  registerTyped<BatchNorm>("IalBatchNorm", {{"x: T", "scale: float", "offset: float"}, {"y: T", "mean: float", "variance: float"}, {TYPE_ATTRIBUTE, "epsilon: float", "relu: bool"}});
  registerTyped<BatchNormWith>("IalBatchNormWith", {{"x: T", "scale: float", "offset: float", "mean: float", "variance: float"}, {"y: T"}, {TYPE_ATTRIBUTE, "epsilon: float", "relu: bool"}});
  registerTyped<BatchNormGrad>("IalBatchNormGrad", {{"dy: T", "x: T", "scale: float", "offset: float", "mean: float", "variance: float"}, {"dx: T", "dscale: float", "doffset: float"}, {TYPE_ATTRIBUTE, "epsilon: float", "relu: bool"}});
}

void registerChannels() {
  registerTyped<GlobalConv>("IalGlobalConv", {{"x: T", "kernel: float"}, {"g: float"}, {TYPE_ATTRIBUTE}});
  registerTyped<GlobalConvGrad>("IalGlobalConvGrad", {{"dg: float", "x: T", "kernel: float"}, {"dx: T", "dkernel: float"}, {TYPE_ATTRIBUTE}});
  registerTyped<Rescale>("IalRescale", {{"x: T", "scales: float"}, {"y: T"}, {TYPE_ATTRIBUTE}});
  registerTyped<RescaleGrad>("IalRescaleGrad", {{"dy: T", "x: T", "scales: float"}, {"dx: T", "dscales: float"}, {TYPE_ATTRIBUTE}});
  registerTyped<Sum>("IalSum", {{"a: T", "b: T"}, {"y: T"}, {TYPE_ATTRIBUTE}});
  registerTyped<ReluGrad>("IalReluGrad", {{"dy: T", "y: T"}, {"dx: T"}, {TYPE_ATTRIBUTE}});
  registerTyped<AddRelu>("IalAddRelu", {{"a: T", "b: T"}, {"y: T"}, {TYPE_ATTRIBUTE}});
}

}  // namespace

void registerOperations() {
  registerConvolutions();
  registerNorms();
  registerChannels();
  registerTokens();
  registerTyped<MaxPool>("IalMaxPool", {{"x: T"}, {"y: T"}, {TYPE_ATTRIBUTE}});
  registerTyped<MaxPoolGrad>("IalMaxPoolGrad", {{"x: T", "dy: T"}, {"dx: T"}, {TYPE_ATTRIBUTE}});
  registerPlain<SgdKernel>("IalSgd", {{"parameter: float", "velocity: float", "gradient: float", "rate: float"}, {"new_parameter: float", "new_velocity: float"}, {"momentum: float", "decay: float"}});
  registerPlain<DenseSgdKernel>("IalDenseSgd", {{"parameter: float", "velocity: float", "dy: float", "x: float", "rate: float"}, {"new_parameter: float", "new_velocity: float"}, {"momentum: float", "decay: float"}});
  registerPlain<AdamWKernel>("IalAdamW", {{"parameter: float", "mean: float", "square: float", "gradient: float", "rate: float", "step: float"}, {"new_parameter: float", "new_mean: float", "new_square: float"}, {"decay: float", "beta1: float", "beta2: float", "epsilon: float"}});
}
