#include <gtest/gtest.h>

#include <libtensor/tests/autograd/layouts.h>
#include <libtensor/tests/expect.h>

namespace lt {
namespace {

using test::Numbers;
using Variables = std::vector<DoubleVariable>;

const IntTensor& embedding_ids() {
  static const IntTensor kIds = tensor<int64_t>({{0, 2}, {2, 3}});
  return kIds;
}

TEST(Embedding, AddsTheGradientOfARowThatWasTakenTwice) {
  test::expect_gradients_in_layouts([](const Variables& v) { return embedding(v[0], embedding_ids()); },
                                    {test::normal({4, 3})});
  const DoubleVariable table(zeros<double>({3, 1}), true);
  sum(embedding(table, tensor<int64_t>({1, 1, 0, 1}))).backward();
  EXPECT_EQ(table.grad().to_vector(), (Numbers{1, 3, 0}));
}

// 100,000 times 0.1 is 10000; in a running sum of floats 9998.56, in blocks of 4096 10000.38.
TEST(Embedding, AddsManyRowsToASmallTableMoreExactlyThanARunningSum) {
  const Variable table(zeros({2, 1}), true);
  (sum(embedding(table, zeros<int64_t>(100000))) * 0.1).backward();
  EXPECT_NEAR(table.grad().at({0, 0}), 1e4, 0.5);
  const Variable indexed(zeros({2, 1}), true);
  (sum(indexed[zeros<int64_t>(100000)]) * 0.1).backward();
  EXPECT_EQ(indexed.grad().at({0, 0}), table.grad().at({0, 0}));
}

TEST(Embedding, NamesAnIdOutsideTheTable) {
  const Variable table(zeros({3, 2}), true);
  EXPECT_EQ(error_text<IndexError>([&] {
              embedding(table, tensor<int64_t>({0, 3}));
            }),
            "embedding: id 3 at (1) is not in 0..2, axis 0");
}

}  // namespace
}  // namespace lt
