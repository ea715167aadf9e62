#pragma once

// The lecture's own layers, and the network that is made of them.

#include <cmath>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <libtensor/apps/common/steps.h>
#include <libtensor/autograd/operators.h>
#include <libtensor/tensor/random.h>

namespace lt::apps::wavenet {

using Buffers = std::vector<std::pair<std::string, Tensor>>;
struct Layer {
  virtual ~Layer() = default;
  virtual Variable operator()(const Variable& x) = 0;
  virtual Parameters parameters() const { return {}; }
  virtual Buffers buffers() const { return {}; }
  virtual std::string name() const = 0;

  bool training = true;
  Shape shape;  // of what it gave last
};

// cell: layers
struct Embedding {
  Embedding(int64_t num, int64_t dim, Generator& g) : weight(randn({num, dim}, g), true) {}
  Variable operator()(const IntTensor& IX) const { return weight[IX]; }
  Variable weight;
};

struct FlattenConsecutive : Layer {
  explicit FlattenConsecutive(int64_t neighbours) : n(neighbours) {}
  Variable operator()(const Variable& x) override {
    const int64_t B = x.size(0), T = x.size(1), C = x.size(2);
    return T == n ? x.view({B, C * n}) : x.view({B, T / n, C * n});
  }
  std::string name() const override { return "FlattenConsecutive"; }
  int64_t n;
};

struct Linear : Layer {
  Linear(int64_t fan_in, int64_t fan_out, Generator& g, bool with_bias)
      : weight(randn({fan_in, fan_out}, g) / std::sqrt(static_cast<float>(fan_in)), true) {
    if (with_bias) bias = Variable(zeros(fan_out), true);
  }
  Variable operator()(const Variable& x) override {
    const Variable y = matmul(x, weight);
    return bias.defined() ? y + bias : y;
  }
  Parameters parameters() const override {
    if (!bias.defined()) return {{"weight", weight}};
    return {{"weight", weight}, {"bias", bias}};
  }
  std::string name() const override { return "Linear"; }

  Variable weight, bias;
};

struct BatchNorm1d : Layer {
  // over: the axes of a mean; {0} alone gives each place in time its own
  BatchNorm1d(int64_t dim, Dims over, const Shape& buffer)
      : axes(over),
        gamma(ones(dim), true),
        beta(zeros(dim), true),
        running_mean(zeros(buffer)),
        running_var(ones(buffer)) {}
  Variable operator()(const Variable& x) override {
    if (!training) return gamma * (x - running_mean) / sqrt(running_var + eps) + beta;
    const Variable xmean = x.mean(axes, true);
    const Variable xvar = x.var(axes, true, true);  // divided by n - 1
    keep(xmean.data(), xvar.data());
    return gamma * ((x - xmean) / sqrt(xvar + eps)) + beta;
  }
  void keep(const Tensor& xmean, const Tensor& xvar) {
    running_mean *= 1 - momentum;
    running_mean += momentum * xmean.view(running_mean.shape());
    running_var *= 1 - momentum;
    running_var += momentum * xvar.view(running_var.shape());
  }
  Parameters parameters() const override { return {{"gamma", gamma}, {"beta", beta}}; }
  Buffers buffers() const override { return {{"running_mean", running_mean}, {"running_var", running_var}}; }
  std::string name() const override { return "BatchNorm1d"; }

  float eps = 1e-5F, momentum = 0.1F;
  Dims axes;
  Variable gamma, beta;
  Tensor running_mean, running_var;
};

struct Tanh : Layer {
  Variable operator()(const Variable& x) override { return tanh(x); }
  std::string name() const override { return "Tanh"; }
};
// end

// The same norm over all axes but the last, in one pass forward and one backward.
struct FusedBatchNorm1d : BatchNorm1d {
  using BatchNorm1d::BatchNorm1d;
  Variable operator()(const Variable& x) override {
    if (!training) return BatchNorm1d::operator()(x);
    BatchStatistics<float> batch;
    Variable y = batch_norm(x, gamma, beta, {.eps = eps, .unbiased = true}, &batch);
    keep(batch.mean, batch.var);
    return y;
  }
};

// cell: dropout
// Sets numbers to 0 at random while training, and scales the others up (Srivastava et al., 2014).
struct Dropout : Layer {
  // Draws from the training's own stream, which must live as long as it trains.
  Dropout(double share, Generator& generator) : p(share), g(&generator) {}
  Variable operator()(const Variable& x) override { return training ? dropout(x, p, *g) : x; }
  std::string name() const override { return "Dropout"; }
  double p;
  Generator* g;
};
// end

struct Sequential {
  // shapes: X (n, block) -> (n, vocabulary)
  Variable operator()(const IntTensor& X);
  void train(bool training);
  Parameters parameters() const;
  Buffers buffers() const;

  std::unique_ptr<Embedding> embedding;
  std::vector<std::unique_ptr<Layer>> layers;
};

struct Sizes {
  int64_t vocabulary = 27;
  int64_t block = 8;
  int64_t embed = 24;
  int64_t hidden = 128;
  bool flat = false;    // all characters joined at once, not two neighbours at a time
  bool bn_bug = false;  // the norms' statistics over the batch alone
  double dropout = 0;   // after each Tanh
};
// Draws the embedding, then each Linear.
Sequential make_network(const Sizes& sizes, Generator& g);

}  // namespace lt::apps::wavenet
