#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <limits>

#include <libtensor/tests/autograd/layouts.h>
#include <libtensor/tests/expect.h>
#include <libtensor/tests/reduce_golden.h>

namespace lt {
namespace {

using Variables = std::vector<DoubleVariable>;

// As the lecture writes it: the weights of all queries beside all keys.
template <Floating T>
BasicVariable<T> written_out(const BasicVariable<T>& q, const BasicVariable<T>& k, const BasicVariable<T>& v,
                             const AttentionOptions& options, Generator& generator) {
  const double d = static_cast<double>(q.size(-1));
  BasicVariable<T> scores =
      matmul(q, k.transpose(-2, -1)) * static_cast<T>(options.scale.value_or(1 / std::sqrt(d)));
  if (options.is_causal) {
    const BasicTensor<T> seen = tril(ones<T>({q.size(-2), k.size(-2)}), options.diagonal);
    scores = masked_fill(scores, seen == T{0}, -std::numeric_limits<T>::infinity());
  }
  BasicVariable<T> weights = softmax(scores, -1);
  if (options.dropout_p > 0) weights = dropout(weights, options.dropout_p, generator);
  return matmul(weights, v);
}

DoubleVariable attend(const Variables& x, const AttentionOptions& options) {
  Generator generator(3);
  return scaled_dot_product_attention(x[0], x[1], x[2], options, generator);
}

std::vector<DoubleTensor> attention_inputs(const Shape& q, const Shape& k, const Shape& v) {
  return {test::normal(q, 1), test::normal(k, 2), test::normal(v, 3)};
}

const std::vector<AttentionOptions>& attention_settings() {
  static const std::vector<AttentionOptions> kSettings = {{},
                                                          {.is_causal = true},
                                                          {.is_causal = true, .scale = -0.3},
                                                          {.dropout_p = 0.4},
                                                          {.dropout_p = 0.4, .is_causal = true},
                                                          {.dropout_p = 1},
                                                          {.is_causal = true, .diagonal = 2}};
  return kSettings;
}

TEST(Attention, HasTheRightGradientsInAllItsSettings) {
  for (const AttentionOptions& options : attention_settings()) {
    const auto f = [&](const Variables& x) { return attend(x, options); };
    test::expect_gradients_in_layouts(f, attention_inputs({2, 3, 4}, {2, 5, 4}, {2, 5, 2}));
    test::expect_gradients(f, attention_inputs({6, 3}, {6, 3}, {6, 3}));
  }
}

// Strips of queries, vectors and their ends, few queries and one key: sums in another order.
TEST(Attention, EqualsItsPlainComposition) {
  for (const AttentionOptions& options : attention_settings()) {
    for (const auto& [queries, keys] : std::vector<std::pair<int64_t, int64_t>>{
             {1, 1}, {1, 70}, {3, 9}, {4, 4}, {5, 5}, {33, 33}, {70, 70}, {40, 130}, {20, 2100}}) {
      SCOPED_TRACE(std::to_string(queries) + " queries, " + std::to_string(keys) + " keys");
      test::expect_same([&](const Variables& x) { return attend(x, options); },
                        [&](const Variables& x) {
                          Generator generator(3);
                          return written_out(x[0], x[1], x[2], options, generator);
                        },
                        attention_inputs({2, queries, 19}, {2, keys, 19}, {2, keys, 7}), 1e-11);
    }
  }
}

TEST(Attention, BroadcastsTheLeadingAxes) {
  test::expect_same([](const Variables& x) { return attend(x, {}); },
                    [](const Variables& x) {
                      Generator generator(3);
                      return written_out(x[0], x[1], x[2], {}, generator);
                    },
                    attention_inputs({2, 1, 3, 4}, {5, 6, 4}, {1, 1, 6, 4}));
}

// PyTorch 1.13.1: tests/golden/make_attention.py.
TEST(Attention, GivesPyTorchsNumbers) {
  std::ifstream file(LIBTENSOR_SOURCE_DIR "/tests/golden/attention.json");
  const test::Json golden = test::Json::parse(file);
  const std::vector<std::pair<std::string, AttentionOptions>> cases = {
      {"plain", {}},
      {"causal", {.is_causal = true}},
      {"causal, more keys", {.is_causal = true}},
      {"scaled", {.scale = 0.5}},
      {"dropout", {.dropout_p = 0.2, .is_causal = true}},
      {"40 of 17", {.is_causal = true}}};
  for (const auto& [name, options] : cases) {
    SCOPED_TRACE(name);
    const test::Json& recorded = golden.at(name);
    std::vector<Variable> x;
    for (const char* part : {"dq", "dk", "dv"}) {
      Generator generator(x.size() + 1);
      x.emplace_back(randn(test::dims_of(recorded.at(part).at("shape")), generator), true);
    }
    Generator generator(7);
    const Variable y = scaled_dot_product_attention(x[0], x[1], x[2], options, generator);
    Generator loss(9);
    y.backward(randn(y.shape(), loss));
    test::expect_near(y.data(), test::tensor_of<float>(recorded.at("y")), 1e-5, 1e-6);
    test::expect_near(x[0].grad(), test::tensor_of<float>(recorded.at("dq")), 1e-5, 2e-6);
    test::expect_near(x[1].grad(), test::tensor_of<float>(recorded.at("dk")), 1e-5, 2e-6);
    test::expect_near(x[2].grad(), test::tensor_of<float>(recorded.at("dv")), 1e-5, 2e-6);
  }
}

// Of qkv (batch, t, 3 c), the heads as one tensor (batch or heads first) each, by views.
DoubleVariable by_views(const DoubleVariable& qkv, const MultiHeadOptions& options, Generator& generator) {
  const int64_t batch = qkv.size(0), t = qkv.size(1), c = qkv.size(2) / 3;
  const Dims order = options.heads_first ? Dims{2, 0, 1, 3} : Dims{0, 2, 1, 3};
  std::vector<DoubleVariable> parts;
  for (const DoubleVariable& third : qkv.split(c, -1)) {
    parts.push_back(third.reshape({batch, t, options.heads, c / options.heads}).permute(order));
  }
  const DoubleVariable y =
      scaled_dot_product_attention(parts[0], parts[1], parts[2], options.attention, generator);
  return y.permute(options.heads_first ? Dims{1, 2, 0, 3} : Dims{0, 2, 1, 3}).reshape({batch, t, c});
}

TEST(MultiHeadAttention, EqualsThatOfTheHeadsViews) {
  for (const bool heads_first : {false, true}) {
    const MultiHeadOptions options{
        .heads = 3, .heads_first = heads_first, .attention = {.dropout_p = 0.3, .is_causal = true}};
    const auto fused = [&](const Variables& x) {
      Generator generator(5);
      return multi_head_attention(x[0], options, generator);
    };
    test::expect_same(
        fused,
        [&](const Variables& x) {
          Generator generator(5);
          return by_views(x[0], options, generator);
        },
        {test::normal({2, 5, 36})}, 1e-14);
    test::expect_gradients_in_layouts(fused, {test::normal({2, 3, 9})});
  }
}

TEST(Attention, OfNothingIsNothing) {
  const auto shape_of = [](const Shape& q, const Shape& k) {
    const Variable x(ones(q), true), y(ones(k), true);
    const Variable out = scaled_dot_product_attention(x, y, y);
    sum(out).backward();
    EXPECT_EQ(x.grad().shape(), q);
    EXPECT_TRUE(all(out.data() == 0.0F).item());
    return out.shape();
  };
  EXPECT_EQ(shape_of({0, 3, 4}, {0, 5, 4}), (Shape{0, 3, 4}));
  EXPECT_EQ(shape_of({2, 0, 4}, {2, 5, 4}), (Shape{2, 0, 4}));
  EXPECT_EQ(shape_of({2, 3, 4}, {2, 0, 4}), (Shape{2, 3, 4}));
}

TEST(Attention, RefusesWhatDoesNotFit) {
  const auto attend_text = [](const Shape& q, const Shape& k, const Shape& v) {
    return error_text<ShapeError>(
        [&] { scaled_dot_product_attention(Variable(ones(q)), Variable(ones(k)), Variable(ones(v))); });
  };
  const std::string wanted = " do not fit; (..., L, d), (..., S, d) and (..., S, d_v) are wanted";
  EXPECT_EQ(attend_text({2, 3}, {5, 4}, {5, 4}),
            "scaled_dot_product_attention: q (2, 3), k (5, 4) and v (5, 4)" + wanted);
  EXPECT_EQ(attend_text({2, 4}, {5, 4}, {6, 4}),
            "scaled_dot_product_attention: q (2, 4), k (5, 4) and v (6, 4)" + wanted);
  EXPECT_EQ(attend_text(4, {5, 4}, {5, 4}),
            "scaled_dot_product_attention: q (4), k (5, 4) and v (5, 4)" + wanted);
  const Tensor x = ones({2, 4});
  EXPECT_EQ(error_text<ValueError>([&] { scaled_dot_product_attention(x, x, x, {.dropout_p = 1.5}); }),
            "scaled_dot_product_attention: dropout_p 1.5 is not in [0, 1]");
  EXPECT_EQ(error_text<ValueError>([&] { scaled_dot_product_attention(x, x, x, {.diagonal = -1}); }),
            "scaled_dot_product_attention: diagonal -1 is negative");
  EXPECT_EQ(error_text<ShapeError>([&] {
              multi_head_attention(ones({2, 5, 10}), {.heads = 2});
            }),
            "multi_head_attention: (2, 5, 10) is not (batch, t, 3 * 2 heads * d)");
}

using AttentionThreads = test::Threads;

TEST_F(AttentionThreads, DoNotChangeABit) {
  const auto run = [](int threads) {
    set_num_threads(threads);
    Generator generator(1);
    const Variable qkv(randn({4, 65, 3 * 64}, generator), true);
    const Variable y = multi_head_attention(
        qkv, {.heads = 4, .attention = {.dropout_p = 0.2, .is_causal = true}}, generator);
    y.backward(randn(y.shape(), generator));
    return cat({y.data().flatten(), qkv.grad().flatten()});
  };
  const Tensor one = run(1);
  for (const int threads : {2, 5}) EXPECT_TRUE(equal(run(threads), one));
}

}  // namespace
}  // namespace lt
