#include "operation.h"
#include "operations.h"
#include "convolution.h"
#include "filtergrad.h"
#include "imageconv.h"
#include "stem.h"
#include "threads.h"
#include "window.h"

namespace {

Maps mapsOf(const Shape& maps, int inputs, int outputs) { return {int(maps[0]), int(maps[1]), int(maps[2]), inputs, outputs}; }

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

/** As Conv3x3Prepared with ReLU, of the sum with what lies beside. */
template <class T>
struct Conv3x3Added : Plain {
  using Plain::Plain;
  void run(Call& call) const {
    const Shape x = call.shape(0, 4), y = withChannels(x, call.shape(2, 1)[0]);
    convolvePrepared(mapsOf(x, x[3], y[3]), call.input<T>(0), call.input(1), {call.input(2), true, call.input<T>(3)}, call.output<T>(0, y));
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

/** Filters laid out for one of the two ways to convolve. */
template <class T, long (*SIZE)(int, int, int), void (*LAY_OUT)(int, int, int, const float*, float*)>
struct LaidOut : Plain {
  using Plain::Plain;
  void run(Call& call) const {
    const Shape filter = call.shape(0, 4);
    LAY_OUT(filter[0], filter[2], filter[3], call.input(0), call.output(0, {SIZE(filter[0], filter[2], filter[3])}));
  }
};

/** A convolution of X by them. */
template <class X, class T, void (*CONVOLVE)(const Window&, const X*, const float*, Finish<T>, T*)>
struct ByLaidOut : WindowKernel {
  bool relu;
  explicit ByLaidOut(Attributes attributes) : WindowKernel(attributes), relu(attributes.flag("relu")) {}
  void run(Call& call) const {
    const Window w = window(call.shape(0, 4), call.shape(2, 1)[0]);
    CONVOLVE(w, call.input<X>(0), call.input(1), {call.input(2), relu}, call.output<T>(0, {w.images, w.down, w.across, w.outputs}));
  }
};

/** The two in one, for filters that change from call to call. */
template <class X, class T, long (*SIZE)(int, int, int), void (*LAY_OUT)(int, int, int, const float*, float*), void (*CONVOLVE)(const Window&, const X*, const float*, Finish<T>, T*)>
struct LayingOut : WindowKernel {
  using WindowKernel::WindowKernel;
  void run(Call& call) const {
    const Shape filter = call.shape(1, 4);
    const Window w = window(call.shape(0, 4), filter[3]);
    float* laidOut = scratch(2, SIZE(size, w.inputs, w.outputs));
    LAY_OUT(size, w.inputs, w.outputs, call.input(1), laidOut);
    CONVOLVE(w, call.input<X>(0), laidOut, {}, call.output<T>(0, {w.images, w.down, w.across, w.outputs}));
  }
};

template <class T> using Panels = LaidOut<T, laidOutSize<T>, layOut<T>>;
template <class T> using ConvPrepared = ByLaidOut<T, T, convolveWindow<T>>;
template <class T> using Conv = LayingOut<T, T, laidOutSize<T>, layOut<T>, convolveWindow<T>>;
template <class T> using ImageFilters = LaidOut<T, imageFiltersSize<T>, layOutImageFilters<T>>;
template <class T> using ImageConvPrepared = ByLaidOut<float, T, convolveImages<T>>;
template <class T> using ImageConv = LayingOut<float, T, imageFiltersSize<T>, layOutImageFilters<T>, convolveImages<T>>;

/** ImageConvPrepared, Conv3x3Prepared and MaxPool in one, both with ReLU. */
template <class T>
struct Stem : WindowKernel {
  using WindowKernel::WindowKernel;
  void run(Call& call) const {
    const int64_t outputs = call.shape(4, 1)[0];
    const Window w = window(call.shape(0, 4), call.shape(2, 1)[0]);
    convolveStem(w, call.input(0), {call.input(1), {call.input(2), true}}, int(outputs), {call.input(3), {call.input(4), true}}, call.output<T>(0, {w.images, (w.down + 1) / 2, (w.across + 1) / 2, outputs}));
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

}  // namespace

void registerConvolutions() {
  registerTyped<Conv3x3>("IalConv3x3", {{"x: T", "filter: float"}, {"y: T"}, {TYPE_ATTRIBUTE}});
  registerTyped<Filters>("IalFilters", {{"filter: float"}, {"prepared: float"}, {TYPE_ATTRIBUTE}});
  registerTyped<Conv3x3Prepared>("IalConv3x3Prepared", {{"x: T", "prepared: float", "bias: float"}, {"y: T"}, {TYPE_ATTRIBUTE, "relu: bool"}});
  registerTyped<Conv3x3Added>("IalConv3x3Added", {{"x: T", "prepared: float", "bias: float", "beside: T"}, {"y: T"}, {TYPE_ATTRIBUTE}});
  registerTyped<Conv3x3InputGrad>("IalConv3x3InputGrad", {{"dy: T", "filter: float"}, {"dx: T"}, {TYPE_ATTRIBUTE}});
  registerTyped<Panels>("IalPanels", {{"filter: float"}, {"panels: float"}, {TYPE_ATTRIBUTE}});
  registerTyped<ConvPrepared>("IalConvPrepared", {{"x: T", "panels: float", "bias: float"}, {"y: T"}, {TYPE_ATTRIBUTE, "size: int", "stride: int", "margin: int", "relu: bool"}});
  registerTyped<Conv>("IalConv", {{"x: T", "filter: float"}, {"y: T"}, {TYPE_ATTRIBUTE, "size: int", "stride: int", "margin: int"}});
  registerTyped<ImageFilters>("IalImageFilters", {{"filter: float"}, {"prepared: float"}, {TYPE_ATTRIBUTE}});
  registerTyped<ImageConvPrepared>("IalImageConvPrepared", {{"images: float", "prepared: float", "bias: float"}, {"y: T"}, {TYPE_ATTRIBUTE, "size: int", "stride: int", "margin: int", "relu: bool"}});
  registerTyped<Stem>("IalStem", {{"images: float", "prepared1: float", "bias1: float", "prepared2: float", "bias2: float"}, {"y: T"}, {TYPE_ATTRIBUTE, "size: int", "stride: int", "margin: int"}});
  registerTyped<ImageConv>("IalImageConv", {{"images: float", "filter: float"}, {"y: T"}, {TYPE_ATTRIBUTE, "size: int", "stride: int", "margin: int"}});
  registerTyped<ConvInputGrad>("IalConvInputGrad", {{"dy: T", "filter: float"}, {"dx: T"}, {TYPE_ATTRIBUTE, "size: int", "stride: int", "margin: int", "height: int", "width: int"}});
  registerTyped<FilterGrad>("IalFilterGrad", {{"x: T", "dy: T"}, {"gradient: float"}, {TYPE_ATTRIBUTE, "size: int", "stride: int", "margin: int"}});
  registerTyped<Conv3x3FilterGrad>("IalConv3x3FilterGrad", {{"x: T", "dy: T"}, {"gradient: float"}, {TYPE_ATTRIBUTE}});
}
