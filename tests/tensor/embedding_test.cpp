#include <gtest/gtest.h>

#include <libtensor/tensor/functional.h>
#include <libtensor/tests/expect.h>

namespace lt {
namespace {

TEST(Embedding, TakesRowsAndGivesEachItsGradients) {
  const Tensor table = arange(6).view({3, 2});
  const IntTensor ids = tensor<int64_t>({{2, 0}, {2, 2}});
  EXPECT_EQ(embedding(table, ids).shape(), Shape({2, 2, 2}));
  EXPECT_EQ(embedding(table, ids).to_vector(), (std::vector<float>{4, 5, 0, 1, 4, 5, 4, 5}));
  const Tensor d_table = embedding_backward(ones({2, 2, 2}), ids, table.shape());
  EXPECT_EQ(d_table.to_vector(), (std::vector<float>{1, 1, 0, 0, 3, 3}));
}

TEST(Embedding, RefusesGradientsOfOtherRows) {
  EXPECT_EQ(error_text<ShapeError>([] {
              embedding_backward(ones({2, 3}), tensor<int64_t>({0, 1}), {4, 2});
            }),
            "index_put_: shapes do not broadcast: (2, 3) and (2, 2) differ at axis 1");
  EXPECT_EQ(error_text<IndexError>([] {
              embedding_backward(ones({1, 2}), tensor<int64_t>({4}), {4, 2});
            }),
            "index_put_: id 4 at (0) is out of range for axis 0 of size 4");
}

TEST(Embedding, NamesAnIdOutsideTheTable) {
  EXPECT_EQ(error_text<IndexError>([] {
              embedding(ones({3, 2}), tensor<int64_t>({{0, 1}, {-1, 2}}));
            }),
            "embedding: id -1 at (1, 0) is not in 0..2, axis 0");
  EXPECT_EQ(error_text<IndexError>([] {
              embedding(ones({3, 2}), tensor<int64_t>({0, 3}));
            }),
            "embedding: id 3 at (1) is not in 0..2, axis 0");
  EXPECT_EQ(embedding(ones({0, 2}), zeros<int64_t>({0})).shape(), Shape({0, 2}));
}

TEST(Embedding, TakesATableOfTwoAxesAlone) {
  const IntTensor ids = tensor<int64_t>({0});
  EXPECT_EQ(error_text<ShapeError>([&] { embedding(ones(3), ids); }),
            "embedding: the table (3) is not (rows, width)");
  EXPECT_EQ(error_text<ShapeError>([&] {
              embedding(ones({3, 2, 2}), ids);
            }),
            "embedding: the table (3, 2, 2) is not (rows, width)");
  EXPECT_EQ(error_text<ShapeError>([&] { embedding_backward(ones(1), ids, 3); }),
            "embedding_backward: the table (3) is not (rows, width)");
}

}  // namespace
}  // namespace lt
