#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <vector>

#include <libtensor/tensor/dlpack.h>
#include <libtensor/tensor/ops.h>
#include <libtensor/tests/expect.h>

#if __has_include(<ATen/dlpack.h>)
#include <ATen/dlpack.h>  // DLPack's own header, as PyTorch brings it
#endif

namespace lt {
namespace {

using dlpack::DLManagedTensor;
using dlpack::DLManagedTensorVersioned;

// What another library shares: (2, 3) floats, and how often it was asked to let them go.
template <typename Managed = DLManagedTensor>
struct Lender {
  std::vector<float> numbers = {0, 1, 2, 3, 4, 5};
  std::array<int64_t, 9> shape = {2, 3};
  std::array<int64_t, 9> strides = {3, 1};
  int returned = 0;
  Managed managed{};

  Lender() {
    managed.dl_tensor = {numbers.data(), {dlpack::kDLCPU, 0}, 2, {dlpack::kDLFloat, 32, 1},
                         shape.data(),   strides.data(),      0};
    managed.manager_ctx = this;
    managed.deleter = [](Managed* self) { ++static_cast<Lender*>(self->manager_ctx)->returned; };
    if constexpr (std::is_same_v<Managed, DLManagedTensorVersioned>) managed.version = {1, 1};
  }
};

TEST(Dlpack, TakesATensorAndGivesItBackOnceAfterTheLastView) {
  Lender lender;
  Tensor row;
  {
    Tensor x = from_dlpack(&lender.managed);
    EXPECT_EQ(x.data(), lender.numbers.data());
    EXPECT_TRUE(equal(x, tensor({{0, 1, 2}, {3, 4, 5}})));
    x += ones({2, 3});
    row = x[1];
  }
  EXPECT_EQ(lender.numbers[5], 6);
  EXPECT_EQ(lender.returned, 0);
  row = Tensor();
  EXPECT_EQ(lender.returned, 1);
}

TEST(Dlpack, TakesStridesOffsetsAndScalars) {
  Lender lender;
  lender.strides = {1, 2};
  EXPECT_TRUE(equal(from_dlpack(&lender.managed), tensor({{0, 2, 4}, {1, 3, 5}})));
  lender.managed.dl_tensor.strides = nullptr;
  EXPECT_TRUE(equal(from_dlpack(&lender.managed), tensor({{0, 1, 2}, {3, 4, 5}})));
  lender.shape = {2, 2};
  lender.managed.dl_tensor.byte_offset = 8;
  EXPECT_TRUE(equal(from_dlpack(&lender.managed), tensor({{2, 3}, {4, 5}})));
  lender.managed.dl_tensor.ndim = 0;
  lender.managed.dl_tensor.shape = nullptr;
  EXPECT_EQ(from_dlpack(&lender.managed).item(), 2);
  lender.managed.deleter = nullptr;
  EXPECT_EQ(from_dlpack(&lender.managed).item(), 2);
  EXPECT_EQ(lender.returned, 4);
}

TEST(Dlpack, TakesNoNumbers) {
  Lender lender;
  lender.shape = {0, 3};
  lender.managed.dl_tensor.data = nullptr;
  EXPECT_EQ(from_dlpack(&lender.managed).shape(), Shape({0, 3}));
  EXPECT_EQ(lender.returned, 1);
}

TEST(Dlpack, TakesVersionOneAndCopiesWhatIsForReadingAlone) {
  Lender<DLManagedTensorVersioned> lender;
  from_dlpack(&lender.managed).fill_(1);
  EXPECT_EQ(lender.numbers, std::vector<float>(6, 1));
  EXPECT_EQ(lender.returned, 1);
  lender.managed.flags = dlpack::kDLReadOnly;
  const Tensor copy = from_dlpack(&lender.managed);
  EXPECT_EQ(lender.returned, 2);
  lender.numbers[0] = 7;
  EXPECT_TRUE(equal(copy, ones({2, 3})));
}

TEST(Dlpack, LeavesWhatItRefusesToItsOwner) {
  Lender lender;
  const auto refusal = [&] { return error_text<ValueError>([&] { from_dlpack(&lender.managed); }); };
  EXPECT_EQ(error_text<ValueError>([&] { from_dlpack<int64_t>(&lender.managed); }),
            "from_dlpack: expected int64 numbers, found float32");
  lender.managed.dl_tensor.dtype = {dlpack::kDLUInt, 8, 1};
  EXPECT_EQ(refusal(), "from_dlpack: expected float32 numbers, found uint8");
  lender.managed.dl_tensor.dtype = {dlpack::kDLFloat, 32, 4};
  EXPECT_EQ(refusal(), "from_dlpack: expected float32 numbers, found float32x4");
  lender.managed.dl_tensor.dtype = {4, 16, 1};
  EXPECT_EQ(refusal(), "from_dlpack: expected float32 numbers, found type code 4 of 16 bits");
  lender.managed.dl_tensor.dtype = {dlpack::kDLFloat, 32, 1};
  lender.managed.dl_tensor.device = {2, 1};
  EXPECT_EQ(refusal(),
            "from_dlpack: expected numbers in the memory of the CPU (device type 1), found device type 2");
  lender.managed.dl_tensor.device = {dlpack::kDLCPU, 0};
  lender.managed.dl_tensor.ndim = 9;
  EXPECT_EQ(refusal(), "from_dlpack: 9 axes, but a tensor has 0 to 8");
  lender.managed.dl_tensor.ndim = 2;
  lender.managed.dl_tensor.shape = nullptr;
  EXPECT_EQ(refusal(), "from_dlpack: a null pointer as the shape");
  lender.managed.dl_tensor.shape = lender.shape.data();
  lender.managed.dl_tensor.byte_offset = 2;
  EXPECT_TRUE(refusal().starts_with("from_dlpack: the address 0x")) << refusal();
  EXPECT_TRUE(refusal().ends_with(" is no multiple of 4, as float32 needs it")) << refusal();
  lender.managed.dl_tensor.byte_offset = 0;
  lender.managed.dl_tensor.data = nullptr;
  EXPECT_EQ(refusal(), "from_dlpack: a null pointer for shape (2, 3)");
  lender.strides = {INT64_MAX, 1};
  lender.shape = {3, 3};
  EXPECT_EQ(error_text<ShapeError>([&] { from_dlpack(&lender.managed); }),
            "from_dlpack: strides (9223372036854775807, 1) of shape (3, 3) lead further than any memory");
  lender.strides = {1, -INT64_MAX};
  EXPECT_EQ(error_text<ShapeError>([&] { from_dlpack(&lender.managed); }),
            "from_dlpack: strides (1, -9223372036854775807) of shape (3, 3) lead further than any memory");
  EXPECT_EQ(lender.returned, 0);
}

TEST(Dlpack, SharesWhatLiesBackwards) {
  Tensor x = arange(6).view({2, 3});
  Tensor shared = from_dlpack(to_dlpack(x(Slice(None, None, -1), Slice(None, None, -2))));
  EXPECT_TRUE(equal(shared, tensor({{5, 3}, {2, 0}})));
  shared(0, 0) = 9;
  EXPECT_EQ(x(1, 2), 9.F);
}

TEST(Dlpack, RefusesAnotherVersionAndANullPointer) {
  Lender<DLManagedTensorVersioned> lender;
  lender.managed.version = {2, 3};
  EXPECT_EQ(error_text<ValueError>([&] { from_dlpack(&lender.managed); }),
            "from_dlpack: expected DLPack 1, found version 2.3");
  EXPECT_EQ(lender.returned, 0);
  EXPECT_EQ(error_text<ValueError>([] { from_dlpack(static_cast<DLManagedTensor*>(nullptr)); }),
            "from_dlpack: a null pointer");
}

TEST(Dlpack, SharesATensorWhichStaysUntilItIsGivenBack) {
  DLManagedTensor* shared = nullptr;
  {
    const Tensor x = arange(6).view({2, 3}).t();
    shared = to_dlpack(x);
    EXPECT_EQ(shared->dl_tensor.data, x.data());
  }
  const dlpack::DLTensor& given = shared->dl_tensor;
  EXPECT_EQ(given.device.device_type, dlpack::kDLCPU);
  EXPECT_EQ(given.ndim, 2);
  EXPECT_EQ(given.shape[0], 3);
  EXPECT_EQ(given.strides[0], 1);
  EXPECT_EQ(given.strides[1], 3);
  EXPECT_EQ(given.byte_offset, 0U);
  EXPECT_EQ(static_cast<float*>(given.data)[5], 5);
  shared->deleter(shared);
}

TEST(Dlpack, ComesBackAsTheSameMemory) {
  Tensor x = arange(4);
  Tensor y = from_dlpack(to_dlpack(x));
  y.fill_(3);
  EXPECT_TRUE(equal(x, full(4, 3)));
  const IntTensor i = tensor<int64_t>({1, 2});
  EXPECT_TRUE(equal(from_dlpack<int64_t>(to_dlpack_versioned(i)), i));
  const BoolTensor b = tensor<bool>({true, false});
  EXPECT_TRUE(equal(from_dlpack<bool>(to_dlpack(b)), b));
  const DoubleTensor d = scalar<double>(0.5);
  EXPECT_EQ(from_dlpack<double>(to_dlpack_versioned(d)).item(), 0.5);
}

#if __has_include(<ATen/dlpack.h>)
TEST(Dlpack, IsReadThroughTheStructsOfItsOwnHeader) {
  const IntTensor x = test::counting({2, 3});
  DLManagedTensor* const ours = to_dlpack(x);
  const auto* const shared = reinterpret_cast<const ::DLManagedTensor*>(ours);
  static_assert(sizeof(::DLManagedTensor) == sizeof(DLManagedTensor));
  EXPECT_EQ(shared->dl_tensor.device.device_type, ::kDLCPU);
  EXPECT_EQ(shared->dl_tensor.dtype.code, ::kDLInt);
  EXPECT_EQ(shared->dl_tensor.dtype.bits, 64);
  EXPECT_EQ(shared->dl_tensor.shape[1], 3);
  EXPECT_EQ(shared->dl_tensor.strides[0], 3);
  EXPECT_EQ(shared->dl_tensor.data, x.data());
  EXPECT_EQ(shared->manager_ctx, ours->manager_ctx);
  ours->deleter(ours);
}
#endif

TEST(Dlpack, SharesNoUndefinedTensor) {
  EXPECT_EQ(error_text<ValueError>([] { to_dlpack(Tensor()); }), "to_dlpack: the tensor is undefined");
}

}  // namespace
}  // namespace lt
