#include <libtensor/nn/optimizer.h>

#include <gtest/gtest.h>

#include <cmath>

#include <functional>

#include <libtensor/nn/activation.h>
#include <libtensor/nn/linear.h>
#include <libtensor/tests/expect.h>
#include <libtensor/tests/nn/golden.h>

namespace lt::nn {
namespace {

using Make = std::function<std::unique_ptr<Optimizer>(const std::vector<Variable>&)>;

// The bowls of tests/golden/make_nn.py. The second parameter gets no gradient in the first three steps.
struct Bowls {
  std::vector<Variable> parameters = {Variable(linspace(-1, 1, 6).view({2, 3}), true),
                                      Variable(linspace(2, 3, 4), true)};

  void step(Optimizer& optimizer, int number) const {
    optimizer.zero_grad();
    const Tensor steepness = arange(1, 7).view({2, 3});
    Variable loss = sum(square(parameters[0] - 0.3F) * steepness);
    if (number >= 3) loss = loss + sum(square(parameters[1])) * 0.5F;
    loss.backward();
    optimizer.step();
  }
};

const std::vector<std::pair<std::string, Make>>& optimizers() {
  static const std::vector<std::pair<std::string, Make>> kOptimizers = {
      {"SGD", [](const auto& p) { return std::make_unique<SGD>(p, 0.05); }},
      {"SGD momentum",
       [](const auto& p) { return std::make_unique<SGD>(p, 0.05, SGD::Options{.momentum = 0.9}); }},
      {"SGD nesterov",
       [](const auto& p) {
         return std::make_unique<SGD>(p, 0.05, SGD::Options{.momentum = 0.9, .nesterov = true});
       }},
      {"SGD decay",
       [](const auto& p) { return std::make_unique<SGD>(p, 0.05, SGD::Options{.weight_decay = 0.1}); }},
      {"SGD all",
       [](const auto& p) {
         return std::make_unique<SGD>(p, 0.05, SGD::Options{0.8, 0.1, true});
       }},
      {"Adam", [](const auto& p) { return std::make_unique<Adam>(p, 0.05); }},
      {"Adam decay",
       [](const auto& p) {
         return std::make_unique<Adam>(p, 0.05, Adam::Options{0.8, 0.95, 1e-6, 0.1});
       }},
      {"AdamW", [](const auto& p) { return std::make_unique<AdamW>(p, 0.05); }},
      {"AdamW decay",
       [](const auto& p) { return std::make_unique<AdamW>(p, 0.05, AdamW::Options{.weight_decay = 0.3}); }},
  };
  return kOptimizers;
}

// Ten steps, a few roundings each, of numbers around 1.
TEST(Optimizer, FollowsPyTorchsTrajectories) {
  for (const auto& [name, make] : optimizers()) {
    SCOPED_TRACE(name);
    const Bowls bowls;
    const auto optimizer = make(bowls.parameters);
    int number = 0;
    for (const auto& recorded : test::nn_golden("optim").at(name)) {
      SCOPED_TRACE(number);
      bowls.step(*optimizer, number++);
      for (size_t i = 0; i < 2; ++i) {
        test::expect_near(bowls.parameters[i].data(), test::tensor_of<float>(recorded[i]), 2e-6, 2e-6);
      }
    }
    EXPECT_EQ(number, 10);
  }
}

TEST(Optimizer, GoesOnToTheSameBitsFromItsState) {
  for (const auto& [name, make] : optimizers()) {
    SCOPED_TRACE(name);
    const Bowls straight;
    const auto optimizer = make(straight.parameters);
    for (int i = 0; i < 5; ++i) straight.step(*optimizer, i);
    const Bowls resumed;
    for (size_t i = 0; i < 2; ++i) {
      Tensor numbers = resumed.parameters[i].data();
      numbers.copy_(straight.parameters[i].data());
    }
    const auto other = make(resumed.parameters);
    other->load_state_dict(optimizer->state_dict());
    for (int i = 5; i < 10; ++i) {
      straight.step(*optimizer, i);
      resumed.step(*other, i);
    }
    for (size_t i = 0; i < 2; ++i) {
      EXPECT_TRUE(equal(straight.parameters[i].data(), resumed.parameters[i].data()));
    }
  }
}

TEST(Optimizer, ItsStateHasTheRate) {
  for (const auto& [name, make] : optimizers()) {
    SCOPED_TRACE(name);
    const Bowls bowls;
    const auto saved = make(bowls.parameters), loaded = make(bowls.parameters);
    saved->lr = 0.0123;  // as a schedule set it
    loaded->load_state_dict(saved->state_dict());
    EXPECT_EQ(loaded->lr, 0.0123);
    NamedTensors without = saved->state_dict();
    without.erase("lr");
    loaded->lr = 7;
    EXPECT_TRUE(
        error_text<ValueError>([&] { loaded->load_state_dict(without); }).ends_with("\n  missing: lr"));
    EXPECT_EQ(loaded->lr, 7);
  }
}

TEST(Optimizer, ItsStateIsACopy) {
  const Bowls bowls;
  SGD optimizer(bowls.parameters, 0.1, {.momentum = 0.9});
  bowls.step(optimizer, 0);
  const NamedTensors state = optimizer.state_dict();
  const Tensor before = std::get<Tensor>(state.at("0.momentum_buffer")).clone();
  bowls.step(optimizer, 1);
  EXPECT_TRUE(equal(std::get<Tensor>(state.at("0.momentum_buffer")), before));
}

TEST(Optimizer, ListsAllThatIsWrongWithAStateAndKeepsItsOwn) {
  const Bowls bowls;
  Adam adam(bowls.parameters, 0.1);
  bowls.step(adam, 5);
  NamedTensors state = adam.state_dict();
  const NamedTensors before = adam.state_dict();
  state.erase("step");
  state["0.exp_avg"] = ones({3, 2});
  state.erase("1.exp_avg_sq");
  EXPECT_EQ(error_text<ValueError>([&] { adam.load_state_dict(state); }),
            "load_state_dict: the state does not fit the optimiser:\n  missing: step\n"
            "  shape (3, 2) where (2, 3) is wanted: 0.exp_avg\n  missing: 1.exp_avg_sq");
  test::expect_equal(adam.state_dict(), before);
}

TEST(Optimizer, RefusesParametersAndRatesThatMakeNoSense) {
  const Variable w(ones({2, 3}), true);
  const std::string text = "optimizer: parameter 1 is not a leaf";
  EXPECT_EQ(error_text<ValueError>([&] { SGD({w, w * 2.0F}, 0.1); }), text);
  EXPECT_EQ(error_text<ValueError>([&] { SGD({w, Variable()}, 0.1); }), text);
  EXPECT_EQ(error_text<ValueError>([&] {
              SGD({w, Variable(ones(1).expand(3), true)}, 0.1);
            }),
            "optimizer: parameter 1 is expanded: its elements share numbers");
  EXPECT_EQ(error_text<ValueError>([&] { SGD({w}, std::nan("")); }),
            "optimizer: learning rate nan must be finite and not negative");
  EXPECT_EQ(error_text<ValueError>([&] { Adam({w}, -0.1); }),
            "optimizer: learning rate -0.1 must be finite and not negative");
  EXPECT_EQ(error_text<ValueError>([&] { Adam(Tanh().parameters(), 0.1); }),
            "optimizer: there are no parameters: a Module names its own in list()");
  EXPECT_EQ(error_text<ValueError>([&] { SGD({w}, 0.1, {.momentum = -1}); }),
            "SGD: momentum -1 and weight_decay 0 must not be negative");
  EXPECT_EQ(error_text<ValueError>([&] { SGD({w}, 0.1, {.nesterov = true}); }),
            "SGD: nesterov wants a momentum");
  EXPECT_EQ(error_text<ValueError>([&] { SGD({w}, 0.1, {.momentum = std::nan("")}); }),
            "SGD: momentum nan and weight_decay 0 must not be negative");
  EXPECT_EQ(error_text<ValueError>([&] { Adam({w}, 0.1, {.beta1 = std::nan("")}); }),
            "Adam: betas nan and 0.999 must lie in [0, 1), eps 1e-08 and weight_decay 0 not be negative");
  EXPECT_EQ(error_text<ValueError>([&] { Adam({w}, 0.1, {.beta2 = 1}); }),
            "Adam: betas 0.9 and 1 must lie in [0, 1), eps 1e-08 and weight_decay 0 not be negative");
}

static_assert(!std::is_constructible_v<AdamW, std::vector<Variable>, double, double>, "options have names");

TEST(Optimizer, LeavesAFrozenParameterAsItIs) {
  for (const auto& [name, make] : optimizers()) {
    SCOPED_TRACE(name);
    const Bowls alone, beside;
    const Variable frozen(ones({2, 2}));
    const auto one = make(alone.parameters);
    const auto other = make({frozen, beside.parameters[0], beside.parameters[1]});
    for (int i = 0; i < 5; ++i) {
      alone.step(*one, i);
      beside.step(*other, i);
    }
    EXPECT_TRUE(equal(frozen, ones({2, 2})));
    EXPECT_TRUE(equal(alone.parameters[0], beside.parameters[0]));
  }
}

// As the same numbers in row-major order, of a transposed parameter, a strided one and one of several.
TEST(Optimizer, TakesAParameterOfAnyStrides) {
  const Tensor steepness = arange(1, 13).view({3, 4});
  for (const auto& [name, make] : optimizers()) {
    SCOPED_TRACE(name);
    const Variable dense(linspace(-1, 1, 12).view({3, 4}), true);
    const Variable transposed(dense.data().t().clone().t(), true);
    const Tensor wide = zeros({3, 8});
    wide(Slice(), Slice(None, None, 2)) = dense.data();
    const Variable strided(wide(Slice(), Slice(None, None, 2)), true);
    ASSERT_FALSE(transposed.is_contiguous() || strided.is_contiguous());
    const auto one = make({dense});
    const auto others = make({transposed, strided});
    for (int i = 0; i < 3; ++i) {
      one->zero_grad();
      others->zero_grad();
      const auto bowl = [&](const Variable& x) { return sum(square(x - 0.3) * steepness); };
      bowl(dense).backward();
      (bowl(transposed) + bowl(strided)).backward();
      one->step();
      others->step();
    }
    EXPECT_TRUE(equal(transposed, dense));
    EXPECT_TRUE(equal(strided, dense));
    EXPECT_TRUE(equal(wide(Slice(), Slice(1, None, 2)), zeros({3, 4})));
  }
}

TEST(Optimizer, RefusesAParameterThatIsListedTwice) {
  const Variable v(ones(2), true);
  const Variable w(ones(2), true);
  const std::string text = "optimizer: parameters 1 and 3 are the same";
  EXPECT_EQ(error_text<ValueError>([&] { SGD({v, w, Variable(ones(2), true), w}, 0.1); }), text);
  EXPECT_EQ(error_text<ValueError>([&] { AdamW({v, w, Variable(ones(2), true), w}, 0.1); }), text);
}

TEST(Optimizer, MovesASharedParameterOnce) {
  Linear first(2, 2, {.bias = false});
  Linear second(2, 2, {.bias = false});
  second.weight = first.weight;
  struct Both : Module {
    Both(Linear& a, Linear& b) : first(&a), second(&b) {}
    Variable operator()(const Variable& x) override { return (*second)((*first)(x)); }
    std::string to_string() const override { return "Both()"; }
    void list(Members& members) override { members.children = {{"first", first}, {"second", second}}; }
    Linear* first;
    Linear* second;
  } net(first, second);
  const Tensor before = first.weight.data().clone();
  SGD optimizer(net.parameters(), 0.5);
  first.weight.set_grad(ones({2, 2}));
  optimizer.step();
  EXPECT_TRUE(equal(first.weight.data(), before - 0.5F));
}

}  // namespace
}  // namespace lt::nn
