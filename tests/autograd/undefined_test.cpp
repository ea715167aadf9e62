#include <gtest/gtest.h>

#include <functional>

#include <libtensor/autograd/ops.h>
#include <libtensor/tests/expect.h>

// What has no value yet is an error wherever it is read: neither a number nor a crash.

namespace lt {
namespace {

const std::string& rule() {
  static const std::string kRule = "variable: used before it was given a value";
  return kRule;
}

std::vector<std::function<void(const Variable&)>> ops_of_one() {
  return {
      [](const auto& v) { neg(v); },
      [](const auto& v) { tanh(v); },
      [](const auto& v) { gelu(v); },
      [](const auto& v) { pow(v, 2); },
      [](const auto& v) { clamp(v, 0, 1); },
      [](const auto& v) { v + 1; },
      [](const auto& v) { sum(v); },
      [](const auto& v) { mean(v, 0); },
      [](const auto& v) { norm(v); },
      [](const auto& v) { amax(v); },
      [](const auto& v) { max(v, 0); },
      [](const auto& v) { cumsum(v, 0); },
      [](const auto& v) { softmax(v, 0); },
      [](const auto& v) { v.view({1}); },
      [](const auto& v) { v.transpose(0, 1); },
      [](const auto& v) { v.unbind(); },
      [](const auto& v) { v.clone(); },
      [](const auto& v) { flip(v, 0); },
      [](const auto& v) {
        cat<float>({v, v});
      },
      [](const auto& v) { index(v, {tensor<int64_t>({0})}); },
      [](const auto& v) { sort(v); },
      [](const auto& v) { topk(v, 1); },
      [](const auto& v) { linear(v, v); },
      [](const auto& v) { rnn_cell(v, v, v, v); },
      [](const auto& v) {
        gru_cell(v, v, {v, v}, {v, v}, {v, v});
      },
      [](const auto& v) { embedding(v, tensor<int64_t>({0})); },
      [](const auto& v) { cross_entropy(v, tensor<int64_t>({0})); },
      [](const auto& v) { margin_loss(v, ones(1)); },
      [](const auto& v) { batch_norm(v, {}, {}); },
      [](const auto& v) { layer_norm(v, {}, {}); },
      [](const auto& v) { dropout(v, 0.5, default_generator()); },
      [](const auto& v) { scaled_dot_product_attention(v, v, v); },
      [](const auto& v) { multi_head_attention(v, {}); },
      [](const auto& v) { v.backward(); },
      [](const auto& v) { v.backward(ones(1)); },
      [](const auto& v) { v.grad(); },
      [](const auto& v) { v.set_grad(ones(1)); },
      [](const auto& v) { v.zero_grad(); },
      [](const auto& v) { v.detach(); },
      [](const auto& v) { v.item(); },
      [](const auto& v) { (void)v.shape(); },
  };
}

std::vector<std::function<void(const Variable&, const Variable&)>> ops_of_two() {
  return {
      [](const auto& a, const auto& b) { a + b; },
      [](const auto& a, const auto& b) { a / b; },
      [](const auto& a, const auto& b) { pow(a, b); },
      [](const auto& a, const auto& b) { maximum(a, b); },
      [](const auto& a, const auto& b) { where(tensor<bool>({true}), a, b); },
      [](const auto& a, const auto& b) { matmul(a, b); },
      [](const auto& a, const auto& b) { addmm(a, b, b); },
      [](const auto& a, const auto& b) {
        stack<float>({a, b});
      },
      [](const auto& a, const auto& b) { index_add(a, {tensor<int64_t>({0})}, b); },
      [](const auto& a, const auto& b) { linear(a, b); },
      [](const auto& a, const auto& b) { mse_loss(a, b); },
  };
}

TEST(Undefined, AVariableIsAnErrorInEveryOp) {
  const auto ones_of = ops_of_one();
  for (size_t i = 0; i < ones_of.size(); ++i)
    EXPECT_EQ(error_text<GradError>([&] { ones_of[i](Variable()); }), rule()) << i;
  const Variable known(ones(1), true);
  const auto pairs = ops_of_two();
  for (size_t i = 0; i < pairs.size(); ++i) {
    EXPECT_EQ(error_text<GradError>([&] { pairs[i](Variable(), known); }), rule()) << i;
    EXPECT_EQ(error_text<GradError>([&] { pairs[i](known, Variable()); }), rule()) << i;
  }
}

TEST(Undefined, AGradientBeforeBackwardMakesNoVariable) {
  const Variable w(ones(2), true);
  EXPECT_FALSE(w.grad().defined());
  EXPECT_EQ(error_text<GradError>([&] { Variable(w.grad()); }),
            "variable: made of a tensor that has no numbers yet");
}

}  // namespace
}  // namespace lt
