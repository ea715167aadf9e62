#include <libtensor/nn/transformer_block.h>

#include <gtest/gtest.h>

#include <fstream>

#include <libtensor/nn/embedding.h>
#include <libtensor/nn/optimizer.h>
#include <libtensor/tests/expect.h>
#include <libtensor/tests/nn/golden.h>

namespace lt {
namespace {

const test::Json& recorded_block(const std::string& kind) {
  static const test::Json kGolden = [] {
    std::ifstream file(LIBTENSOR_SOURCE_DIR "/tests/golden/attention.json");
    return test::Json::parse(file).at("blocks");
  }();
  return kGolden.at(kind);
}

const nn::TransformerBlockOptions kLecture = {
    .heads = 2, .fused = false, .qkv_bias = false, .activation = nn::BlockActivation::relu};
const nn::TransformerBlockOptions kGpt2 = {.heads = 2};

std::vector<std::string> names_of(nn::Module& module) {
  std::vector<std::string> names;
  for (const auto& [name, parameter] : module.named_parameters()) names.push_back(name);
  return names;
}

// PyTorch 1.13.1: tests/golden/make_attention.py. The seed gives its draws, and dropout its bits.
TEST(TransformerBlock, GivesPyTorchsNumbers) {
  for (auto [kind, options] : {std::pair{"lecture", kLecture}, std::pair{"gpt-2", kGpt2}}) {
    SCOPED_TRACE(kind);
    const test::Json& recorded = recorded_block(kind);
    options.dropout = 0.2;
    Generator generator(42);
    nn::TransformerBlock block(8, options, generator);
    // A product and a sum that PyTorch may fuse.
    test::expect_state(block.state_dict(), recorded.at("state"), 1e-6, 2e-8);
    Generator draws(1), loss(9);
    const Variable x(randn({2, 5, 8}, draws), true);
    block.eval();
    test::expect_near(block(x).data(), test::tensor_of<float>(recorded.at("y")), 1e-5, 1e-6);
    block.train();
    generator.manual_seed(7);
    const Variable y = block(x);
    test::expect_near(y.data(), test::tensor_of<float>(recorded.at("dropped")), 1e-5, 1e-6);
    y.backward(randn(y.shape(), loss));
    test::expect_near(x.grad(), test::tensor_of<float>(recorded.at("dx")), 1e-5, 5e-6);
    for (const auto& [name, parameter] : block.named_parameters()) {
      SCOPED_TRACE(name);
      test::expect_near(parameter.grad(), test::tensor_of<float>(recorded.at("gradients").at(name)), 1e-5,
                        1e-5);
    }
  }
}

TEST(TransformerBlock, HasTheNamesOfItsModel) {
  nn::TransformerBlock lecture(8, kLecture), gpt2(8, kGpt2);
  EXPECT_EQ(names_of(lecture),
            (std::vector<std::string>{
                "sa.heads.0.key.weight", "sa.heads.0.query.weight", "sa.heads.0.value.weight",
                "sa.heads.1.key.weight", "sa.heads.1.query.weight", "sa.heads.1.value.weight",
                "sa.proj.weight", "sa.proj.bias", "ffwd.net.0.weight", "ffwd.net.0.bias", "ffwd.net.2.weight",
                "ffwd.net.2.bias", "ln1.weight", "ln1.bias", "ln2.weight", "ln2.bias"}));
  EXPECT_EQ(names_of(gpt2), (std::vector<std::string>{
                                "ln_1.weight", "ln_1.bias", "attn.c_attn.weight", "attn.c_attn.bias",
                                "attn.c_proj.weight", "attn.c_proj.bias", "ln_2.weight", "ln_2.bias",
                                "mlp.c_fc.weight", "mlp.c_fc.bias", "mlp.c_proj.weight", "mlp.c_proj.bias"}));
  EXPECT_EQ(lecture.to_string(),
            "TransformerBlock(8, heads=2, fused=False, qkv_bias=False, dropout=0.0, activation=relu)");
}

// Each position alone, then some at a time, beside all at once: sums in another order.
TEST(TransformerBlock, GoesOnFromItsCache) {
  for (nn::TransformerBlockOptions options : {kLecture, kGpt2}) {
    options.qkv_bias = true;
    options.activation = nn::BlockActivation::gelu;
    Generator generator(3);
    nn::TransformerBlock block(8, options, generator);
    const Tensor x = randn({2, 7, 8}, generator);
    const Tensor all = block(x).data();
    nn::KeyValueCache cache(7);
    for (const int64_t step : {1, 3}) {
      cache.clear();
      for (int64_t i = 0; i < 7; i += step) {
        const int64_t t = std::min(step, 7 - i);
        const Tensor part = block(x.narrow(1, i, t), cache).data();
        EXPECT_TRUE(allclose(part, all.narrow(1, i, t), 1e-5, 1e-6)) << i;
        EXPECT_EQ(cache.length(), i + t);
      }
    }
    cache.clear();
    EXPECT_FALSE(block(Variable(x, true), cache).requires_grad());
    EXPECT_EQ(error_text<ValueError>([&] { block(x.narrow(1, 0, 1), cache); }),
              "KeyValueCache: 7 + 1 positions, capacity 7");
  }
}

TEST(TransformerBlock, DropsOnlyInTraining) {
  nn::TransformerBlockOptions options = kGpt2;
  options.dropout = 0.5;
  Generator generator(3);
  nn::TransformerBlock block(8, options, generator);
  const Variable x(randn({1, 4, 8}, generator));
  EXPECT_FALSE(equal(block(x), block(x)));
  block.eval();
  EXPECT_TRUE(equal(block(x), block(x)));
}

// head.weight = emb.weight, as GPT-2 has it: one parameter, one step.
struct TiedModel : nn::Module {
  nn::Embedding tokens{5, 8};
  nn::TransformerBlock block{8, kGpt2};
  nn::Linear head{8, 5, {.bias = false}};

  TiedModel() { head.weight = tokens.weight; }
  Variable operator()(const Variable& ids) override { return head(block(tokens(ids))); }
  std::string to_string() const override { return "TiedModel()"; }
  void list(nn::Members& members) override {
    members.children = {{"tokens", &tokens}, {"block", &block}, {"head", &head}};
  }
};

TEST(TransformerBlock, TakesATiedWeightOnce) {
  TiedModel model;
  EXPECT_EQ(model.num_parameters(), 5 * 8 + model.block.num_parameters());
  const Tensor before = model.tokens.weight.data().clone();
  nn::SGD optimizer(model.parameters(), 0.1);
  sum(model(tensor({{0, 1, 2}}))).backward();
  optimizer.step();
  EXPECT_TRUE(allclose(model.head.weight.data(), before - model.tokens.weight.grad() * 0.1));
}

TEST(CausalSelfAttention, RefusesWhatDoesNotFit) {
  const auto made = [](int64_t channels, nn::CausalSelfAttentionOptions options) {
    return error_text<ValueError>([&] { nn::CausalSelfAttention(channels, options); });
  };
  EXPECT_EQ(made(8, {.heads = 3}), "CausalSelfAttention: 8 channels for 3 heads");
  EXPECT_EQ(made(8, {.heads = 0}), "CausalSelfAttention: 8 channels for 0 heads");
  EXPECT_EQ(made(8, {.dropout = 1.5}), "CausalSelfAttention: dropout 1.5 is outside 0..1");
  EXPECT_EQ(error_text<ValueError>([] { nn::KeyValueCache(0); }),
            "KeyValueCache: capacity 0 must be at least 1");
}

}  // namespace
}  // namespace lt
