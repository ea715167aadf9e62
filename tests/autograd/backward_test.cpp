#include <gtest/gtest.h>

#include <optional>
#include <thread>

#include <libtensor/autograd/ops.h>
#include <libtensor/autograd/record.h>
#include <libtensor/tests/expect.h>

namespace lt {
namespace {

using Floats = std::vector<float>;

Floats grad_of(const Variable& x) { return x.grad().to_vector(); }

TEST(Backward, SaysWhatIsWrong) {
  const Variable x(ones(2), true);
  const auto text = [](const auto& f) { return error_text<GradError>(f); };
  EXPECT_EQ(text([] { sum(Variable(ones(2))).backward(); }),
            "backward: the leaf of shape () needs no gradient; what it comes from does where it is a "
            "Variable(data, true)");
  EXPECT_EQ(text([] { Variable().backward(); }), "variable: used before it was given a value");
  EXPECT_EQ(error_text<ShapeError>([&] { (x * x).backward(); }),
            "backward: (2) is not a scalar; pass the gradient of each element");
  EXPECT_EQ(error_text<ShapeError>([&] {
              (x * x).backward(ones({2, 1}));
            }),
            "backward: seed (2, 1) for a variable of (2)");
}

TEST(Backward, RefusesToRunThroughAFreedGraph) {
  const Variable x(ones(2), true);
  const Variable hidden = tanh(x);
  const Variable loss = sum(hidden);
  loss.backward();
  EXPECT_EQ(error_text<GradError>([&] { loss.backward(); }),
            "backward: the graph behind sum was freed by an earlier backward; keep it there with keep_graph");
  EXPECT_EQ(
      error_text<GradError>([&] { sum(hidden * 2.0F).backward(); }),
      "backward: the graph behind tanh was freed by an earlier backward; keep it there with keep_graph");
  EXPECT_EQ(grad_of(x).size(), 2U);
}

TEST(Backward, NamesTheOpWhoseSavedValueWasOverwritten) {
  const Variable x(tensor({1, 2}), true);
  const Variable y = exp(x);
  const Variable loss = sum(square(y));
  Tensor numbers = y.data();
  numbers.fill_(0);
  EXPECT_EQ(error_text<GradError>([&] { loss.backward(); }),
            "backward of square: a value saved for backward was changed in place");
  // A view shares the numbers, and so the count of changes.
  const Variable w(ones({2, 2}), true);
  const Variable z = sum(w * w);
  Tensor row = w.data()[0];
  row += 1;
  EXPECT_EQ(error_text<GradError>([&] { z.backward(); }),
            "backward of mul: a value saved for backward was changed in place");
}

TEST(Backward, CanBeRunAgainAfterARuleThrew) {
  const Variable x(tensor({1, 2}), true);
  const Variable y = x * 2.0F;
  const Variable bad = sum(square(y) + y);  // y is held when the square's rule throws
  Tensor numbers = y.data();
  numbers += 0;
  EXPECT_THROW(bad.backward(), GradError);
  EXPECT_FALSE(x.grad().defined());
  sum(y).backward();
  EXPECT_EQ(grad_of(x), (Floats{2, 2}));
}

// The graph lives until its backward is over, whoever lets go of it meanwhile.
TEST(Backward, SurvivesARuleThatDropsTheLoss) {
  for (const bool keep_graph : {false, true}) {
    const int64_t before = live_nodes();
    const Variable x(tensor({3}), true);
    {
      Variable loss;
      const auto rule = [&loss](const Tensor& dy) {
        loss = Variable();
        return dy;
      };
      const Variable y = square(x);
      loss = record("drop", y.data().clone(), {y}, rule);
      loss = sum(loss * loss);
      loss.backward({.keep_graph = keep_graph});
      EXPECT_FALSE(loss.defined());
    }
    EXPECT_EQ(grad_of(x), Floats{4 * 27});  // of x^4
    EXPECT_EQ(live_nodes(), before + 1);
  }
}

constexpr int kLong = 1'000'000;

Variable chain(const Variable& start, int length) {
  Variable x = start;
  for (int i = 0; i < length; ++i) x = x + 1.0F;
  return x;
}

TEST(Tape, RunsAMillionNodesBackwardAndFreesThem) {
  const int64_t before = live_nodes();
  {
    const Variable start(scalar(0), true);
    const Variable end = chain(start, kLong);
    EXPECT_EQ(live_nodes(), before + kLong + 1);
    end.backward();
    EXPECT_EQ(start.grad().item(), 1);
    EXPECT_EQ(live_nodes(), before + 2);
  }
  EXPECT_EQ(live_nodes(), before);
}

TEST(Tape, FreesAMillionNodesThatNeverRan) {
  const int64_t before = live_nodes();
  { const Variable end = chain(Variable(scalar(0), true), kLong); }
  EXPECT_EQ(live_nodes(), before);
  {
    const Variable kept = chain(Variable(scalar(0), true), kLong);
    kept.backward({.keep_graph = true});
  }
  EXPECT_EQ(live_nodes(), before);
}

TEST(Tape, FreesWhatAFailedBackwardHeld) {
  const int64_t before = live_nodes();
  {
    const Variable x(ones(2), true);
    const Variable loss = sum(square(exp(x)));
    loss.backward();
    EXPECT_THROW(loss.backward(), GradError);
  }
  EXPECT_EQ(live_nodes(), before);
}

// What is used by then is held by backward(), what is not by the edges of what is not.
TEST(Tape, FreesWhatABackwardHeldWhoseRuleThrew) {
  const int64_t before = live_nodes();
  {
    const Variable x(ones(2), true);
    Tensor numbers;
    Variable loss;
    {
      const Variable y = exp(x);
      numbers = y.data();
      loss = sum(square(y) + y);
    }
    numbers += 1;
    EXPECT_EQ(error_text<GradError>([&] { loss.backward(); }),
              "backward of square: a value saved for backward was changed in place");
    EXPECT_EQ(live_nodes(), before + 2);
  }
  EXPECT_EQ(live_nodes(), before);
}

// A small network and its data: two layers, tanh, cross-entropy, plain descent.
class Trainer {
 public:
  explicit Trainer(uint64_t seed) : generator_(seed) {
    for (const Shape& shape : std::vector<Shape>{{16, 8}, {16}, {4, 16}, {4}}) {
      parameters_.emplace_back(randn(shape, generator_) * 0.3F, true);
    }
  }
  double evaluate() {
    const Variable hidden = tanh(linear(Variable(x_), parameters_[0], parameters_[1]));
    return static_cast<double>(cross_entropy(linear(hidden, parameters_[2], parameters_[3]), y_).item());
  }
  double step() {
    const Variable hidden = tanh(linear(Variable(x_), parameters_[0], parameters_[1]));
    const Variable loss = cross_entropy(linear(hidden, parameters_[2], parameters_[3]), y_);
    loss.backward();
    for (const Variable& p : parameters_) {
      Tensor numbers = p.data();
      numbers.add_(p.grad(), -0.1F);
      p.zero_grad();
    }
    return static_cast<double>(loss.item());
  }

