#include <libtensor/nn/rnn.h>

#include <gtest/gtest.h>

#include <libtensor/nn/optimizer.h>
#include <libtensor/tests/expect.h>
#include <libtensor/tests/nn/golden.h>

namespace lt::nn {
namespace {

const test::Json& recorded_cells() {
  static const test::Json kGolden = [] {
    std::ifstream file(LIBTENSOR_SOURCE_DIR "/tests/golden/rnn.json");
    return test::Json::parse(file);
  }();
  return kGolden;
}

// Sums of ten products, five steps deep, each rounded in float.
constexpr double kRounding = 5e-6;

template <typename Cell>
void expect_pytorchs_sequence(const char* name) {
  const test::Json& recorded = recorded_cells().at(name);
  Generator g(42);
  Cell cell(4, 6, g);
  test::expect_state(cell.state_dict(), recorded.at("state"), 0, 1e-7);  // its own draws
  const Variable xs(test::tensor_of<float>(recorded.at("xs")), true);
  const Variable start(test::tensor_of<float>(recorded.at("start")), true);
  const Tensor weights = test::tensor_of<float>(recorded.at("weights"));
  Variable h = start;
  std::vector<Variable> states;
  for (int64_t t = 0; t < 5; ++t) states.push_back(h = cell(xs[t], h));
  const Variable all = stack(states);
  test::expect_near(all.data(), test::tensor_of<float>(recorded.at("states")), kRounding, kRounding);
  const Variable loss = sum(all * weights);
  EXPECT_NEAR(loss.item(), recorded.at("loss").get<double>(), 1e-5);
  loss.backward();
  NamedTensors gradients = {{"xs", xs.grad()}, {"start", start.grad()}};
  for (const auto& [parameter, p] : cell.named_parameters()) gradients.emplace(parameter, p.grad());
  test::expect_state(gradients, recorded.at("gradients"), kRounding, kRounding);
}

TEST(RNNCell, GivesPyTorchsStatesAndGradientsAlongASequence) { expect_pytorchs_sequence<RNNCell>("RNNCell"); }

TEST(GRUCell, GivesPyTorchsStatesAndGradientsAlongASequence) { expect_pytorchs_sequence<GRUCell>("GRUCell"); }

TEST(RNNCell, BeginsWithAStateOfZeros) {
  Generator g(1);
  RNNCell rnn(2, 3, g);
  GRUCell gru(2, 3, g);
  const Variable x(randn({4, 2}, g));
  const Variable zero(zeros({4, 3}));
  EXPECT_TRUE(equal(rnn(x).data(), rnn(x, zero).data()));
  EXPECT_TRUE(equal(gru(x).data(), gru(x, zero).data()));
}

template <typename Cell>
int64_t system_allocations_of_ten_steps() {
  Generator g(1);
  Cell cell(8, 16, g);
  SGD sgd(cell.parameters(), 0.1);
  const auto step = [&] {
    const Variable xs(randn({12, 32, 8}, g));
    Variable h(zeros({32, 16}));
    for (int64_t t = 0; t < 12; ++t) h = cell(xs[t], h);
    sgd.zero_grad();
    sum(square(h)).backward();
    sgd.step();
  };
  for (int i = 0; i < 3; ++i) step();
  const int64_t before = memory_stats().system_allocations;
  for (int i = 0; i < 10; ++i) step();
  return memory_stats().system_allocations - before;
}

TEST(RNNCell, AsksTheSystemForNoMemoryInASteadyStep) {
  if (!pool_enabled()) GTEST_SKIP() << "needs the pool";
  EXPECT_EQ(system_allocations_of_ten_steps<RNNCell>(), 0);
  EXPECT_EQ(system_allocations_of_ten_steps<GRUCell>(), 0);
}

TEST(RNNCell, SaysItsSizesAndNamesThoseThatDoNotFit) {
  EXPECT_EQ(RNNCell(3, 2).to_string(), "RNNCell(3, 2)");
  EXPECT_EQ(GRUCell(3, 2).to_string(), "GRUCell(3, 2)");
  EXPECT_EQ(error_text<ValueError>([] { RNNCell(0, 2); }), "RNNCell: sizes 0 and 2 must be at least 1");
  EXPECT_EQ(error_text<ValueError>([] { GRUCell(3, 0); }), "GRUCell: sizes 3 and 0 must be at least 1");
  EXPECT_EQ(error_text<ShapeError>([] { RNNCell(3, 2)(Variable(zeros(3))); }),
            "RNNCell: input (3) should be (n, 3)");
  EXPECT_EQ(
      error_text<ShapeError>([] {
        GRUCell(3, 2)(Variable(zeros({4, 3})), Variable(zeros({4, 3})));
      }),
      "gru_cell: input (4, 3), state (4, 3), weight (2, 5) (hidden, input + hidden) and bias (2) do not fit");
}

}  // namespace
}  // namespace lt::nn
