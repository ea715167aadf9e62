#pragma once

// Tensors shared with other libraries in the process (PyTorch, NumPy, JAX) through DLPack, without a copy:
// what is written on one side is read on the other. Opt-in.
//
//   dlpack::DLManagedTensor* shared = to_dlpack(x);   // for a PyCapsule named "dltensor"
//   Tensor y = from_dlpack(shared);                   // or of what such a capsule holds

#include <cstdint>

#include <libtensor/tensor/tensor.h>

namespace lt::inline v0::dlpack {

// DLPack's structs, laid out as its own header lays them out, in a namespace, so that a program may include
// that too: a pointer to one of its structs may be cast to ours of the same name, and back.

struct DLDevice {
  int32_t device_type;
  int32_t device_id;
};
inline constexpr int32_t kDLCPU = 1;

struct DLDataType {
  uint8_t code;
  uint8_t bits;
  uint16_t lanes;  // 1, but for vectors as elements
};
inline constexpr uint8_t kDLInt = 0;
inline constexpr uint8_t kDLUInt = 1;
inline constexpr uint8_t kDLFloat = 2;
inline constexpr uint8_t kDLBool = 6;

struct DLTensor {
  void* data;
  DLDevice device;
  int32_t ndim;
  DLDataType dtype;
  int64_t* shape;
  int64_t* strides;  // in elements; null: dense and row-major
  uint64_t byte_offset;
};

// Of versions before 1.0; PyTorch and NumPy still take and give it.
struct DLManagedTensor {
  DLTensor dl_tensor;
  void* manager_ctx;
  void (*deleter)(DLManagedTensor* self);  // null: nothing is to be done
};

struct DLPackVersion {
  uint32_t major;
  uint32_t minor;
};

struct DLManagedTensorVersioned {
  DLPackVersion version;
  void* manager_ctx;
  void (*deleter)(DLManagedTensorVersioned* self);
  uint64_t flags;
  DLTensor dl_tensor;
};
inline constexpr uint64_t kDLReadOnly = 1;  // a flag

}  // namespace lt::inline v0::dlpack

namespace lt::inline v0 {

// The tensor's own numbers, which stay until the receiver calls the deleter. The receiver can write them:
// autograd does not see that.
//   throws: ValueError for an undefined tensor
template <Element T>
dlpack::DLManagedTensor* to_dlpack(const BasicTensor<T>& x);
// The same as version 1.0 has it, for a PyCapsule named "dltensor_versioned".
template <Element T>
dlpack::DLManagedTensorVersioned* to_dlpack_versioned(const BasicTensor<T>& x);

// A tensor on the numbers that another library shares, whose deleter is called after the last tensor on them.
// What is shared for reading alone is copied, and given back at once.
//   throws: ValueError for numbers that are not a T each, or not in the memory of this machine, or of another
//   version; what from_blob throws. What was to be taken is then still the caller's.
template <Element T = float>
BasicTensor<T> from_dlpack(dlpack::DLManagedTensor* managed);
template <Element T = float>
BasicTensor<T> from_dlpack(dlpack::DLManagedTensorVersioned* managed);

}  // namespace lt::inline v0
