// TensorFlow's C interface for operations and kernels, as little of it as the operations here need.
#pragma once
#include <initializer_list>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>
#include "simd.h"
#include "tensorflow/c/kernels.h"
#include "tensorflow/c/ops.h"
#include "tensorflow/c/tf_status.h"

struct DeleteStatus { void operator()(TF_Status* status) const { TF_DeleteStatus(status); } };
struct DeleteTensor { void operator()(TF_Tensor* tensor) const { TF_DeleteTensor(tensor); } };

/** A status that throws. */
class Status {
 public:
  operator TF_Status*() { return status.get(); }
  void check() const { if (TF_GetCode(status.get()) != TF_OK) throw std::runtime_error(TF_Message(status.get())); }
 private:
  std::unique_ptr<TF_Status, DeleteStatus> status{TF_NewStatus()};
};

template <class T> constexpr TF_DataType TYPE = TF_FLOAT;
template <> inline constexpr TF_DataType TYPE<BFloat16> = TF_BFLOAT16;

using Shape = std::vector<int64_t>;

inline long sizeOf(const Shape& shape) {
  long size = 1;
  for (int64_t extent : shape) size *= extent;
  return size;
}

/** One call of a kernel: its inputs and outputs. */
class Call {
 public:
  explicit Call(TF_OpKernelContext* context) : context(context), inputs(TF_NumInputs(context)) {
    for (size_t i = 0; i < inputs.size(); i++) {
      Status status;
      TF_Tensor* tensor = nullptr;
      TF_GetInput(context, int(i), &tensor, status);
      status.check();
      inputs[i].reset(tensor);
    }
  }

  template <class T = float> const T* input(int i) const { return static_cast<const T*>(TF_TensorData(inputs.at(i).get())); }

  Shape shape(int i) const {
    const TF_Tensor* tensor = inputs.at(i).get();
    Shape shape(TF_NumDims(tensor));
    for (size_t axis = 0; axis < shape.size(); axis++) shape[axis] = TF_Dim(tensor, int(axis));
    return shape;
  }

  /** @throws when the input has another number of axes */
  Shape shape(int i, size_t rank) const {
    const Shape found = shape(i);
    if (found.size() != rank) throw std::runtime_error("input " + std::to_string(i) + ": expected " + std::to_string(rank) + " axes, found " + std::to_string(found.size()));
    return found;
  }

  template <class T = float> T* output(int i, const Shape& shape) {
    Status status;
    outputs.emplace_back(TF_AllocateOutput(context, i, TYPE<T>, shape.data(), int(shape.size()), sizeOf(shape) * sizeof(T), status));
    status.check();
    return static_cast<T*>(TF_TensorData(outputs.back().get()));
  }

 private:
  TF_OpKernelContext* context;
  std::vector<std::unique_ptr<TF_Tensor, DeleteTensor>> inputs, outputs;
};

/** Attributes of a node, read once when its kernel is made. */
class Attributes {
 public:
  explicit Attributes(TF_OpKernelConstruction* construction) : construction(construction) {}
  float real(const char* name) const {
    Status status;
    float value = 0;
    TF_OpKernelConstruction_GetAttrFloat(construction, name, &value, status);
    status.check();
    return value;
  }
  int integer(const char* name) const {
    Status status;
    int64_t value = 0;
    TF_OpKernelConstruction_GetAttrInt64(construction, name, &value, status);
    status.check();
    return int(value);
  }
  bool flag(const char* name) const {
    Status status;
    TF_Bool value = 0;
    TF_OpKernelConstruction_GetAttrBool(construction, name, &value, status);
    status.check();
    return value;
  }
 private:
  TF_OpKernelConstruction* construction;
};

template <class Kernel>
void* create(TF_OpKernelConstruction* construction) {
  try {
    return new Kernel(Attributes(construction));
  } catch (const std::exception& error) {
    Status status;
    TF_SetStatus(status, TF_INVALID_ARGUMENT, error.what());
    TF_OpKernelConstruction_Failure(construction, status);
    return nullptr;
  }
}

template <class Kernel>
void compute(void* kernel, TF_OpKernelContext* context) {
  try {
    Call call(context);
    static_cast<const Kernel*>(kernel)->run(call);
  } catch (const std::exception& error) {
    Status status;
    TF_SetStatus(status, TF_INVALID_ARGUMENT, error.what());
    TF_OpKernelContext_Failure(context, status);
  }
}

template <class Kernel>
void registerKernel(const char* op, TF_DataType type, bool isTyped) {
  Status status;
  TF_KernelBuilder* builder = TF_NewKernelBuilder(op, "CPU", create<Kernel>, compute<Kernel>, [](void* kernel) { delete static_cast<Kernel*>(kernel); });
  if (isTyped) TF_KernelBuilder_TypeConstraint(builder, "T", type, status);
  status.check();
  TF_RegisterKernelBuilder((std::string(op) + std::to_string(type)).c_str(), builder, status);
  status.check();
}

struct Definition { std::initializer_list<const char*> inputs, outputs, attributes; };

inline void define(const char* op, const Definition& definition) {
  TF_OpDefinitionBuilder* builder = TF_NewOpDefinitionBuilder(op);
  for (const char* input : definition.inputs) TF_OpDefinitionBuilderAddInput(builder, input);
  for (const char* output : definition.outputs) TF_OpDefinitionBuilderAddOutput(builder, output);
  for (const char* attribute : definition.attributes) TF_OpDefinitionBuilderAddAttr(builder, attribute);
  TF_OpDefinitionBuilderSetShapeInferenceFunction(builder, [](TF_ShapeInferenceContext* context, TF_Status* status) { TF_ShapeInferenceContextSetUnknownShape(context, status); });
  Status status;
  TF_RegisterOpDefinition(builder, status);
  status.check();
}

/** An operation on activations of either type. */
template <template <class> class Kernel>
void registerTyped(const char* op, const Definition& definition) {
  define(op, definition);
  registerKernel<Kernel<float>>(op, TF_FLOAT, true);
  registerKernel<Kernel<BFloat16>>(op, TF_BFLOAT16, true);
}

/** An operation on float32 alone. */
template <class Kernel>
void registerPlain(const char* op, const Definition& definition) {
  define(op, definition);
  registerKernel<Kernel>(op, TF_FLOAT, false);
}
