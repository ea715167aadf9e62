#include <libtensor/nn/dropout.h>

#include <gtest/gtest.h>

#include <cmath>

#include <libtensor/tests/expect.h>
#include <libtensor/tests/nn/golden.h>

namespace lt::nn {
namespace {

TEST(Dropout, DropsWhatPyTorchDrops) {
  Generator generator(42, Profile::avx2);
  Dropout layer(0.3, generator);
  test::expect_near(layer(Variable(ones({5, 7}))).data(),
                    test::tensor_of<float>(test::nn_golden("dropout").at("y")), 1e-7, 0);
}

TEST(Dropout, PassesItsInputOnInEvaluation) {
  Generator generator(1);
  Dropout layer(0.9, generator);
  layer.eval();
  const Variable x(ones(100));
  EXPECT_TRUE(layer(x).data().storage() == x.data().storage());
  EXPECT_EQ(generator.state(), Generator(1).state());
}

TEST(Dropout, RefusesAProbabilityOutsideZeroToOne) {
  EXPECT_EQ(error_text<ValueError>([] { Dropout(-0.5); }), "Dropout: p = -0.5 is outside 0..1");
  EXPECT_EQ(error_text<ValueError>([] { Dropout(std::nan("")); }), "Dropout: p = nan is outside 0..1");
}

}  // namespace
}  // namespace lt::nn
