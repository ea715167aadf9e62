#include <libtensor/nn/flatten.h>

#include <gtest/gtest.h>

#include <libtensor/tests/expect.h>

namespace lt::nn {
namespace {

TEST(Flatten, JoinsAllAxesButTheFirst) {
  Flatten layer;
  EXPECT_EQ(layer(Variable(zeros({4, 2, 3}))).shape(), Shape({4, 6}));
  EXPECT_EQ(layer(Variable(zeros({4, 2}))).shape(), Shape({4, 2}));
}

TEST(FlattenConsecutive, JoinsNeighboursInTime) {
  FlattenConsecutive layer(2);
  const Tensor x = arange(2 * 4 * 3).view({2, 4, 3});
  const Tensor y = layer(Variable(x)).data();
  EXPECT_TRUE(equal(y, x.view({2, 2, 6})));
  EXPECT_EQ(layer(Variable(zeros({5, 2, 3}))).shape(), Shape({5, 6}));  // one group: its axis is dropped
  EXPECT_EQ(layer.to_string(), "FlattenConsecutive(2)");
}

TEST(FlattenConsecutive, NamesWhatItCannotGroup) {
  FlattenConsecutive layer(2);
  EXPECT_EQ(error_text<ShapeError>([&] {
              layer(Variable(zeros({2, 3, 4})));
            }),
            "FlattenConsecutive: input (2, 3, 4) is not (batch, a multiple of 2, channels)");
  EXPECT_EQ(error_text<ShapeError>([&] {
              layer(Variable(zeros({2, 4})));
            }),
            "FlattenConsecutive: input (2, 4) is not (batch, a multiple of 2, channels)");
  EXPECT_EQ(error_text<ValueError>([] { FlattenConsecutive(0); }),
            "FlattenConsecutive: n = 0 must be at least 1");
}

}  // namespace
}  // namespace lt::nn
