#include <libtensor/apps/micrograd/nn.h>

#include <gtest/gtest.h>

#include <array>
#include <numeric>

#include <libtensor/apps/micrograd/micrograd.h>

namespace lt::apps::micrograd {
namespace {

std::vector<int64_t> all_of(const Moons& data) {
  std::vector<int64_t> indices(data.points.size());
  std::iota(indices.begin(), indices.end(), 0);
  return indices;
}

void descend(MLP& model, Value loss, double rate) {
  model.zero_grad();
  loss.backward();
  for (const Value p : model.parameters()) p.data() -= rate * p.grad();
}

TEST(MLP, DrawsEachNeuronsWeightsAndThenItsBias) {
  const Scope scope;
  PythonRandom random(1337), same(1337);
  const MLP model(3, {4, 4, 1}, kLecture, random);
  ASSERT_EQ(model.parameters().size(), 41u);
  for (const Value p : model.parameters()) EXPECT_EQ(p.data(), same.uniform(-1, 1));
}

TEST(MLP, OfTheLibraryStartsItsBiasesAtZeroWithoutADraw) {
  const Scope scope;
  PythonRandom random(1337), same(1337);
  const MLP model(2, {16, 16, 1}, kLibrary, random);
  ASSERT_EQ(model.parameters().size(), 337u);
  EXPECT_EQ(model.parameters()[0].data(), same.uniform(-1, 1));
  EXPECT_EQ(model.parameters()[1].data(), same.uniform(-1, 1));
  EXPECT_EQ(model.parameters()[2].data(), 0);
  EXPECT_EQ(model.parameters()[3].data(), same.uniform(-1, 1));
}

TEST(MLP, OfTheLibraryEndsInALinearNeuron) {
  const Scope scope;
  PythonRandom random(1);
  MLP model(1, {1}, kLibrary, random);
  const double w = model.parameters()[0].data();
  EXPECT_EQ(model(std::array{-3 / w})[0].data(), -3 / w * w);
}

TEST(Four, SaysWhatTheLectureSaysUntrained) {
  const Scope scope;
  PythonRandom random(1337);
  MLP model(3, {4, 4, 1}, kLecture, random);
  const Value output = model(std::array{2.0, 3.0, -1.0})[0];
  EXPECT_NEAR(output.data(), 0.427678112488, 5e-13);  // known to twelve decimals
}

TEST(ZeroGrad, TakesAwayWhatBackwardAddedUp) {
  const Scope scope;
  PythonRandom random(1337);
  MLP model(3, {4, 4, 1}, kLecture, random);
  const Value p = model.parameters()[0];
  const auto backward = [&] { model(std::array{2.0, 3.0, -1.0})[0].backward(); };
  backward();
  const double once = p.grad();
  backward();
  EXPECT_DOUBLE_EQ(p.grad(), 2 * once);
  model.zero_grad();
  backward();
  EXPECT_DOUBLE_EQ(p.grad(), once);
}

TEST(Moons, FollowTheDemoFromHalfToAll) {
  const Scope scope;
  NumpyRandom numpy(1337);
  const Moons data = make_moons(100, 0.1, numpy);
  const std::vector<int64_t> all = all_of(data);
  PythonRandom random(1337);
  MLP model(2, {16, 16, 1}, kLibrary, random);
  std::vector<double> losses, accuracies;
  for (int k = 0; k < 100; ++k) {
    const Scope step;
    const Outcome outcome = margin_loss(model, data, all);
    descend(model, outcome.loss, 1 - 0.9 * k / 100);
    losses.push_back(outcome.loss.data());
    accuracies.push_back(outcome.accuracy);
  }
  EXPECT_NEAR(losses[0], 0.8958441028683222, 1e-12);
  EXPECT_NEAR(losses[1], 1.723590533697, 1e-12);  // these are known to twelve decimals
  EXPECT_NEAR(losses[40], 0.060160098952, 1e-12);
  EXPECT_NEAR(losses[50], 0.098751147656, 1e-12);
  EXPECT_NEAR(losses[99], 0.010978370135, 1e-12);
  EXPECT_EQ(accuracies[0], 0.5);
  EXPECT_EQ(accuracies[1], 0.81);
  EXPECT_EQ(accuracies[40], 1);
  EXPECT_EQ(accuracies[99], 1);
}

TEST(Moons, TakeNoMemoryAfterTheFirstStep) {
  const Scope scope;
  NumpyRandom numpy(1);
  const Moons data = make_moons(200, 0.1, numpy);
  const std::vector<int64_t> all = all_of(data);
  PythonRandom random(1);
  MLP model(2, {16, 16, 1}, kLibrary, random);
  const Tape& tape = Tape::current();
  const std::size_t size = tape.size();
  std::size_t capacity = 0;
  for (int k = 0; k < 4; ++k) {
    {
      const Scope step;
      descend(model, margin_loss(model, data, all).loss, 0.1);
    }
    EXPECT_EQ(tape.size(), size);
    if (k == 0) capacity = tape.capacity();
  }
  EXPECT_EQ(tape.capacity(), capacity);
}

}  // namespace
}  // namespace lt::apps::micrograd
