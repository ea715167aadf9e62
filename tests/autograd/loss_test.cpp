#include <gtest/gtest.h>

#include <cmath>

#include <libtensor/tests/autograd/layouts.h>
#include <libtensor/tests/expect.h>

namespace lt {
namespace {

using test::Numbers;
using Variables = std::vector<DoubleVariable>;

const IntTensor& targets() {
  static const IntTensor kTargets = tensor<int64_t>({0, 2, 2, 1});
  return kTargets;
}

TEST(CrossEntropy, HasTheRightGradientInEveryLayout) {
  test::expect_gradients_in_layouts([](const Variables& v) { return cross_entropy(v[0], targets()); },
                                    {test::normal({4, 3})});
  test::expect_gradients([](const Variables& v) { return cross_entropy(v[0], scalar<int64_t>(1)); },
                         {test::normal(3)});
  test::expect_gradients(
      [](const Variables& v) {
        return cross_entropy(v[0].expand({4, 3}), targets());
      },
      {test::normal(3)});
}

// Roundings of exp, log and sums of a handful of numbers.
TEST(CrossEntropy, EqualsItsPlainComposition) {
  test::expect_same([](const Variables& v) { return cross_entropy(v[0], targets()); },
                    [](const Variables& v) {
                      const DoubleVariable p = exp(v[0]) / sum(exp(v[0]), 1, true);
                      return -mean(log(index(p, {arange<int64_t>(4), targets()})));
                    },
                    {test::normal({4, 3})}, 1e-13);
}

TEST(CrossEntropy, IsStableAtExtremeLogits) {
  const Variable logits(tensor({{1e4F, -1e4F}, {1e4F, -1e4F}}), true);
  const Variable loss = cross_entropy(logits, tensor<int64_t>({0, 1}));
  EXPECT_EQ(loss.item(), 1e4F);  // (0 + 2e4) / 2
  loss.backward();
  EXPECT_EQ(logits.grad().to_vector(), (std::vector<float>{0, 0, 0.5F, -0.5F}));
}

TEST(CrossEntropy, LeavesIgnoredTargetsOut) {
  const IntTensor some = tensor<int64_t>({0, -100, 2, -100});
  test::expect_gradients([&](const Variables& v) { return cross_entropy(v[0], some); },
                         {test::normal({4, 3})});
  const DoubleVariable x(test::normal({4, 3}), true);
  const DoubleVariable counted = index(x, {tensor<int64_t>({0, 2})});
  EXPECT_EQ(cross_entropy(x, some).item(), cross_entropy(counted, tensor<int64_t>({0, 2})).item());
  EXPECT_EQ(cross_entropy(x, tensor<int64_t>({0, 1, 2, 1}), {.ignore_index = 1}).item(),
            cross_entropy(x, some).item());
}

TEST(CrossEntropy, IsNaNWithoutAGradientWhereEveryTargetIsIgnoredAsPyTorch) {
  const DoubleVariable x(test::normal({2, 3}), true);
  const DoubleVariable loss = cross_entropy(x, tensor<int64_t>({-100, -100}));
  EXPECT_TRUE(std::isnan(loss.item()));
  loss.backward();
  EXPECT_EQ(x.grad().to_vector(), Numbers(6, 0));
}

TEST(CrossEntropy, RefusesToBroadcastAndNamesTheWrongTarget) {
  const Variable logits(zeros({4, 3}), true);
  const auto shape_error = [&](const IntTensor& t) {
    return error_text<ShapeError>([&] { cross_entropy(logits, t); });
  };
  EXPECT_EQ(shape_error(zeros<int64_t>({1})),
            "cross_entropy: logits (4, 3) want one target a row, not targets (1)");
  EXPECT_EQ(shape_error(zeros<int64_t>({4, 1})),
            "cross_entropy: logits (4, 3) want one target a row, not targets (4, 1)");
  EXPECT_EQ(shape_error(zeros<int64_t>({})),
            "cross_entropy: logits (4, 3) want one target a row, not targets ()");
  EXPECT_EQ(error_text<IndexError>([&] {
              cross_entropy(logits, tensor<int64_t>({0, 1, 3, 0}));
            }),
            "cross_entropy: target 3 at row 2 is none of 3 classes");
  EXPECT_EQ(error_text<IndexError>([&] {
              cross_entropy(logits, tensor<int64_t>({0, -1, 2, 0}));
            }),
            "cross_entropy: target -1 at row 1 is none of 3 classes");
}

TEST(CrossEntropy, DoesNotMindTargetsThatAreReusedBeforeBackward) {
  IntTensor t = tensor<int64_t>({0, 1});
  const DoubleVariable x(zeros<double>({2, 2}), true);
  const DoubleVariable loss = cross_entropy(x, t);
  t.fill_(0);
  loss.backward();
  EXPECT_EQ(x.grad().to_vector(), (Numbers{-0.25, 0.25, 0.25, -0.25}));
}

TEST(MseLoss, EqualsItsPlainComposition) {
  const auto fused = [](const Variables& v) { return mse_loss(v[0], v[1]); };
  test::expect_gradients_in_layouts(fused, {test::normal({2, 3}, 1), test::normal({2, 3}, 2)});
  test::expect_same(
      fused, [](const Variables& v) { return mean(square(v[0] - v[1])); },
      {test::normal({5, 7}, 1), test::normal({5, 7}, 2)}, 1e-14);
}

TEST(CrossEntropy, HasTheRightGradientWithEveryOption) {
  for (const Reduction reduction : {Reduction::none, Reduction::mean, Reduction::sum}) {
    for (const double smoothing : {0.0, 0.1, 1.0}) {
      test::expect_gradients_in_layouts(
          [&](const Variables& v) {
            return cross_entropy(v[0], targets(),
                                 {.weight = tensor<double>({0.5, 3, 1}),
                                  .ignore_index = 1,
                                  .reduction = reduction,
                                  .label_smoothing = smoothing});
          },
          {test::normal({4, 3})});
    }
  }
}

// Two roundings of the losses, and of their sum.
TEST(CrossEntropy, AnUnreducedLossIsOneARow) {
  const DoubleVariable x(test::normal({4, 3}), true);
  const IntTensor some = tensor<int64_t>({0, -100, 2, 1});
  const DoubleVariable rows = cross_entropy(x, some, {.reduction = Reduction::none});
  EXPECT_EQ(rows.shape(), Shape(4));
  EXPECT_EQ(rows.data().at({1}), 0);
  EXPECT_NEAR(sum(rows).item(), 3 * cross_entropy(x, some).item(), 1e-14);
  EXPECT_EQ(cross_entropy(x[0], scalar<int64_t>(0), {.reduction = Reduction::none}).shape(), Shape());
}

TEST(CrossEntropy, RefusesOptionsThatMakeNoSense) {
  const Variable x(zeros({4, 3}), true);
  EXPECT_EQ(error_text<ShapeError>([&] { cross_entropy(x, targets(), {.weight = ones(4)}); }),
            "cross_entropy: weight (4) is not one number for each of 3 classes");
  for (const double wrong : {-0.1, 1.5, std::nan("")}) {
    EXPECT_THROW(cross_entropy(x, targets(), {.label_smoothing = wrong}), ValueError);
  }
  EXPECT_EQ(error_text<ValueError>([&] { cross_entropy(x, targets(), {.label_smoothing = 1.5}); }),
            "cross_entropy: label_smoothing 1.5 is outside 0..1");
}

TEST(CrossEntropy, IsNaNWithoutAGradientWhereEveryTargetIsIgnoredWhateverItsOptions) {
  const DoubleVariable x(test::normal({2, 3}), true);
  const DoubleVariable loss =
      cross_entropy(x, tensor<int64_t>({-100, -100}), {.weight = ones<double>(3), .label_smoothing = 0.1});
  EXPECT_TRUE(std::isnan(loss.item()));
  loss.backward();
  EXPECT_EQ(x.grad().to_vector(), Numbers(6, 0));
}

// As PyTorch 1.13, which divides by the weights of the targets alone.
TEST(CrossEntropy, IsNaNWhereTheTargetsWeighNothing) {
  const DoubleTensor logits = tensor<double>({{1, 2, 3}, {3, 2, 1}});
  const IntTensor ends = tensor<int64_t>({0, 2});
  for (const DoubleTensor& weight : {zeros<double>(3), tensor<double>({0, 1, 0})}) {
    for (const double smoothing : {0.0, 0.1}) {
      SCOPED_TRACE(smoothing);
      const DoubleVariable x(logits, true);
      const DoubleVariable loss = cross_entropy(x, ends, {.weight = weight, .label_smoothing = smoothing});
      loss.backward();
      EXPECT_TRUE(std::isnan(loss.item()));
      EXPECT_TRUE(all(isnan(x.grad())).item());
    }
  }
  const DoubleVariable x(logits, true);
  const DoubleVariable loss = cross_entropy(
      x, ends, {.weight = zeros<double>(3), .reduction = Reduction::sum, .label_smoothing = 0.1});
  loss.backward();
  EXPECT_EQ(loss.item(), 0);
  EXPECT_EQ(x.grad().to_vector(), test::Numbers(6, 0));
}

TEST(Losses, AreReducedAsAsked) {
  const DoubleVariable a(tensor<double>({1, 2, 4}), true);
  const DoubleVariable b(tensor<double>({1, 0, 1}), true);
  EXPECT_EQ(mse_loss(a, b, {.reduction = Reduction::none}).data().to_vector(), (Numbers{0, 4, 9}));
  EXPECT_EQ(mse_loss(a, b, {.reduction = Reduction::sum}).item(), 13);
  EXPECT_EQ(mse_loss(a, b, {.reduction = Reduction::mean}).item(), mse_loss(a, b).item());
  const DoubleTensor sides = tensor<double>({-1, 1, 1});
  EXPECT_EQ(margin_loss(a, sides, {.reduction = Reduction::none}).data().to_vector(), (Numbers{2, 0, 0}));
  EXPECT_EQ(margin_loss(a, sides, {.reduction = Reduction::sum}).item(), 2);
  for (const Reduction reduction : {Reduction::none, Reduction::sum}) {
    test::expect_gradients([&](const Variables& v) { return mse_loss(v[0], v[1], {reduction}); },
                           {test::normal({2, 3}, 1), test::normal({2, 3}, 2)});
  }
}

TEST(MseLoss, RefusesToBroadcast) {
  const Variable a(zeros({4, 1}), true);
  EXPECT_EQ(error_text<ShapeError>([&] { mse_loss(a, Variable(zeros(4))); }),
            "mse_loss: shapes differ: (4, 1) and (4)");
}

TEST(MarginLoss, CountsOnlyScoresInsideTheMargin) {
  const DoubleTensor sides = tensor<double>({1, -1, 1, -1});
  test::expect_gradients([&](const Variables& v) { return margin_loss(v[0], sides); },
                         {tensor<double>({0.3, -2, 3, 0.5})});
  const DoubleVariable scores(tensor<double>({0.5, -2, 3, 0}), true);
  const DoubleVariable loss = margin_loss(scores, sides);
  EXPECT_EQ(loss.item(), (0.5 + 0 + 0 + 1) / 4);
  loss.backward();
  EXPECT_EQ(scores.grad().to_vector(), (Numbers{-0.25, 0, 0, 0.25}));
  EXPECT_EQ(error_text<ShapeError>([&] {
              margin_loss(scores, ones<double>({4, 1}));
            }),
            "margin_loss: shapes differ: (4) and (4, 1)");
}

}  // namespace
}  // namespace lt
