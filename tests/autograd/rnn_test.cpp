#include <gtest/gtest.h>

#include <libtensor/tests/autograd/layouts.h>
#include <libtensor/tests/expect.h>

namespace lt {
namespace {

using Variables = std::vector<DoubleVariable>;

// x, h, then a weight and a bias a gate.
DoubleVariable rnn_step(const Variables& v) { return rnn_cell(v[0], v[1], v[2], v[3]); }
DoubleVariable gru_step(const Variables& v) {
  return gru_cell(v[0], v[1], {v[2], v[3]}, {v[4], v[5]}, {v[6], v[7]});
}

std::vector<DoubleTensor> inputs(int64_t gates) {
  std::vector<DoubleTensor> all = {test::normal({3, 2}, 1), test::normal({3, 4}, 2)};
  for (int64_t i = 0; i < gates; ++i) {
    all.push_back(test::normal({4, 6}, 3 + static_cast<uint64_t>(i)));
    all.push_back(test::normal(4, 6 + static_cast<uint64_t>(i)));
  }
  return all;
}

TEST(RnnCell, HasTheRightGradientForEveryLayout) {
  test::expect_gradients_in_layouts(rnn_step, inputs(1));
  test::expect_gradients_in_layouts(gru_step, inputs(3));
}

// The state of one step is that of the next, and the weights are those of all: backward through time.
TEST(RnnCell, SumsTheGradientsOfAllSteps) {
  for (const auto& [step, gates] : {std::pair{&rnn_step, 1}, {&gru_step, 3}}) {
    const auto five = [step = step](Variables v) {
      for (int t = 0; t < 5; ++t) v[1] = step(v);
      return v[1];
    };
    const GradcheckResult result = gradcheck(five, inputs(gates));
    EXPECT_TRUE(result) << result.message;
  }
}

TEST(GruCell, KeepsAStateThatItsUpdateGateShutsOut) {
  const auto gate = [](float bias) { return Gate<float>{Variable(zeros({2, 3})), Variable(full(2, bias))}; };
  const Tensor h = tensor({{3, -5}});
  const auto with_update = [&](float bias) {
    return gru_cell(Variable(ones({1, 1})), Variable(h), gate(bias), gate(0), gate(20)).data().to_vector();
  };
  EXPECT_EQ(with_update(-200), (std::vector<float>{3, -5}));
  EXPECT_EQ(with_update(200), (std::vector<float>{1, 1}));  // tanh(20) in float
  EXPECT_EQ(with_update(0), (std::vector<float>{2, -2}));   // half of each
}

TEST(RnnCell, NamesShapesThatDoNotFit) {
  const auto text = [](const Shape& x, const Shape& h, const Shape& weight, const Shape& bias) {
    return error_text<ShapeError>([&] {
      rnn_cell(Variable(zeros(x)), Variable(zeros(h)), Variable(zeros(weight)), Variable(zeros(bias)));
    });
  };
  EXPECT_EQ(
      text({3, 2}, {4, 5}, {5, 7}, {5}),
      "rnn_cell: input (3, 2), state (4, 5), weight (5, 7) (hidden, input + hidden) and bias (5) do not fit");
  for (const auto& [x, h, weight, bias] : std::vector<std::array<Shape, 4>>{{{{3, 2}, {3, 5}, {5, 6}, {5}}},
                                                                            {{{3, 2}, {3, 5}, {4, 7}, {5}}},
                                                                            {{{3, 2}, {3, 5}, {5, 7}, {4}}},
                                                                            {{{2}, {3, 5}, {5, 7}, {5}}}}) {
    EXPECT_NE(text(x, h, weight, bias), "no error");
  }
}

}  // namespace
}  // namespace lt
