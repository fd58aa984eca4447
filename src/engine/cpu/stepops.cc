#include <cmath>
#include "operation.h"
#include "operations.h"
#include "optimizer.h"

namespace {

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

/** DenseSgdKernel, and the gradient of x. */
struct DenseStepKernel : SgdKernel {
  using SgdKernel::SgdKernel;
  void run(Call& call) const {
    const Shape shape = call.shape(0, 2), x = call.shape(3, 2);
    float *parameter = call.output(0, shape), *newVelocity = call.output(1, shape);
    denseStep({int(x[0]), int(shape[1]), int(shape[0])}, {*call.input(4), momentum, decay}, call.input(0), call.input(1), call.input(2), call.input(3), parameter, newVelocity, call.output(2, x));
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

}  // namespace

void registerSteps() {
  registerPlain<SgdKernel>("IalSgd", {{"parameter: float", "velocity: float", "gradient: float", "rate: float"}, {"new_parameter: float", "new_velocity: float"}, {"momentum: float", "decay: float"}});
  registerPlain<DenseSgdKernel>("IalDenseSgd", {{"parameter: float", "velocity: float", "dy: float", "x: float", "rate: float"}, {"new_parameter: float", "new_velocity: float"}, {"momentum: float", "decay: float"}});
  registerPlain<DenseStepKernel>("IalDenseStep", {{"parameter: float", "velocity: float", "dy: float", "x: float", "rate: float"}, {"new_parameter: float", "new_velocity: float", "dx: float"}, {"momentum: float", "decay: float"}});
  registerPlain<AdamWKernel>("IalAdamW", {{"parameter: float", "mean: float", "square: float", "gradient: float", "rate: float", "step: float"}, {"new_parameter: float", "new_mean: float", "new_square: float"}, {"decay: float", "beta1: float", "beta2: float", "epsilon: float"}});
}
