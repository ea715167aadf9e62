#include <libtensor/tensor/dlpack.h>

#include <fmt/format.h>

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <type_traits>
#include <utility>

#include <libtensor/tensor/from_memory.h>
#include <libtensor/tensor/ops.h>

// A shared tensor is one object of ours, which holds what the receiver reads and a handle of the numbers.

namespace lt::inline v0 {
namespace {

using namespace dlpack;

// The layout that the receiver's compiler expects, on a machine of 64 bits.
static_assert(sizeof(void*) != 8 || (sizeof(DLTensor) == 48 && offsetof(DLTensor, shape) == 24));
static_assert(sizeof(void*) != 8 ||
              (sizeof(DLManagedTensor) == 64 && offsetof(DLManagedTensor, deleter) == 56));
static_assert(sizeof(void*) != 8 || (sizeof(DLManagedTensorVersioned) == 80 &&
                                     offsetof(DLManagedTensorVersioned, dl_tensor) == 32));

constexpr DLPackVersion kDLPackVersion{1, 0};

template <typename T>
constexpr DLDataType kDataType{kDLInt, 64, 1};
template <>
constexpr DLDataType kDataType<float>{kDLFloat, 32, 1};
template <>
constexpr DLDataType kDataType<double>{kDLFloat, 64, 1};
template <>
constexpr DLDataType kDataType<bool>{kDLBool, 8, 1};

std::string name_of(const DLDataType& type) {
  const std::string lanes = type.lanes == 1 ? "" : fmt::format("x{}", type.lanes);
  switch (type.code) {
    case kDLInt:
      return fmt::format("int{}{}", type.bits, lanes);
    case kDLUInt:
      return fmt::format("uint{}{}", type.bits, lanes);
    case kDLFloat:
      return fmt::format("float{}{}", type.bits, lanes);
    case kDLBool:
      return "bool" + lanes;
    default:
      return fmt::format("type code {} of {} bits{}", type.code, type.bits, lanes);
  }
}

template <typename T, typename Managed>
struct SharedTensor {
  Managed managed;
  BasicTensor<T> kept;
  Shape shape;
  Strides strides;
};

template <typename Managed, typename T>
Managed* share(const BasicTensor<T>& x, const char* op) {
  if (!x.defined()) throw ValueError(fmt::format("{}: the tensor is undefined", op));
  auto* const shared = new SharedTensor<T, Managed>{{}, x, x.shape(), x.strides()};
  Managed& managed = shared->managed;
  managed.dl_tensor = {const_cast<T*>(x.data()),
                       {kDLCPU, 0},
                       x.dim(),
                       kDataType<T>,
                       shared->shape.begin(),
                       shared->strides.begin(),
                       0};
  managed.manager_ctx = shared;
  managed.deleter = [](Managed* self) { delete static_cast<SharedTensor<T, Managed>*>(self->manager_ctx); };
  return &managed;
}

void give_back(auto* managed) {
  if (managed->deleter != nullptr) managed->deleter(managed);
}

template <typename T>
void check_taken(const DLTensor& given) {
  const auto refuse = [](const std::string& text) { throw ValueError("from_dlpack: " + text); };
  const DLDataType& type = given.dtype;
  if (given.device.device_type != kDLCPU) {
    refuse(fmt::format("expected numbers in the memory of the CPU (device type 1), found device type {}",
                       given.device.device_type));
  }
  if (type.code != kDataType<T>.code || type.bits != kDataType<T>.bits || type.lanes != 1) {
    refuse(fmt::format("expected {} numbers, found {}", dtype_name<T>(), name_of(type)));
  }
  if (given.ndim < 0 || given.ndim > kMaxRank) {
    refuse(fmt::format("{} axes, but a tensor has 0 to {}", given.ndim, kMaxRank));
  }
  if (given.ndim > 0 && given.shape == nullptr) refuse("a null pointer as the shape");
}

template <typename T, typename Managed>
BasicTensor<T> taken(Managed* managed, bool read_only) {
  const DLTensor& given = managed->dl_tensor;
  check_taken<T>(given);
  const auto dims = [&](const int64_t* values) {
    return values == nullptr ? Dims() : Dims(std::span(values, static_cast<size_t>(given.ndim)));
  };
  const Shape shape = dims(given.shape);
  const Strides strides = dims(given.strides);
  char* const start = static_cast<char*>(given.data);
  T* const data = reinterpret_cast<T*>(start == nullptr ? start : start + given.byte_offset);
  const char* const op = "from_dlpack";
  const BasicTensor<T> unowned =
      detail::from_memory(op, data, shape, strides, nullptr);  // throws before anything is taken
  if (read_only) {
    BasicTensor<T> copy = unowned.clone();
    give_back(managed);
    return copy;
  }
  std::shared_ptr<void> owner(managed, [](void* owned) { give_back(static_cast<Managed*>(owned)); });
  return detail::from_memory(op, data, shape, strides, std::move(owner));
}

}  // namespace

template <Element T>
DLManagedTensor* to_dlpack(const BasicTensor<T>& x) {
  return share<DLManagedTensor>(x, "to_dlpack");
}

template <Element T>
DLManagedTensorVersioned* to_dlpack_versioned(const BasicTensor<T>& x) {
  auto* const managed = share<DLManagedTensorVersioned>(x, "to_dlpack_versioned");
  managed->version = kDLPackVersion;
  return managed;
}

template <Element T>
BasicTensor<T> from_dlpack(DLManagedTensor* managed) {
  if (managed == nullptr) throw ValueError("from_dlpack: a null pointer");
  return taken<T>(managed, false);
}

template <Element T>
BasicTensor<T> from_dlpack(DLManagedTensorVersioned* managed) {
  if (managed == nullptr) throw ValueError("from_dlpack: a null pointer");
  if (managed->version.major != kDLPackVersion.major) {
    throw ValueError(fmt::format("from_dlpack: expected DLPack {}, found version {}.{}", kDLPackVersion.major,
                                 managed->version.major, managed->version.minor));
  }
  return taken<T>(managed, (managed->flags & kDLReadOnly) != 0);
}

#define LT_INSTANTIATE(T)                                                        \
  template DLManagedTensor* to_dlpack(const BasicTensor<T>&);                    \
  template DLManagedTensorVersioned* to_dlpack_versioned(const BasicTensor<T>&); \
  template BasicTensor<T> from_dlpack(DLManagedTensor*);                         \
  template BasicTensor<T> from_dlpack(DLManagedTensorVersioned*);
LT_INSTANTIATE(float)
LT_INSTANTIATE(double)
LT_INSTANTIATE(int64_t)
LT_INSTANTIATE(bool)
#undef LT_INSTANTIATE

}  // namespace lt::inline v0
