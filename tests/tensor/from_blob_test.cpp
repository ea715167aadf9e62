#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <memory>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

#include <libtensor/tensor/ops.h>
#include <libtensor/tests/expect.h>

namespace lt {
namespace {

std::vector<float> numbers_from_0(size_t count) {
  std::vector<float> numbers(count);
  std::iota(numbers.begin(), numbers.end(), 0.0F);
  return numbers;
}

TEST(FromBlob, SharesTheNumbersBothWays) {
  std::vector<float> numbers = numbers_from_0(6);
  Tensor x = from_blob(numbers.data(), {2, 3});
  EXPECT_EQ(x.data(), numbers.data());
  EXPECT_TRUE(equal(x, tensor({{0, 1, 2}, {3, 4, 5}})));
  numbers[4] = 40;
  EXPECT_EQ(x.at({1, 1}), 40);
  x += ones({2, 3});
  EXPECT_EQ(numbers, (std::vector<float>{1, 2, 3, 4, 41, 6}));
  Tensor column = x.t()[0];
  column.fill_(-1);
  EXPECT_EQ(numbers, (std::vector<float>{-1, 2, 3, -1, 41, 6}));
}

TEST(FromBlob, TakesEveryElementType) {
  std::array<double, 2> doubles = {0.5, 1};
  std::array<int64_t, 2> whole = {-1, 1};
  std::array<bool, 2> bools = {true, false};
  EXPECT_TRUE(equal(from_blob(doubles.data(), 2), tensor<double>({0.5, 1})));
  EXPECT_TRUE(equal(from_blob(whole.data(), 2), tensor<int64_t>({-1, 1})));
  EXPECT_TRUE(equal(from_blob(bools.data(), 2), tensor<bool>({true, false})));
}

TEST(FromBlob, StepsByItsStrides) {
  std::vector<float> numbers = numbers_from_0(12);
  EXPECT_TRUE(equal(from_blob(numbers.data(), {3, 2}, {1, 3}), tensor({{0, 3}, {1, 4}, {2, 5}})));
  EXPECT_TRUE(equal(from_blob(numbers.data() + 1, {2, 2}, {6, 2}), tensor({{1, 3}, {7, 9}})));
  EXPECT_TRUE(equal(from_blob(numbers.data(), {2, 3}, {0, 1}), tensor({{0, 1, 2}, {0, 1, 2}})));
  EXPECT_TRUE(equal(from_blob(numbers.data(), {3, 2}, {1, 1}), tensor({{0, 1}, {1, 2}, {2, 3}})));
  EXPECT_EQ(from_blob(numbers.data() + 7, {}).item(), 7);
}

TEST(FromBlob, KeepsItsOwnerForAsLongAsATensorShowsTheMemory) {
  auto numbers = std::make_shared<std::vector<float>>(numbers_from_0(4));
  const std::weak_ptr<std::vector<float>> watch = numbers;
  Tensor view;
  {
    const Tensor x = from_blob(numbers->data(), {2, 2}, {}, numbers);
    numbers.reset();
    view = x[1];
  }
  ASSERT_FALSE(watch.expired());
  EXPECT_TRUE(equal(view, tensor({2, 3})));
  view = Tensor();
  EXPECT_TRUE(watch.expired());
}

TEST(FromBlob, CallsADeleterOnceAfterTheLastTensor) {
  int calls = 0;
  auto* numbers = new float[2]{1, 2};
  {
    const Tensor x = from_blob(numbers, 2, {}, std::shared_ptr<void>(numbers, [&](void* memory) {
                                 ++calls;
                                 delete[] static_cast<float*>(memory);
                               }));
    const Tensor other = x.view({2, 1});
    EXPECT_EQ(sum(other).item(), 3);
    EXPECT_EQ(calls, 0);
  }
  EXPECT_EQ(calls, 1);
}

TEST(FromBlob, LetsItsOwnerGoWhereThereAreNoNumbers) {
  auto owner = std::make_shared<int>(0);
  const Tensor x = from_blob(static_cast<float*>(nullptr), {0, 3}, {}, owner);
  EXPECT_EQ(x.shape(), Shape({0, 3}));
  EXPECT_EQ(owner.use_count(), 2);
}

TEST(FromBlob, ComputesTheSameAtAnyAddress) {
  const int64_t n = 67;
  std::vector<float> room(static_cast<size_t>(n * n) + 16);
  const Tensor x = sin(arange(n * n)).view({n, n});
  for (size_t shift = 0; shift < 16; ++shift) {
    Tensor shifted = from_blob(room.data() + shift, {n, n});
    shifted.copy_(x);
    EXPECT_EQ(test::bits(matmul(shifted, shifted)), test::bits(matmul(x, x)));
    EXPECT_EQ(test::bits(softmax(shifted, 1)), test::bits(softmax(x, 1)));
    EXPECT_EQ(test::bits(sum(shifted, 0)), test::bits(sum(x, 0)));
    EXPECT_EQ(test::bits(exp(shifted) + shifted.t()), test::bits(exp(x) + x.t()));
    shifted *= 2;
    EXPECT_EQ(test::bits(shifted), test::bits(x * 2));
  }
}

TEST(FromBlob, SeesThatTwoTensorsShareMemory) {
  std::vector<float> numbers = numbers_from_0(5);
  Tensor x = from_blob(numbers.data() + 1, 4);
  x += from_blob(numbers.data(), 4);
  EXPECT_EQ(numbers, (std::vector<float>{0, 1, 3, 5, 7}));
}

TEST(FromBlob, MemoryOfTheUserIsNeverATensorsOwn) {
  std::vector<float> numbers = numbers_from_0(2);
  const Tensor x = from_blob(numbers.data(), 2);
  EXPECT_FALSE(x.storage().unique());
  const Tensor copy = x.clone();
  EXPECT_TRUE(copy.storage().unique());
}

TEST(FromBlob, CountsNoBytesOfThePool) {
  std::vector<float> numbers(1000);
  const int64_t before = memory_stats().bytes_in_use;
  const Tensor x = from_blob(numbers.data(), 1000);
  EXPECT_EQ(memory_stats().bytes_in_use, before);
  EXPECT_EQ(x.storage().bytes(), 4000U);
}

TEST(FromBlob, CountsItsVersions) {
  std::vector<float> numbers(2);
  Tensor x = from_blob(numbers.data(), 2);
  x.fill_(1);
  EXPECT_EQ(x.storage().version(), 1U);
}

// Each call counts by itself: of what the other writes, autograd does not know.
TEST(FromBlob, TensorsOfTwoCallsShareNumbersButNoVersion) {
  std::vector<float> numbers(3);
  Tensor one = from_blob(numbers.data(), 3), other = from_blob(numbers.data(), 3);
  one.fill_(2);
  EXPECT_TRUE(equal(other, full(3, 2)));
  EXPECT_EQ(one.storage().version(), 1U);
  EXPECT_EQ(other.storage().version(), 0U);
}

TEST(FromBlob, GoesBackWhereAStrideIsNegative) {
  std::vector<float> numbers = numbers_from_0(6);
  const Tensor x = from_blob(&numbers[3], {2, 3}, {-3, 1});
  EXPECT_TRUE(equal(x, tensor({{3, 4, 5}, {0, 1, 2}})));
  Tensor reversed = from_blob(&numbers[5], {6}, {-1});
  reversed[0] = 50;
  reversed += 1;
  EXPECT_EQ(numbers, (std::vector<float>{1, 2, 3, 4, 5, 51}));
  EXPECT_TRUE(equal(from_blob(numbers.data(), {1, 3}, {-12, 1}), tensor({{1, 2, 3}})));  // one row: no way
}

TEST(FromBlob, NamesWhatIsWrongWithStridesAndAddress) {
  std::vector<float> numbers(12);
  EXPECT_EQ(error_text<ShapeError>([&] {
              from_blob(numbers.data(), {2, 3}, {1});
            }),
            "from_blob: strides (1) of shape (2, 3) are not one for each axis");
  EXPECT_EQ(error_text<ShapeError>([&] {
              from_blob(numbers.data(), {3, 3}, {INT64_MIN, 1});
            }),
            "from_blob: strides (-9223372036854775808, 1) of shape (3, 3) lead further than any memory");
  EXPECT_EQ(error_text<ShapeError>([&] {
              from_blob(numbers.data(), {3, 3}, {INT64_MAX, 1});
            }),
            "from_blob: strides (9223372036854775807, 1) of shape (3, 3) lead further than any memory");
  EXPECT_EQ(error_text<ShapeError>([&] {
              from_blob(numbers.data(), {2, 2}, {INT64_MAX, 1});
            }),
            "from_blob: strides (9223372036854775807, 1) of shape (2, 2) lead further than any memory");
  EXPECT_EQ(error_text<ShapeError>([&] { from_blob(numbers.data(), {INT64_MAX / 2}); }),
            "from_blob: strides (1) of shape (4611686018427387903) lead further than any memory");
  EXPECT_EQ(error_text<ValueError>([] {
              from_blob(static_cast<float*>(nullptr), {2, 3});
            }),
            "from_blob: a null pointer for shape (2, 3)");
  auto* const odd = reinterpret_cast<float*>(uintptr_t{0x1002});  // NOLINT: never read
  EXPECT_EQ(error_text<ValueError>([&] { from_blob(odd, 2); }),
            "from_blob: the address 0x1002 is no multiple of 4, as float32 needs it");
}

template <typename Pointer>
concept HasTensor = requires(Pointer data) {
  from_blob(data, Shape{2});
};
static_assert(HasTensor<float*> && HasTensor<bool*>);
static_assert(!HasTensor<const float*>, "a tensor can be written, constant memory cannot");

TEST(FromVector, CopiesWhateverLiesInOnePiece) {
  const std::array<float, 4> array = {1, 2, 3, 4};
  const float plain[] = {1, 2, 3, 4};
  const Tensor expected = tensor({{1, 2}, {3, 4}});
  EXPECT_TRUE(equal(from_vector(array, {2, 2}), expected));
  EXPECT_TRUE(equal(from_vector(plain, {2, 2}), expected));
  EXPECT_TRUE(equal(from_vector(std::span(array), {2, 2}), expected));
  EXPECT_TRUE(equal(from_vector(std::span(plain, 2), 2), tensor({1, 2})));
  EXPECT_TRUE(equal(from_vector(std::vector<float>{1, 2, 3, 4}, {2, 2}), expected));
  EXPECT_TRUE(equal(from_vector({1, 2, 3, 4}, {2, 2}), expected));
  EXPECT_TRUE(equal(from_vector<int64_t>(std::array<int64_t, 1>{7}, 1), tensor<int64_t>({7})));
  EXPECT_TRUE(equal(from_vector<bool>(std::vector<bool>{true, false}, 2), tensor<bool>({true, false})));
  EXPECT_TRUE(equal(from_vector(array, {array.size() / 2, 2}), expected));  // sizes of any whole type
  const std::vector<float> numbers = {1, 2, 3, 4};
  EXPECT_EQ(from_vector(numbers, {numbers.size()}).shape(), Shape({4}));
  EXPECT_EQ(from_vector(numbers, numbers.size()).shape(), Shape({4}));
  EXPECT_EQ(error_text<ShapeError>([&] { from_vector(array, {3}); }),
            "from_vector: 4 values do not fill shape (3)");
}

}  // namespace
}  // namespace lt
