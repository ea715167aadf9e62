#include <libtensor/apps/micrograd/engine.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <optional>
#include <thread>

#include <libtensor/tensor/error.h>

namespace lt::apps::micrograd {
namespace {

using testing::DoubleEq;

TEST(Backward, GivesTheLecturesFirstGradients) {
  const Value a(2), b(-3), c(10), f(-2);
  const Value e = a * b, d = e + c, L = d * f;
  L.backward();
  EXPECT_EQ(L.data(), -8);
  EXPECT_EQ(a.grad(), 6);
  EXPECT_EQ(b.grad(), -4);
  EXPECT_EQ(c.grad(), -2);
  EXPECT_EQ(e.grad(), -2);
  EXPECT_EQ(d.grad(), -2);
  EXPECT_EQ(f.grad(), 4);
  EXPECT_EQ(L.grad(), 1);
}

TEST(Backward, VisitsAValueAfterAllThatWasMadeFromIt) {
  // A pre-order walk passes b's gradient on before all of it has come, and gives 3.
  const Value a(1);
  const Value b = 3 * a, c = 2 * b, L = b + c;
  L.backward();
  EXPECT_EQ(a.grad(), 9);
  const Value a2(1);
  const Value b2 = 3 * a2, c2 = 2 * b2, L2 = c2 + b2;
  L2.backward();
  EXPECT_EQ(a2.grad(), 9);
}

TEST(Backward, CountsBothUsesOfOneInput) {
  const Value a(3);
  (a + a).backward();
  EXPECT_EQ(a.grad(), 2);
  const Value b(3);
  (b * b).backward();
  EXPECT_EQ(b.grad(), 6);
}

TEST(Backward, AddsToTheGradientThatALeafHas) {
  const Value a(3);
  (2 * a).backward();
  (5 * a).backward();
  EXPECT_EQ(a.grad(), 7);
  a.grad() = 0;
  (5 * a).backward();
  EXPECT_EQ(a.grad(), 5);
}

TEST(Backward, RunTwiceDoublesALeafAndNotWhatLiesBetween) {
  const Value a(3);
  const Value b = 2 * a, L = b * b;
  L.backward();
  L.backward();
  EXPECT_EQ(b.grad(), 12);
  EXPECT_EQ(a.grad(), 48);
}

TEST(Backward, LeavesAloneWhatTheRootWasNotMadeFrom) {
  const Value a(3);
  const Value aside = log(a * 0);  // its slope is infinite: touching it would make a's gradient NaN
  const Value L = 2 * a;
  L.backward();
  EXPECT_EQ(a.grad(), 2);
  EXPECT_EQ(aside.grad(), 0);
}

TEST(Backward, OfALeafIsOne) {
  const Value a(3);
  a.backward();
  EXPECT_EQ(a.grad(), 1);
}

TEST(Backward, RunsAChainOfAMillion) {
  const Scope scope;
  const Value x(1);
  Value y = x;
  for (int i = 0; i < 1'000'000; ++i) y = y + x;
  y.backward();
  EXPECT_EQ(y.data(), 1'000'001);
  EXPECT_EQ(x.grad(), 1'000'001);
}

TEST(PassBack, IsOneStepOfBackwardAndNothingForALeaf) {
  const Value a(2), b(-3);
  const Value e = a * b, d = e + a;
  d.grad() = 1;
  d.pass_back();
  EXPECT_EQ(e.grad(), 1);
  EXPECT_EQ(a.grad(), 1);
  EXPECT_EQ(b.grad(), 0);
  e.pass_back();
  a.pass_back();
  EXPECT_EQ(a.grad(), 1 + -3);
  EXPECT_EQ(b.grad(), 2);
}

TEST(Operators, TakePlainNumbersOnEitherSide) {
  const Value a(4);
  EXPECT_EQ((a + 2).data(), 6);
  EXPECT_EQ((2 + a).data(), 6);
  EXPECT_EQ((a - 2).data(), 2);
  EXPECT_EQ((2 - a).data(), -2);
  EXPECT_EQ((a * 2).data(), 8);
  EXPECT_EQ((2 * a).data(), 8);
  EXPECT_EQ((a / 2).data(), 2);
  EXPECT_EQ((2 / a).data(), 0.5);
  EXPECT_EQ((-a).data(), -4);
  (1 / a - 2 * a + a / 2 - (3 - a)).backward();
  EXPECT_THAT(a.grad(), DoubleEq(-1.0 / 16 - 2 + 0.5 + 1));
}

TEST(Operators, AssignByMakingANewValue) {
  const Value a(4);
  Value c = a;
  c += 1;
  c *= a;
  c -= 3;
  c /= 2;
  c.backward();
  EXPECT_EQ(a.data(), 4);
  EXPECT_EQ(c.data(), 8.5);
  EXPECT_EQ(a.grad(), 4.5);  // of (a + 1) a / 2
}

// Each function at a few points, against its derivative written out.
struct Curve {
  const char* name;
  Value (*value)(Value);
  double (*slope)(double);
};
const Curve kCurves[] = {
    {"exp", exp, [](double x) { return std::exp(x); }},
    {"log", log, [](double x) { return 1 / x; }},
    {"tanh", tanh, [](double x) { return 1 / (std::cosh(x) * std::cosh(x)); }},
    {"relu", relu, [](double) { return 1.0; }},
    {"cube", [](Value x) { return pow(x, 3); }, [](double x) { return 3 * x * x; }},
    {"root", [](Value x) { return pow(x, 0.5); }, [](double x) { return 0.5 / std::sqrt(x); }},
    {"inverse", [](Value x) { return pow(x, -1); }, [](double x) { return -1 / (x * x); }},
};

TEST(Functions, HaveTheSlopesOfTheTextbook) {
  for (const Curve& curve : kCurves)
    for (const double at : {0.1, 0.7, 1.0, 2.5}) {
      const Value x(at);
      curve.value(x).backward();
      EXPECT_NEAR(x.grad(), curve.slope(at), 1e-14 * (1 + std::abs(curve.slope(at))))
          << curve.name << " at " << at;
    }
}

TEST(Relu, IsFlatAtAndBelowZero) {
  for (const double at : {0.0, -1.0, -1e300}) {
    const Value x(at);
    const Value y = relu(x);
    y.backward();
    EXPECT_EQ(y.data(), 0);
    EXPECT_EQ(x.grad(), 0);
  }
  EXPECT_TRUE(std::isnan(relu(std::nan("")).data()));
}

TEST(Pow, OfExponentZeroIsFlatEvenAtZero) {
  const Value x(0);
  pow(x, 0).backward();
  EXPECT_EQ(x.grad(), 0);
}

TEST(Tanh, IsTheSameFromItsParts) {
  const Value n(0.8813735870195432), m(0.8813735870195432);
  const Value e = exp(2 * m);
  tanh(n).backward();
  ((e - 1) / (e + 1)).backward();
  EXPECT_NEAR(n.grad(), 0.5, 1e-15);  // one rounding of 1 - tanh^2
  EXPECT_NEAR(m.grad(), 0.5, 1e-15);  // a few roundings of numbers near 1
}

TEST(Record, MakesAnOperationOfYourOwn) {
  static constexpr Op sine{"sin", 1,
                           [](const Node& out, Node& x, Node&) { x.grad += std::cos(x.data) * out.grad; }};
  const Value x(2);
  const Value y = 3 * record(sine, std::sin(x.data()), x);
  y.backward();
  EXPECT_EQ(x.grad(), 3 * std::cos(2.0));
  EXPECT_STREQ(y.inputs()[1].op()->name, "sin");
}

TEST(Value, KnowsItsInputsAndItsLabel) {
  const Value a(2, "a");
  const Value b = (a * 3).label("b");
  EXPECT_EQ(a.op(), nullptr);
  EXPECT_STREQ(b.op()->name, "*");
  EXPECT_TRUE(a.inputs().empty());
  EXPECT_EQ(b.inputs()[0].place(), a.place());
  EXPECT_EQ(b.inputs()[0].label(), "a");
  EXPECT_EQ(b.inputs()[1].data(), 3);
  EXPECT_EQ(b.inputs()[1].label(), "");
  EXPECT_EQ(pow(a, 3).inputs().size(), 1U);
  EXPECT_EQ(pow(a, 3).exponent(), 3);
  EXPECT_EQ(b.label(), "b");
}

TEST(Value, CopiesNameTheSameNumber) {
  const Value a(2);
  const Value b = a;
  b.data() += 1;
  EXPECT_EQ(a.data(), 3);
}

TEST(Scope, GivesBackWhatWasMadeInItAndKeepsTheMemory) {
  const Tape& tape = Tape::current();
  const Value w(0.5);
  std::size_t size = tape.size(), capacity = 0;
  for (int step = 0; step < 5; ++step) {
    const Scope scope;
    Value y = 1;
    for (int i = 0; i < 100'000; ++i) y = y * w + 1;
    y.backward();
    if (step == 0) capacity = tape.capacity();
  }
  EXPECT_EQ(tape.size(), size);
  EXPECT_EQ(tape.capacity(), capacity);
  EXPECT_EQ(w.data(), 0.5);
  EXPECT_NEAR(w.grad(), 5 * 4, 1e-12);  // y = 1 / (1 - w), five times; the rounding of 5e5 sums that converge
}

TEST(Scope, DropsLabelsWithTheirValues) {
  std::optional<Scope> scope(std::in_place);
  Value(1, "gone");
  scope.reset();
  EXPECT_EQ(Value(2).label(), "");
}

TEST(Scope, NestsAndReachesOutward) {
  const Scope outer;
  const Value a(2);
  const Value b = a * a;
  {
    const Scope inner;
    (b * b).backward();
  }
  EXPECT_EQ(a.grad(), 32);
}

TEST(Value, ThatOutlivedItsScopeIsRefused) {
  std::optional<Scope> scope(std::in_place);
  const Value stale(1);
  scope.reset();
  const Value other(2);  // lies where the stale one lay
  const auto text = testing::HasSubstr("micrograd: a value outlived its Scope");
  EXPECT_THAT([&] { stale.data(); }, testing::ThrowsMessage<GradError>(text));
  EXPECT_THAT([&] { stale + other; }, testing::ThrowsMessage<GradError>(text));
  EXPECT_THAT([&] { other* stale; }, testing::ThrowsMessage<GradError>(text));
  EXPECT_THAT([&] { stale.backward(); }, testing::ThrowsMessage<GradError>(text));
  EXPECT_EQ(other.data(), 2);
}

TEST(Value, OfAnotherThreadIsRefused) {
  const Value here(1);
  std::thread([&] { EXPECT_THROW(here.data(), GradError); }).join();
}

TEST(Backward, CarriesInfinityAndNaNAsTheyAre) {
  const Value x(0);
  log(x).backward();
  EXPECT_EQ(x.grad(), std::numeric_limits<double>::infinity());
  const Value y(std::nan(""));
  (y * 2).backward();
  EXPECT_EQ(y.grad(), 2);
}

}  // namespace
}  // namespace lt::apps::micrograd
