#include <gtest/gtest.h>

#include <libtensor/tests/autograd/layouts.h>
#include <libtensor/tests/expect.h>

namespace lt {
namespace {

TEST(Dropout, MasksTheGradientAsItMaskedTheNumbers) {
  const auto f = [](const auto& v) {
    Generator generator(3);
    return dropout(v[0], 0.4, generator);
  };
  for (const Shape& shape : std::vector<Shape>{{}, {3, 4}}) {
    test::expect_gradients_in_layouts(f, {test::normal(shape)});
  }
}

TEST(Dropout, ScalesWhatItKeeps) {
  Generator generator(5);
  const Variable x(ones(1000), true);
  const Variable y = dropout(x, 0.75, generator);
  sum(y).backward();
  EXPECT_TRUE(equal(x.grad(), y.data()));
  EXPECT_TRUE(all((y.data() == 0.0F) | (y.data() == 4.0F)).item());
  const int64_t kept = count_nonzero(y.data() != 0.0F);
  EXPECT_GT(kept, 200);  // 250 expected, standard deviation 14
  EXPECT_LT(kept, 300);
}

TEST(Dropout, KeepsAllOrNothingAtItsEnds) {
  Generator generator(5);
  const Variable x(ones(10), true);
  EXPECT_TRUE(equal(dropout(x, 0, generator).data(), ones(10)));
  EXPECT_TRUE(equal(dropout(x, 1, generator).data(), zeros(10)));
}

TEST(Dropout, RefusesWhatIsNoProbability) {
  Generator generator(5);
  EXPECT_EQ(error_text<ValueError>([&] { dropout(Variable(ones(2)), 1.5, generator); }),
            "dropout: probability 1.5 is not in [0, 1]");
}

}  // namespace
}  // namespace lt
