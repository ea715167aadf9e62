#include <libtensor/nn/batch_norm.h>

#include <gtest/gtest.h>

#include <cmath>
#include <sstream>

#include <libtensor/tests/expect.h>
#include <libtensor/tests/nn/golden.h>

namespace lt::nn {
namespace {

// A mean, a variance and a root over at most 10 numbers, each rounded in float.
constexpr double kRounding = 2e-6;

void expect_as_recorded(const std::string& name, BatchNorm1d::Options options) {
  SCOPED_TRACE(name);
  const auto& recorded = test::nn_golden("batch_norm").at(name);
  BatchNorm1d layer(3, options);
  Tensor weight = layer.weight.data();
  weight.copy_(linspace(0.5, 2, 3));
  Tensor bias = layer.bias.data();
  bias.copy_(linspace(-1, 1, 3));
  const size_t batches = recorded.at("inputs").size();
  for (size_t i = 0; i < batches; ++i) {
    if (i + 1 == batches) layer.eval();
    const Tensor x = test::tensor_of<float>(recorded.at("inputs")[i]);
    test::expect_near(layer(Variable(x)).data(), test::tensor_of<float>(recorded.at("outputs")[i]), kRounding,
                      2e-6);
  }
  test::expect_state(layer.state_dict(), recorded.at("state"), kRounding, 1e-6);
}

TEST(BatchNorm1d, MovesItsStatisticsAsPyTorchDoes) {
  expect_as_recorded("2-d", {});
  expect_as_recorded("3-d", {});
  expect_as_recorded("slow", {.eps = 1e-2, .momentum = 0.3});
}

TEST(BatchNorm1d, TakesChannelsLastAsLecture6Does) {
  Generator generator(3);
  const Tensor x = randn({2, 3, 5}, generator);
  BatchNorm1d first(3);
  BatchNorm1d last(3, {.channels_last = true});
  for (const bool training : {true, false}) {
    first.train(training);
    last.train(training);
    EXPECT_TRUE(equal(last(Variable(x.transpose(1, 2))).data(), first(Variable(x)).data().transpose(1, 2)));
  }
  EXPECT_TRUE(equal(first.running_var, last.running_var));
}

TEST(BatchNorm1d, DividesByOneLessWhereUnbiased) {
  BatchNorm1d layer(1, {.eps = 0, .unbiased = true});
  EXPECT_TRUE(allclose(layer(Variable(from_vector({1, 3}, {2, 1}))).data(),
                       from_vector({-1, 1}, {2, 1}) / std::sqrt(2.0F)));
}

TEST(BatchNorm1d, PassesGradientsInEvaluationToo) {
  BatchNorm1d layer(2);
  layer.eval();
  const Variable x(ones({3, 2}), true);
  sum(layer(x)).backward();
  EXPECT_TRUE(allclose(x.grad(), full({3, 2}, 1 / std::sqrt(1 + 1e-5F))));
  EXPECT_EQ(layer.bias.grad().to_vector(), (std::vector<float>{3, 3}));
  EXPECT_EQ(layer.num_batches_tracked.item(), 0);
}

// PyTorch's print(layer.eval()(x)).
TEST(BatchNorm1d, IsOneNodeInEvaluationToo) {
  BatchNorm1d layer(2);
  layer.eval();
  std::ostringstream out;
  out << layer(Variable(zeros({1, 2})));
  EXPECT_EQ(out.str(), "tensor([[0., 0.]], grad_fn=<NativeBatchNormBackward0>)");
}

TEST(BatchNorm1d, RefusesABatchOfOneInTrainingAndLeavesItsStatistics) {
  BatchNorm1d layer(3);
  EXPECT_EQ(error_text<ShapeError>([&] {
              layer(Variable(zeros({1, 3})));
            }),
            "batch_norm: more than 1 value per channel is wanted to train, not input (1, 3)");
  EXPECT_EQ(layer.num_batches_tracked.item(), 0);
  EXPECT_EQ(layer.running_mean.to_vector(), std::vector<float>(3, 0));
  layer.eval();
  EXPECT_EQ(layer(Variable(zeros({1, 3}))).shape(), Shape({1, 3}));
}

TEST(BatchNorm1d, NamesInputOfOtherChannels) {
  BatchNorm1d layer(3);
  EXPECT_EQ(error_text<ShapeError>([&] {
              layer(Variable(zeros({4, 2})));
            }),
            "BatchNorm1d: input (4, 2) is neither (n, 3) nor (n, 3, length)");
  EXPECT_EQ(error_text<ShapeError>([&] { layer(Variable(zeros(3))); }),
            "BatchNorm1d: input (3) is neither (n, 3) nor (n, 3, length)");
  BatchNorm1d last(3, {.channels_last = true});
  EXPECT_EQ(error_text<ShapeError>([&] {
              last(Variable(zeros({2, 3, 4})));
            }),
            "BatchNorm1d: input (2, 3, 4) is neither (n, 3) nor (n, time, 3)");
  EXPECT_EQ(error_text<ValueError>([] { BatchNorm1d(0); }), "BatchNorm1d: 0 channels");
}

}  // namespace
}  // namespace lt::nn
