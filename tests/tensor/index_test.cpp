#include <gtest/gtest.h>

#include <random>

#include <libtensor/tensor/ops.h>
#include <libtensor/tensor/parallel.h>
#include <libtensor/tests/expect.h>

namespace lt {
namespace {

IntTensor ids(const std::vector<int64_t>& values, const Shape& shape) {
  return from_vector<int64_t>(values, shape);
}
IntTensor ids(const std::vector<int64_t>& values) { return ids(values, static_cast<int64_t>(values.size())); }

// Restores the number of threads that a test changes.
class ThreadCount {
 public:
  ThreadCount() = default;
  ThreadCount(const ThreadCount&) = delete;
  ThreadCount& operator=(const ThreadCount&) = delete;
  ~ThreadCount() { set_num_threads(before_); }

 private:
  int before_ = num_threads();
};

TEST(Index, TakesRowsInTheShapeOfTheIds) {
  const Tensor c = arange(6).view({3, 2});
  const Tensor rows = c[ids({0, 2, -1, 1}, {2, 2})];
  EXPECT_EQ(rows.shape(), Shape({2, 2, 2}));
  EXPECT_EQ(rows.to_vector(), (std::vector<float>{0, 1, 4, 5, 4, 5, 2, 3}));
}

TEST(Index, GivesNumbersOfItsOwn) {
  Tensor c = arange(6).view({3, 2});
  const Tensor row = c[ids({1})];
  c.fill_(9);
  EXPECT_EQ(row.to_vector(), (std::vector<float>{2, 3}));
}

TEST(Index, TakesEveryRowWidth) {
  for (int64_t width = 0; width <= 140; ++width) {
    const IntTensor x = arange<int64_t>(3 * width).view({3, width});
    const BoolTensor odd = remainder(x, scalar<int64_t>(2)).cast<bool>();
    EXPECT_TRUE(equal(x[ids({2, 0})].select(0, 0), x.select(0, 2))) << width;
    EXPECT_TRUE(equal(x[ids({2, 0})].select(0, 1), x.select(0, 0))) << width;
    EXPECT_TRUE(equal(odd[ids({1})].select(0, 0), odd.select(0, 1))) << width;
  }
}

TEST(Index, PicksOneElementPerRowWithTwoIdTensors) {
  const Tensor x = arange(12).view({3, 4});
  EXPECT_EQ(index(x, {arange<int64_t>(3), ids({3, 0, -2})}).to_vector(), (std::vector<float>{3, 4, 10}));
}

TEST(Index, BroadcastsItsIds) {
  const Tensor x = arange(24).view({2, 3, 4});
  const Tensor y = index(x, {ids({0, 1}, {2, 1}), ids({2, 0, 1})});
  EXPECT_EQ(y.shape(), Shape({2, 3, 4}));
  EXPECT_EQ(y.at({1, 0, 3}), x.at({1, 2, 3}));
}

TEST(Index, ReadsAnyView) {
  const Tensor base = arange(24).view({2, 3, 4});
  for (const Tensor& x :
       {base.transpose(0, 2), base.permute({1, 0, 2}), base.slice(2, 1, 4, 2), base.select(1, 2)}) {
    const Tensor dense = x.clone();
    EXPECT_TRUE(equal(x[ids({1, 0, -1})], dense[ids({1, 0, -1})])) << x.shape();
    EXPECT_TRUE(equal(index(x, {ids({1, 0}), ids({0, -1})}), index(dense, {ids({1, 0}), ids({0, -1})})))
        << x.shape();
  }
  EXPECT_EQ(tensor({{1, 2}}).expand({3, 2})[ids({2, 1})].to_vector(), (std::vector<float>{1, 2, 1, 2}));
}

TEST(Index, TakesIdsFromAView) {
  const IntTensor table = ids({0, 1, 2, 3, 4, 5}, {2, 3});
  EXPECT_EQ((arange(6) * 10)[table.t()].to_vector(), (std::vector<float>{0, 30, 10, 40, 20, 50}));
}

TEST(Index, WithoutIdsIsACopy) {
  const Tensor x = arange(6).view({2, 3});
  EXPECT_TRUE(equal(index(x, {}), x));
}

TEST(Index, AllowsNothingToTake) {
  EXPECT_EQ(zeros({0, 3})[ids({})].shape(), Shape({0, 3}));
  EXPECT_EQ(zeros({5, 0})[ids({4, 4})].shape(), Shape({2, 0}));
  EXPECT_EQ(zeros({5, 2})[ids({}, {3, 0})].shape(), Shape({3, 0, 2}));
  EXPECT_EQ(zeros({5, 2})[ids({3}, {})].shape(), Shape({2}));
}

TEST(Index, NamesTheIdItsPlaceAndTheAxis) {
  const Tensor c = zeros({27, 2});
  EXPECT_EQ(error_text<IndexError>([&] {
              c[ids({0, 1, 2, 3, 4, 27}, {3, 2})];
            }),
            "index: id 27 at (2, 1) is out of range for axis 0 of size 27");
  EXPECT_EQ(error_text<IndexError>([&] {
              index(c, {ids({0, 0}), ids({-2, -3})});
            }),
            "index: id -3 at (1) is out of range for axis 1 of size 2");
  EXPECT_EQ(error_text<IndexError>([&] { c[ids({INT64_MIN})]; }),
            "index: id -9223372036854775808 at (0) is out of range for axis 0 of size 27");
  EXPECT_EQ(error_text<IndexError>([&] {
              zeros({0, 3})[ids({0})];
            }),
            "index: id 0 at (0) is out of range for axis 0 of size 0");
}

TEST(Index, NamesShapesThatDoNotFit) {
  EXPECT_EQ(error_text<ShapeError>([] {
              index(zeros(3), {ids({0}), ids({0})});
            }),
            "index: 2 id tensors for a tensor of shape (3)");
  EXPECT_EQ(error_text<ShapeError>([] {
              index(zeros({3, 3}), {ids({0, 1}), ids({0, 1, 2})});
            }),
            "index: shapes do not broadcast: (2) and (3) differ at axis 0");
}

TEST(Index, TakesTheSameRowsOnAnyNumberOfThreads) {
  const ThreadCount restore;
  const IntTensor x = arange<int64_t>(1000).view({100, 10});
  const IntTensor rows = remainder(arange<int64_t>(200'000), scalar<int64_t>(100));
  for (const int threads : {1, 2, 5}) {
    set_num_threads(threads);
    const IntTensor y = x[rows];
    EXPECT_TRUE(equal(y.view({2000, 1000}), arange<int64_t>(1000).expand({2000, 1000}))) << threads;
  }
}

TEST(IndexPut, WritesRowsAndTheLastOneStays) {
  Tensor x = zeros({3, 2});
  index_put_(x, {ids({0, 2, 0})}, tensor({{1, 2}, {3, 4}, {5, 6}}));
  EXPECT_EQ(x.to_vector(), (std::vector<float>{5, 6, 0, 0, 3, 4}));
}

TEST(IndexPut, AddsInTheOrderOfTheIds) {
  Tensor x = zeros(2);
  // In this order the small numbers are lost beside the large one; in any other some would stay.
  index_put_(x, {ids({1, 1, 1, 1, 0})}, tensor({1e8F, 1, 1, -1e8F, 3}), true);
  EXPECT_EQ(x.to_vector(), (std::vector<float>{3, 0}));
}

TEST(IndexPut, WrapsIntegersThatItAdds) {
  IntTensor x = full<int64_t>(2, INT64_MAX);
  index_put_(x, {tensor<int64_t>({1, 1})}, full<int64_t>(2, 1), true);
  EXPECT_EQ(x.to_vector(), (std::vector<int64_t>{INT64_MAX, INT64_MIN + 1}));
}

TEST(IndexPut, BroadcastsItsValues) {
  Tensor x = zeros({2, 3});
  index_put_(x, {ids({1, 1})}, scalar(2), true);
  EXPECT_EQ(x.to_vector(), (std::vector<float>{0, 0, 0, 4, 4, 4}));
  index_put_(x, {ids({0, 1})}, tensor({7, 8, 9}));
  EXPECT_EQ(x.to_vector(), (std::vector<float>{7, 8, 9, 7, 8, 9}));
}

TEST(IndexPut, WritesThroughAView) {
  Tensor x = zeros({2, 3});
  Tensor columns = x.t();
  index_put_(columns, {ids({0, -1})}, tensor({{1, 2}, {3, 4}}));
  EXPECT_EQ(x.to_vector(), (std::vector<float>{1, 0, 3, 2, 0, 4}));
  Tensor column = x.select(1, 1);
  index_put_(column, {ids({1, 1})}, tensor({5, 5}), true);
  EXPECT_EQ(x.at({1, 1}), 10);
}

TEST(IndexPut, ReadsItsValuesBeforeItWrites) {
  Tensor x = tensor({1, 2, 3});
  index_put_(x, {ids({2, 1, 0})}, x);
  EXPECT_EQ(x.to_vector(), (std::vector<float>{3, 2, 1}));
}

TEST(IndexPut, CountsAsAChangeInPlace) {
  Tensor x = zeros(3);
  const uint32_t version = x.storage().version();
  index_put_(x, {ids({1})}, scalar(1));
  EXPECT_GT(x.storage().version(), version);
}

TEST(IndexPut, ChangesNothingWhereAnIdIsOutOfRange) {
  Tensor x = zeros(3);
  EXPECT_EQ(error_text<IndexError>([&] {
              index_put_(x, {ids({0, 3})}, scalar(1));
            }),
            "index_put_: id 3 at (1) is out of range for axis 0 of size 3");
  EXPECT_EQ(x.to_vector(), (std::vector<float>{0, 0, 0}));
}

TEST(IndexPut, NamesValuesThatDoNotFit) {
  Tensor x = zeros({3, 2});
  EXPECT_EQ(error_text<ShapeError>([&] {
              index_put_(x, {ids({0})}, zeros({4, 1, 2}));
            }),
            "index_put_: values of shape (4, 1, 2) do not broadcast to (1, 2)");
  BoolTensor mask = zeros<bool>(3);
  EXPECT_EQ(error_text<ValueError>([&] { index_put_(mask, {ids({0})}, scalar<bool>(true), true); }),
            "index_put_: accumulate adds, which bool has no meaning for");
}

TEST(IndexPut, AddsTheSameBitsOnAnyNumberOfThreads) {
  const ThreadCount restore;
  std::mt19937 random(1);
  for (const int64_t width : {10, 127, 128, 500}) {
    const int64_t count = 6000;
    std::vector<int64_t> rows;
    std::vector<float> numbers;
    for (int64_t i = 0; i < count; ++i) rows.push_back(static_cast<int64_t>(random() % 27));
    for (int64_t i = 0; i < count * width; ++i) numbers.push_back(static_cast<float>(random()) * 1e-7F);
    const Tensor values = from_vector(numbers, {count, width});
    std::vector<std::vector<float>> sums;
    for (const int threads : {1, 2, 5}) {
      set_num_threads(threads);
      Tensor x = zeros({27, width});
      index_put_(x, {ids(rows)}, values, true);
      sums.push_back(x.to_vector());
    }
    std::vector<float> expected(static_cast<size_t>(27 * width));
    for (int64_t i = 0; i < count * width; ++i) {
      expected[static_cast<size_t>(rows[static_cast<size_t>(i / width)] * width + i % width)] +=
          numbers[static_cast<size_t>(i)];
    }
    for (const auto& sum : sums) EXPECT_EQ(sum, expected) << width;
  }
}

}  // namespace
}  // namespace lt
