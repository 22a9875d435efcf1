// What the project's TensorFlow ops are written with: TensorFlow's C interface, as classes. The headers of its C++
// interface would take a hundred times as long to compile, longer than most ops.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <numeric>
#include <type_traits>
#include <utility>
#include <vector>

#include "tensorflow/c/kernels.h"
#include "tensorflow/c/ops.h"

/** The argmax of four values, 0 to 3 row by row, is this where ReLU has cut the greatest off. */
constexpr int NOWHERE = 4;

/** What TensorFlow says of what it was asked for, and is told of an op. One that is not OK is thrown, and ends the op. */
class Status {
 public:
  Status() : handle_(TF_NewStatus()) {}
  Status(TF_Code code, const char *message) : Status() { TF_SetStatus(*this, code, message); }
  operator TF_Status *() const { return handle_.get(); }

  /** Throws the same if it is not OK. */
  void check() const {
    if (TF_GetCode(*this) != TF_OK) throw Status(TF_GetCode(*this), TF_Message(*this));
  }

 private:
  struct Delete {
    void operator()(TF_Status *status) const { TF_DeleteStatus(status); }
  };
  std::unique_ptr<TF_Status, Delete> handle_;
};

/** Ends the op with a message unless something holds. */
inline void require(bool holds, const char *message, TF_Code code = TF_INVALID_ARGUMENT) {
  if (!holds) throw Status(code, message);
}

/** Ends the op on processors that it has no arithmetic for. */
inline void require_arithmetic(bool exists) { require(exists, "needs a processor with AVX2", TF_UNIMPLEMENTED); }

/** The sizes of a tensor's axes. */
class Shape {
 public:
  Shape(std::vector<int64_t> sizes) : sizes_(std::move(sizes)) {}
  Shape(std::initializer_list<int64_t> sizes) : sizes_(sizes) {}
  bool operator==(const Shape &other) const { return sizes_ == other.sizes_; }

  int axes() const { return int(sizes_.size()); }
  int64_t operator[](int axis) const {
    require(0 <= axis && axis < axes(), "a tensor has too few axes");
    return sizes_[axis];
  }
  int64_t last() const { return (*this)[axes() - 1]; }

  /** How many numbers a tensor has. */
  int64_t count() const { return std::accumulate(sizes_.begin(), sizes_.end(), int64_t(1), std::multiplies<>()); }
  const int64_t *data() const { return sizes_.data(); }

 private:
  std::vector<int64_t> sizes_;
};

/** A tensor of a call. It is the call that keeps its numbers. */
class Tensor {
 public:
  /** Takes a handle over. */
  explicit Tensor(TF_Tensor *handle)
      : shape(sizes_of(handle)), data_(shape.count() ? TF_TensorData(handle) : nullptr) {
    TF_DeleteTensor(handle);
  }

  Shape shape;

  int64_t count() const { return shape.count(); }

  /** The first number; null if there is none, which stands for a tensor that is left out. */
  template <typename Number = float>
  Number *data() const {
    return static_cast<Number *>(data_);
  }

 private:
  static std::vector<int64_t> sizes_of(const TF_Tensor *handle) {
    std::vector<int64_t> sizes(TF_NumDims(handle));
    for (size_t axis = 0; axis < sizes.size(); axis++) sizes[axis] = TF_Dim(handle, int(axis));
    return sizes;
  }

  void *data_;
};

/** A call of an op. */
class Call {
 public:
  explicit Call(TF_OpKernelContext *context) : context_(context) {}

  Tensor input(int k) const {
    TF_Tensor *handle = nullptr;
    TF_GetInput(context_, k, &handle, status_);
    status_.check();
    return Tensor(handle);
  }

  /** All inputs, those of lists one by one. */
  std::vector<Tensor> inputs() const {
    std::vector<Tensor> all;
    all.reserve(TF_NumInputs(context_));
    for (int k = 0; k < TF_NumInputs(context_); k++) all.push_back(input(k));
    return all;
  }

  /** Makes an output, of float or of uint8, and gives its first number; null if it has none. */
  template <typename Number = float>
  Number *output(int k, const Shape &shape) const {
    constexpr TF_DataType TYPE = std::is_same_v<Number, uint8_t> ? TF_UINT8 : TF_FLOAT;
    TF_Tensor *handle = TF_AllocateOutput(context_, k, TYPE, shape.data(), shape.axes(),
                                          shape.count() * sizeof(Number), status_);
    status_.check();
    return Tensor(handle).data<Number>();
  }

 private:
  TF_OpKernelContext *const context_;
  const Status status_;
};

/** The attributes that an op is made with. */
class Attributes {
 public:
  explicit Attributes(TF_OpKernelConstruction *construction) : construction_(construction) {}
  bool flag(const char *name) const { return read<TF_Bool>(TF_OpKernelConstruction_GetAttrBool, name); }
  int64_t whole(const char *name) const { return read<int64_t>(TF_OpKernelConstruction_GetAttrInt64, name); }
  float number(const char *name) const { return read<float>(TF_OpKernelConstruction_GetAttrFloat, name); }

 private:
  template <typename Value, typename Read>
  Value read(const Read &read, const char *name) const {
    Status status;
    Value value{};
    read(construction_, name, &value, status);
    status.check();
    return value;
  }

  TF_OpKernelConstruction *const construction_;
};

/**
 * Adds an op to TensorFlow while its library is loaded. Its kernel is made of `Attributes`, and has `compute(Call)`, which
 * several threads may call at once. Inputs, outputs and attributes are written as for REGISTER_OP.
 */
template <typename Kernel>
class Op {
 public:
  using Specs = std::initializer_list<const char *>;

  Op(const char *name, Specs inputs, Specs outputs, Specs attributes) {
    TF_OpDefinitionBuilder *op = TF_NewOpDefinitionBuilder(name);
    for (const char *input : inputs) TF_OpDefinitionBuilderAddInput(op, input);
    for (const char *output : outputs) TF_OpDefinitionBuilderAddOutput(op, output);
    for (const char *attribute : attributes) TF_OpDefinitionBuilderAddAttr(op, attribute);
    TF_OpDefinitionBuilderSetShapeInferenceFunction(op, TF_ShapeInferenceContextSetUnknownShape);
    Status status;
    TF_RegisterOpDefinition(op, status);
    status.check();
    TF_RegisterKernelBuilder(name, TF_NewKernelBuilder(name, "CPU", make, compute, remove), status);
    status.check();
  }

 private:
  // TensorFlow catches nothing: what is no refusal, such as a lack of memory, ends the process
  static void *make(TF_OpKernelConstruction *construction) noexcept try {
    return new Kernel(Attributes(construction));
  } catch (const Status &refusal) {
    TF_OpKernelConstruction_Failure(construction, refusal);
    return nullptr;
  }

  static void compute(void *kernel, TF_OpKernelContext *context) noexcept try {
    static_cast<const Kernel *>(kernel)->compute(Call(context));
  } catch (const Status &refusal) {
    TF_OpKernelContext_Failure(context, refusal);
  }

  static void remove(void *kernel) { delete static_cast<Kernel *>(kernel); }
};
