#include <algorithm>
#include <cmath>

#include <libtensor/apps/microgpt/microgpt.h>

// A GPT on lecture 1's scalars: sums run from left to right, and every number is a node of the tape. A
// position of the default model makes about seven thousand.

namespace lt::apps::microgpt {
namespace {

using Row = std::vector<Value>;
using Matrix = std::vector<Row>;

// The sum of a[i] * b[i].
Value dot(const Value* a, const Value* b, size_t count) {
  Value sum = a[0] * b[0];
  for (size_t i = 1; i < count; ++i) sum += a[i] * b[i];
  return sum;
}

Value sum_of(const Row& x) {
  Value sum = x[0];
  for (size_t i = 1; i < x.size(); ++i) sum += x[i];
  return sum;
}

void add_to(Row& x, const Row& more) {
  for (size_t i = 0; i < x.size(); ++i) x[i] = x[i] + more[i];
}

// cell: linear, softmax, rmsnorm
Row linear(const Row& x, const Matrix& w) {
  Row y;
  for (const Row& row : w) y.push_back(dot(row.data(), x.data(), x.size()));
  return y;
}

Row softmax(const Row& logits) {
  double most = logits[0].data();
  for (const Value v : logits) most = std::max(most, v.data());
  const Value shift = -most;  // a plain number: it changes no probability and takes no gradient
  Row probs;
  for (const Value v : logits) probs.push_back(exp(v + shift));
  const Value inverse = pow(sum_of(probs), -1);
  for (Value& p : probs) p = p * inverse;
  return probs;
}

Row rmsnorm(Row x) {
  const Value mean = dot(x.data(), x.data(), x.size()) * (1 / static_cast<double>(x.size()));
  const Value scale = pow(mean + 1e-5, -0.5);
  for (Value& v : x) v = v * scale;
  return x;
}
// end

class ScalarGpt : public Model {
 public:
  ScalarGpt(const Sizes& s, const Weights& weights) : layers_(static_cast<size_t>(s.layers)) {
    sizes = s;
    auto next = weights.begin();
    for (Matrix* w : {&wte_, &wpe_, &head_}) take(*w, (next++)->second);
    for (Layer& layer : layers_)
      for (Matrix* w : {&layer.wq, &layer.wk, &layer.wv, &layer.wo, &layer.up, &layer.down})
        take(*w, (next++)->second);
    gradients.resize(parameters.size());
  }

  // Of one name, what its positions so far said of themselves. So a position costs the same however many came
  // before, and can only look back.
  struct Past {
    std::vector<std::vector<Row>> keys, values;  // [layer][position]
    std::vector<Numbers> seen;                   // each head's weights, position by position
  };
  Past no_past() const {
    const std::vector<std::vector<Row>> none(layers_.size());
    return {none, none, {}};
  }

  // cell: attention
  Row attend(const Row& x, size_t layer, Past& past) const {
    const auto& [wq, wk, wv, wo, up, down] = layers_[layer];
    auto &keys = past.keys[layer], &values = past.values[layer];
    const Row query = linear(x, wq);
    keys.push_back(linear(x, wk));
    values.push_back(linear(x, wv));
    const auto width = static_cast<size_t>(sizes.embed / sizes.heads);
    Row together;
    for (size_t head = 0; head < x.size(); head += width) {
      Row weights;
      for (const Row& key : keys)
        weights.push_back(dot(&query[head], &key[head], width) * (1 / std::sqrt(static_cast<double>(width))));
      weights = softmax(weights);
      for (size_t j = head; j < head + width; ++j) {
        Value mixed = weights[0] * values[0][j];
        for (size_t t = 1; t < values.size(); ++t) mixed += weights[t] * values[t][j];
        together.push_back(mixed);
      }
      for (past.seen.emplace_back(); const Value w : weights) past.seen.back().push_back(w.data());
    }
    return linear(together, wo);
  }
  // end

  // cell: gpt
  // The logits of what follows `token`, at a position of its name.
  Row logits_after(int64_t token, int64_t position, Past& past) const {
    Row x = wte_[static_cast<size_t>(token)];
    add_to(x, wpe_[static_cast<size_t>(position)]);
    x = rmsnorm(x);
    for (size_t i = 0; i < layers_.size(); ++i) {
      // what do the positions before say?
      add_to(x, attend(rmsnorm(x), i, past));
      // and what to make of it
      Row hidden = linear(rmsnorm(x), layers_[i].up);
      for (Value& v : hidden) v = relu(v);
      add_to(x, linear(hidden, layers_[i].down));
    }
    return linear(x, head_);
  }

  Value loss(const Names& names) const {
    Row losses;
    for (const Ids& ids : names) {
      Past past = no_past();
      for (int64_t t = 0; t < std::min<int64_t>(sizes.block, std::ssize(ids) - 1); ++t) {
        const Row probs = softmax(logits_after(ids[static_cast<size_t>(t)], t, past));
        losses.push_back(-log(probs[static_cast<size_t>(ids[static_cast<size_t>(t) + 1])]));
      }
    }
    return sum_of(losses) * (1 / static_cast<double>(losses.size()));
  }
  // end

  // cell: backward on scalars
  double backward(const Names& names) override {
    const Scope forget;  // at its end, the graph
    const Value mean = loss(names);
    for (const Value p : values_) p.grad() = 0;
    mean.backward();
    for (size_t i = 0; const Value p : values_) gradients[i++] = p.grad();
    return mean.data();
  }
  // end

  Numbers logits(const Ids& ids) override {
    const Scope forget;
    Past past = no_past();
    Numbers last;
    for (const Value v : logits_after_all(ids, past)) last.push_back(v.data());
    return last;
  }

  std::vector<Numbers> attention(const Ids& ids) override {
    const Scope forget;
    Past past = no_past();
    logits_after_all(ids, past);
    return past.seen;
  }

  size_t nodes(const Names& names) override {
    const Scope forget;
    const size_t before = micrograd::Tape::current().size();
    return loss(names).place() + 1 - before;
  }

 private:
  struct Layer {
    Matrix wq, wk, wv, wo, up, down;
  };

  Row logits_after_all(const Ids& ids, Past& past) const {
    Row logits;
    for (int64_t t = 0; const int64_t id : ids) logits = logits_after(id, t++, past);
    return logits;
  }

  void take(Matrix& matrix, const DoubleTensor& numbers) {
    for (const DoubleTensor row : numbers) {
      const Numbers of_row = row.to_vector();
      matrix.emplace_back(of_row.begin(), of_row.end());
      for (const Value v : matrix.back()) values_.push_back(v), parameters.push_back(&v.data());
    }
  }

  Matrix wte_, wpe_, head_;
  std::vector<Layer> layers_;
  Row values_;
};

}  // namespace

Value loss_of(const Model& scalar_gpt, const Names& names) {
  return dynamic_cast<const ScalarGpt&>(scalar_gpt).loss(names);
}

std::unique_ptr<Model> scalar_gpt(const Sizes& sizes, const Weights& weights) {
  return std::make_unique<ScalarGpt>(sizes, weights);
}

}  // namespace lt::apps::microgpt
