#include <libtensor/nn/module.h>

#include <gtest/gtest.h>

#include <libtensor/nn/activation.h>
#include <libtensor/nn/batch_norm.h>
#include <libtensor/nn/conv1d.h>
#include <libtensor/nn/embedding.h>
#include <libtensor/nn/flatten.h>
#include <libtensor/nn/layer_norm.h>
#include <libtensor/nn/linear.h>
#include <libtensor/nn/rnn.h>
#include <libtensor/nn/sequential.h>
#include <libtensor/tests/expect.h>
#include <libtensor/tests/nn/golden.h>
#include <libtensor/tests/scratch.h>

namespace lt::nn {
namespace {

std::string recorded_file() { return LIBTENSOR_SOURCE_DIR "/tests/golden/torch_mlp.safetensors"; }

// Sizes are whole numbers that are no truth values, and what switches is a truth value.
template <typename S>
constexpr bool kSomeSize =
    std::constructible_from<Linear, S, int> || std::constructible_from<Linear, int, S> ||
    std::constructible_from<LayerNorm, S> || std::constructible_from<BatchNorm1d, S> ||
    std::constructible_from<Embedding, S, int> || std::constructible_from<Embedding, int, S> ||
    std::constructible_from<FlattenConsecutive, S> || std::constructible_from<Conv1d, S, int, int> ||
    std::constructible_from<Conv1d, int, int, S> || std::constructible_from<RNNCell, S, int> ||
    std::constructible_from<GRUCell, int, S>;
static_assert(!kSomeSize<double> && !kSomeSize<float> && !kSomeSize<bool>);
template <typename S>
constexpr bool kAllSizes = std::constructible_from<Linear, S, S>&& std::constructible_from<LayerNorm, S>&&
    std::constructible_from<BatchNorm1d, S>&& std::constructible_from<Embedding, S, S>&&
        std::constructible_from<FlattenConsecutive, S>&& std::constructible_from<Conv1d, S, S, S>&&
            std::constructible_from<RNNCell, S, S>&& std::constructible_from<GRUCell, S, S>;
static_assert(kAllSizes<int> && kAllSizes<int64_t> && kAllSizes<size_t>);
template <typename S>
concept Trains = requires(Module& module, S s) {
  module.train(s);
};
static_assert(Trains<bool> && !Trains<int> && !Trains<double>);
static_assert(std::constructible_from<Variable, Tensor, bool> &&
              !std::constructible_from<Variable, Tensor, int>);

// GPT-2's: the head's weight is the table of the embedding, and a layer stands in two places.
struct Tied : Module {
  Tied() { head.weight = emb.weight; }
  Variable operator()(const Variable& ids) override { return head(mid(mid(emb(ids)))); }
  std::string to_string() const override { return "Tied()"; }

  Embedding emb{5, 3};
  Linear mid{3, 3};
  Linear head{3, 5, {.bias = false}};

 protected:
  void list(Members& members) override {
    members.children = {{"emb", &emb}, {"mid", &mid}, {"again", &mid}, {"head", &head}};
  }
};

// It says nothing of its members, not even that there are none.
struct Unlisted : Module {
  Variable operator()(const Variable& x) override { return layer(x); }
  std::string to_string() const override { return "Unlisted()"; }
  Linear layer{2, 1};
};
static_assert(std::is_abstract_v<Unlisted>, "a module without list() does not compile");

// Members of one name, of which a state would hold the last alone; or a pointer to nothing.
struct Misnamed : Tied {
  explicit Misnamed(std::vector<std::pair<std::string, Module*>> list) : children(std::move(list)) {}
  std::vector<std::pair<std::string, Module*>> children;