 private:
  Generator generator_;
  Tensor x_ = randn({8, 8}, generator_);
  IntTensor y_ = randint(0, 4, {8}, generator_);
  std::vector<Variable> parameters_;
};

struct Held {
  int64_t nodes = live_nodes();
  int64_t bytes = memory_stats().bytes_in_use;
  int64_t system = pool_enabled() ? memory_stats().system_allocations : 0;
};

void expect_flat(const Held& before) {
  const Held after;
  EXPECT_EQ(after.nodes, before.nodes);
  EXPECT_EQ(after.bytes, before.bytes);
  EXPECT_EQ(after.system, before.system);
}

TEST(Tape, TenThousandTrainingStepsLeaveMemoryFlat) {
  Trainer trainer(1);
  const double first = trainer.step();
  trainer.step();
  const Held before;
  double last = 0;
  for (int i = 0; i < 10'000; ++i) last = trainer.step();
  expect_flat(before);
  EXPECT_LT(last, first / 10);  // eight examples are learnt by heart
}

TEST(Tape, EvaluatingWithoutNoGradLeavesMemoryFlat) {
  Trainer trainer(1);
  trainer.evaluate();
  const Held before;
  for (int i = 0; i < 1000; ++i) trainer.evaluate();
  expect_flat(before);
}

TEST(TapeThreads, TwoThreadsTrainTwoModelsAsOneWould) {
  const auto train = [](uint64_t seed, std::vector<double>& losses) {
    Trainer trainer(seed);
    for (int i = 0; i < 200; ++i) losses.push_back(trainer.step());
  };
  std::vector<double> alone[2];
  std::vector<double> together[2];
  const int64_t before = live_nodes();
  for (size_t i = 0; i < 2; ++i) train(i, alone[i]);
  std::thread other([&] { train(0, together[0]); });
  train(1, together[1]);
  other.join();
  EXPECT_EQ(together[0], alone[0]);
  EXPECT_EQ(together[1], alone[1]);
  EXPECT_EQ(live_nodes(), before);
}

TEST(TapeThreads, AGraphMayBeHandedToAnotherThread) {
  const int64_t before = live_nodes();
  const Variable x(scalar(2), true);
  Variable y = x * x;
  std::thread([&] { y = y * x; }).join();  // newer than its inputs, whichever thread counts
  y.backward();
  EXPECT_EQ(x.grad().item(), 12);
  EXPECT_EQ(live_nodes(), before + 2);
}

TEST(TapeThreads, AValueMayGoWhileAnotherThreadFreesItsGraph) {
  const int64_t before = live_nodes();
  {
    const Variable x(ones(5000), true);  // large: y's value goes with its handle
    for (int i = 0; i < 200; ++i) {
      std::optional<Variable> y = x * 2;
      std::optional<Variable> z = *y + 1;
      std::thread other([&] { z.reset(); });
      y.reset();
      other.join();
    }
  }
  EXPECT_EQ(live_nodes(), before);
}

}  // namespace
}  // namespace lt
