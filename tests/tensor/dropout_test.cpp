#include <gtest/gtest.h>

#include <libtensor/tensor/functional.h>
#include <libtensor/tests/expect.h>

namespace lt {
namespace {

// Rows that end within a word, a draw and neither.
TEST(DropoutBits, AreThoseOfTheMask) {
  for (const Shape& shape : std::vector<Shape>{{}, {7}, {64}, {3, 70}, {2, 3, 600}, {4, 0}, {0, 4}}) {
    Generator generator(3), same(3);
    const IntTensor bits = dropout_bits(shape, 0.3, generator);
    const Tensor mask = dropout_mask(shape, 0.3, same);
    const int64_t n = shape.empty() ? 1 : shape[shape.size() - 1];
    for (int64_t i = 0; i < mask.numel(); ++i) {
      const int64_t word = bits.data()[i / n * ((n + 63) / 64) + i % n / 64];
      EXPECT_EQ((word >> (i % n % 64) & 1) != 0, mask.data()[i] != 0) << to_string(shape) << " at " << i;
    }
    EXPECT_EQ(generator.random(), same.random());
  }
}

TEST(Dropout, MultipliesByTheMask) {
  for (const double p : {0.0, 0.25, 1.0}) {
    for (const int64_t n : {1, 63, 1000}) {
      Generator generator(5), same(5);
      const Tensor x = arange(static_cast<float>(n)) - 20;
      IntTensor kept;
      const Tensor y = dropout(x, p, generator, &kept);
      EXPECT_EQ(test::bits(y), test::bits(x * dropout_mask(n, p, same)));
      EXPECT_EQ(test::bits(dropout_backward(x, kept, p)), test::bits(y));
    }
  }
}

TEST(Dropout, RefusesWhatDoesNotFit) {
  EXPECT_EQ(error_text<ValueError>([] { dropout(ones(2), -0.5); }),
            "dropout: probability -0.5 is not in [0, 1]");
  EXPECT_EQ(error_text<ShapeError>([] { dropout_backward(ones(65), zeros<int64_t>(1), 0.5); }),
            "dropout_backward: shapes differ: (1) and (2)");
}

}  // namespace
}  // namespace lt
