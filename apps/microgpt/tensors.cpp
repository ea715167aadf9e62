#include <algorithm>
#include <cmath>
#include <limits>

#include <libtensor/apps/microgpt/microgpt.h>
#include <libtensor/autograd/node.h>
#include <libtensor/autograd/ops.h>
#include <libtensor/tensor/ops.h>

// The same GPT on tensors. A name's positions are rows of a matrix, so a mask has to say what the scalars'
// order of work said by itself: nothing looks ahead.

namespace lt::apps::microgpt {
namespace {

DoubleVariable rmsnorm(const DoubleVariable& x) { return x * rsqrt(mean(square(x), {-1}, true) + 1e-5); }

class TensorGpt : public Model {
 public:
  TensorGpt(const Sizes& s, const Weights& weights) {
    sizes = s;
    for (const auto& [name, numbers] : weights) {
      DoubleTensor own = numbers.clone();
      for (double& number : own.mutable_span()) parameters.push_back(&number);
      matrices_.emplace_back(own, true);
    }
  }

  // cell: gpt on tensors
  // shapes: x (names, T, embed); every weight is one matrix product for all positions of all names
  DoubleVariable attend(const DoubleVariable& x, const DoubleVariable* w,
                        std::vector<DoubleTensor>* seen) const {
    const auto heads_of = [&](const DoubleVariable& y) {  // (names, heads, T, width)
      return y.view({x.size(0), x.size(1), sizes.heads, sizes.embed / sizes.heads}).transpose(1, 2);
    };
    const DoubleVariable query = heads_of(linear(x, w[0]));
    const DoubleVariable key = heads_of(linear(x, w[1]));
    const DoubleVariable value = heads_of(linear(x, w[2]));
    const double scale = 1 / std::sqrt(static_cast<double>(query.size(3)));
    const DoubleVariable scores = matmul(query, key.transpose(-2, -1)) * scale;  // (names, heads, T, T)
    const BoolTensor future = triu(ones<double>({x.size(1), x.size(1)}), 1) > 0;
    const DoubleVariable weights =
        softmax(masked_fill(scores, future, -std::numeric_limits<double>::infinity()), -1);
    if (seen != nullptr) seen->push_back(weights.data());
    return linear(matmul(weights, value).transpose(1, 2).reshape(x.shape()), w[3]);
  }

  // shapes: ids (names, T) -> (names, T, vocabulary)
  DoubleVariable all_logits(const IntTensor& ids, std::vector<DoubleTensor>* seen = nullptr) const {
    DoubleVariable x = embedding(matrices_[0], ids) + matrices_[1].narrow(0, 0, ids.size(1));
    x = rmsnorm(x);
    for (size_t at = 3; at < matrices_.size(); at += 6) {
      const DoubleVariable* w = &matrices_[at];  // wq, wk, wv, wo, up, down
      x = x + attend(rmsnorm(x), w, seen);
      x = x + linear(relu(linear(rmsnorm(x), w[4])), w[5]);
    }
    return linear(x, matrices_[2]);
  }

  DoubleVariable loss(const Names& names) const {
    int64_t T = 0;
    for (const Ids& ids : names) T = std::max(T, std::min<int64_t>(sizes.block, std::ssize(ids) - 1));
    std::vector<int64_t> x, y;
    for (const Ids& ids : names) {
      for (size_t t = 0; t < static_cast<size_t>(T); ++t) {
        const bool counts = t + 1 < ids.size();
        x.push_back(counts ? ids[t] : 0);
        y.push_back(counts ? ids[t + 1] : -1);
      }
    }
    const DoubleVariable logits = all_logits(from_vector<int64_t>(x, {std::ssize(names), T}));
    return cross_entropy(logits.view({-1, sizes.vocabulary}), from_vector<int64_t>(y, std::ssize(y)),
                         {.ignore_index = -1});
  }

  double backward(const Names& names) override {
    const DoubleVariable mean = loss(names);
    for (const DoubleVariable& p : matrices_) p.zero_grad();
    mean.backward();
    gradients.clear();
    for (const DoubleVariable& p : matrices_)
      std::ranges::copy(p.grad().to_vector(), std::back_inserter(gradients));
    return mean.item();
  }
  // end

  Numbers logits(const Ids& ids) override {
    const NoGrad no_grad;
    const int64_t T = std::ssize(ids);
    return all_logits(from_vector<int64_t>(ids, {1, T})).data().select(1, T - 1).to_vector();
  }

  std::vector<Numbers> attention(const Ids& ids) override {
    const NoGrad no_grad;
    std::vector<DoubleTensor> layers;
    all_logits(from_vector<int64_t>(ids, {1, std::ssize(ids)}), &layers);
    std::vector<Numbers> seen;
    for (int64_t t = 0; t < std::ssize(ids); ++t) {
      for (const DoubleTensor& weights : layers)
        for (int64_t head = 0; head < sizes.heads; ++head)
          seen.push_back(weights[0][head][t].narrow(0, 0, t + 1).to_vector());
    }
    return seen;
  }

  // Nodes have numbers in the order of their making.
  size_t nodes(const Names& names) override {
    const DoubleVariable before = matrices_[0] * 1.0;
    return loss(names).node()->serial - before.node()->serial;
  }

 private:
  std::vector<DoubleVariable> matrices_;  // in the order of Weights
};

}  // namespace

std::unique_ptr<Model> tensor_gpt(const Sizes& sizes, const Weights& weights) {
  return std::make_unique<TensorGpt>(sizes, weights);
}

}  // namespace lt::apps::microgpt