 protected:
  void list(Members& members) override { members.children = children; }
};

TEST(Module, RefusesMembersThatAStateCannotTellApart) {
  Linear layer(2, 1);
  const auto text_of = [](const std::vector<std::pair<std::string, Module*>>& children) {
    return error_text<ValueError>([&] { Misnamed(children).state_dict(); });
  };
  EXPECT_EQ(text_of({{"fc", &layer}, {"fc", &layer}}), "module: two members are named fc");
  EXPECT_EQ(text_of({{"fc", nullptr}}), "module: member fc is a null pointer");
  EXPECT_EQ(text_of({{"a", &layer}, {"b", &layer}}), "no error");
}

// A module of members as they are given.
struct Given : Module {
  Variable operator()(const Variable& x) override { return x; }
  std::string to_string() const override { return "Given()"; }
  void list(Members& members) override { members = given; }
  Members given;
};

TEST(Module, RefusesToBeInsideItself) {
  Given outer, inner;
  Linear layer(2, 1);
  outer.given.children = {{"layer", &layer}, {"inner", &inner}, {"again", &layer}};
  EXPECT_EQ(outer.parameters().size(), 2);
  inner.given.children = {{"outer", &outer}};
  const std::string text = "module: member inner.outer is a module that it is inside of";
  EXPECT_EQ(error_text<ValueError>([&] { outer.parameters(); }), text);
  EXPECT_EQ(error_text<ValueError>([&] { outer.state_dict(); }), text);
  EXPECT_EQ(error_text<ValueError>([&] { outer.eval(); }), text);
  EXPECT_EQ(error_text<ValueError>([&] { outer.zero_grad(); }), text);
  inner.given.children = {{"self", &inner}};
  EXPECT_EQ(error_text<ValueError>([&] { inner.num_parameters(); }),
            "module: member self is a module that it is inside of");
}

TEST(Module, RefusesAMemberThatWasGivenNoValue) {
  Given module, outer;
  Variable weight;
  Tensor buffer;
  IntTensor counter;
  outer.given.children = {{"inner", &module}};
  const auto text = [](const std::string& name) {
    return "module: member " + name + " was given no value (list what is optional where it is there)";
  };
  module.given.parameters = {{"weight", &weight}};
  EXPECT_EQ(error_text<ValueError>([&] { outer.parameters(); }), text("inner.weight"));
  weight = Variable(ones(2), true);
  EXPECT_EQ(outer.parameters().size(), 1);
  module.given.buffers = {{"buffer", &buffer}};
  EXPECT_EQ(error_text<ValueError>([&] { module.state_dict(); }), text("buffer"));
  module.given.buffers = {};
  module.given.counters = {{"counter", &counter}};
  EXPECT_EQ(error_text<ValueError>([&] { module.state_dict(); }), text("counter"));
}

// The network of tests/golden/make_nn.py.
Sequential network(uint64_t seed = 42) {
  Generator g(seed, Profile::avx2);
  return {Embedding(9, 4, g), Flatten(),      Linear(12, 8, g), BatchNorm1d(8), Tanh(),
          LayerNorm(8),       Linear(8, 5, g)};
}

Variable recorded_ids() {
  std::vector<float> ids;
  for (const auto& row : test::nn_golden("network").at("ids")) {
    for (const auto& id : row) ids.push_back(id.get<float>());
  }
  return Variable(from_vector(ids, {16, 3}));
}

TEST(Module, NamesItsStateAsPyTorchDoes) {
  const auto& recorded = test::nn_golden("network").at("names");
  const NamedTensors state = network().state_dict();
  EXPECT_EQ(state.size(), recorded.size());
  for (const auto& name : recorded) EXPECT_TRUE(state.contains(name.get<std::string>())) << name;
}

TEST(Module, PrintsAsPyTorchDoes) {
  EXPECT_EQ(network().to_string(), test::nn_golden("network").at("print").get<std::string>());
}

TEST(Module, CountsAndNamesParametersInPyTorchsOrder) {
  Sequential net = network();
  EXPECT_EQ(net.num_parameters(), 9 * 4 + 12 * 8 + 8 + 8 + 8 + 8 + 8 + 8 * 5 + 5);
  std::vector<std::string> names;
  for (const auto& [name, parameter] : net.named_parameters()) names.push_back(name);
  EXPECT_EQ(names, (std::vector<std::string>{"0.weight", "2.weight", "2.bias", "3.weight", "3.bias",
                                             "5.weight", "5.bias", "6.weight", "6.bias"}));
  sum(square(net(recorded_ids()))).backward();
  for (const Variable& p : net.parameters()) EXPECT_TRUE(p.grad().defined());
  net.zero_grad();
  for (const Variable& p : net.parameters()) EXPECT_FALSE(p.grad().defined());
}

// Seven layers of float roundings on logits around 1.
TEST(Module, AStateThatPyTorchWroteGivesItsOutputs) {
  Sequential net = network(1);
  net.load_state_dict(load_safetensors(recorded_file()).tensors);
  net.eval();
  test::expect_near(net(recorded_ids()).data(),
                    test::tensor_of<float>(test::nn_golden("network").at("logits")), 5e-6, 5e-6);
}

TEST(Module, AStateSurvivesTheFile) {
  const Scratch scratch;
  Sequential net = network();
  net(recorded_ids());
  save_safetensors(scratch.path("net.safetensors"), net.state_dict());
  Sequential other = network(7);
  other.load_state_dict(load_safetensors(scratch.path("net.safetensors")).tensors);
  test::expect_equal(net.state_dict(), other.state_dict());
  EXPECT_TRUE(equal(net(recorded_ids()).data(), other(recorded_ids()).data()));
}

TEST(Module, AStateIsACopy) {
  Linear layer(2, 1);
  const NamedTensors state = layer.state_dict();
  const Tensor before = std::get<Tensor>(state.at("weight")).clone();
  Tensor weight = layer.weight.data();
  weight += 1;
  EXPECT_TRUE(equal(std::get<Tensor>(state.at("weight")), before));
}

TEST(Module, LoadingKeepsTheParametersThatAnOptimiserHolds) {
  Linear layer(2, 1);
  const std::vector<Variable> held = layer.parameters();
  layer.load_state_dict({{"weight", tensor({{5, 6}})}, {"bias", tensor({7})}});
  EXPECT_EQ(held[0].data().to_vector(), (std::vector<float>{5, 6}));
}

// PyTorch's named_parameters and state_dict of the same module.
TEST(Module, ListsAndCountsASharedParameterOnceAndSavesEachName) {
  Tied net;
  std::vector<std::string> names;
  for (const auto& [name, parameter] : net.named_parameters()) names.push_back(name);
  EXPECT_EQ(names, (std::vector<std::string>{"emb.weight", "mid.weight", "mid.bias"}));
  EXPECT_EQ(net.parameters().size(), 3);
  EXPECT_EQ(net.num_parameters(), 15 + 9 + 3);
  std::vector<std::string> saved;
  for (const auto& [name, value] : net.state_dict()) saved.push_back(name);
  EXPECT_EQ(saved, (std::vector<std::string>{"again.bias", "again.weight", "emb.weight", "head.weight",
                                             "mid.bias", "mid.weight"}));
}

TEST(Module, ASharedParameterStaysSharedWhenItIsLoaded) {
  Tied net;
  Tied other;
  const Scratch scratch;
  save_safetensors(scratch.path("tied.safetensors"), net.state_dict());
  other.load_state_dict(load_safetensors(scratch.path("tied.safetensors")).tensors);
  EXPECT_EQ(other.head.weight.node(), other.emb.weight.node());
  test::expect_equal(net.state_dict(), other.state_dict());
  const Variable ids(tensor({0, 3}));
  sum(other(ids)).backward();
  EXPECT_TRUE(other.emb.weight.grad().defined());
  other.zero_grad();
  EXPECT_FALSE(other.head.weight.grad().defined());
}

TEST(Module, ListsAllThatIsWrongWithAStateAndKeepsItsOwn) {
  Sequential net = network();
  const NamedTensors before = net.state_dict();
  NamedTensors state = network(3).state_dict();
  state.erase("2.bias");
  state.erase("5.weight");
  state["0.weight"] = zeros({9, 5});
  state["6.bias"] = zeros<double>(5);
  state["3.num_batches_tracked"] = zeros({});
  state["7.weight"] = zeros(1);
  EXPECT_EQ(error_text<ValueError>([&] { net.load_state_dict(state); }),
            "load_state_dict: the state does not fit the module:\n"
            "  shape (9, 5) where (9, 4) is wanted: 0.weight\n"
            "  missing: 2.bias\n"
            "  missing: 5.weight\n"
            "  not float32: 6.bias\n"
            "  not int64: 3.num_batches_tracked\n"
            "  unexpected: 7.weight");
  test::expect_equal(net.state_dict(), before);
}

}  // namespace
}  // namespace lt::nn
