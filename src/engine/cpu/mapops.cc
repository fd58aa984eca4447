#include "operation.h"
#include "operations.h"
#include "batchnorm.h"
#include "channels.h"
#include "maxpool.h"

namespace {

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
struct RescaleAdded : Plain {
  using Plain::Plain;
  void run(Call& call) const {
    const Shape x = call.shape(0, 4);
    rescaleAdded(placesOf(x), call.input<T>(0), call.input(1), call.input<T>(2), call.output<T>(0, x));
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

template <class T> using Sum = OfTwo<T, sum<T>>;
template <class T> using AddRelu = OfTwo<T, addRectified<T>>;
template <class T> using ReluGrad = OfTwo<T, rectifiedGradient<T>>;

}  // namespace

void registerMaps() {
  registerTyped<BatchNorm>("IalBatchNorm", {{"x: T", "scale: float", "offset: float"}, {"y: T", "mean: float", "variance: float"}, {TYPE_ATTRIBUTE, "epsilon: float", "relu: bool"}});
  registerTyped<BatchNormWith>("IalBatchNormWith", {{"x: T", "scale: float", "offset: float", "mean: float", "variance: float"}, {"y: T"}, {TYPE_ATTRIBUTE, "epsilon: float", "relu: bool"}});
  registerTyped<BatchNormGrad>("IalBatchNormGrad", {{"dy: T", "x: T", "scale: float", "offset: float", "mean: float", "variance: float"}, {"dx: T", "dscale: float", "doffset: float"}, {TYPE_ATTRIBUTE, "epsilon: float", "relu: bool"}});
  registerTyped<MaxPool>("IalMaxPool", {{"x: T"}, {"y: T"}, {TYPE_ATTRIBUTE}});
  registerTyped<MaxPoolGrad>("IalMaxPoolGrad", {{"x: T", "dy: T"}, {"dx: T"}, {TYPE_ATTRIBUTE}});
  registerTyped<GlobalConv>("IalGlobalConv", {{"x: T", "kernel: float"}, {"g: float"}, {TYPE_ATTRIBUTE}});
  registerTyped<GlobalConvGrad>("IalGlobalConvGrad", {{"dg: float", "x: T", "kernel: float"}, {"dx: T", "dkernel: float"}, {TYPE_ATTRIBUTE}});
  registerTyped<Rescale>("IalRescale", {{"x: T", "scales: float"}, {"y: T"}, {TYPE_ATTRIBUTE}});
  registerTyped<RescaleAdded>("IalRescaleAdded", {{"x: T", "scales: float", "beside: T"}, {"y: T"}, {TYPE_ATTRIBUTE}});
  registerTyped<RescaleGrad>("IalRescaleGrad", {{"dy: T", "x: T", "scales: float"}, {"dx: T", "dscales: float"}, {TYPE_ATTRIBUTE}});
  registerTyped<Sum>("IalSum", {{"a: T", "b: T"}, {"y: T"}, {TYPE_ATTRIBUTE}});
  registerTyped<ReluGrad>("IalReluGrad", {{"dy: T", "y: T"}, {"dx: T"}, {TYPE_ATTRIBUTE}});
  registerTyped<AddRelu>("IalAddRelu", {{"a: T", "b: T"}, {"y: T"}, {TYPE_ATTRIBUTE}});
}
