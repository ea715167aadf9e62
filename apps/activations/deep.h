#pragma once

// The lecture's own layers, as PyTorch has them, and the network of six that it looks into.

#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include <libtensor/apps/activations/activations.h>

namespace lt::apps::activations {

using Buffers = std::vector<std::pair<std::string, Tensor>>;

struct Layer {
  virtual ~Layer() = default;
  virtual Variable operator()(const Variable& x) = 0;
  virtual Parameters parameters() const { return {}; }
  virtual Buffers buffers() const { return {}; }
  virtual std::string name() const = 0;

  bool training = true;
  Variable out;  // what it gave last; somebody holds it, so it keeps its gradient
};

// cell: layers
struct Linear : Layer {
  Linear(int64_t fan_in, int64_t fan_out, Generator& g, bool with_bias = true)
      : weight(randn({fan_in, fan_out}, g) / std::sqrt(static_cast<float>(fan_in)), true) {
    if (with_bias) bias = Variable(zeros(fan_out), true);
  }
  Variable operator()(const Variable& x) override {
    return out = bias.defined() ? matmul(x, weight) + bias : matmul(x, weight);
  }
  Parameters parameters() const override {
    return bias.defined() ? Parameters{{"weight", weight}, {"bias", bias}} : Parameters{{"weight", weight}};
  }
  std::string name() const override { return "Linear"; }

  Variable weight, bias;
};

struct BatchNorm1d : Layer {
  explicit BatchNorm1d(int64_t dim)
      : gamma(ones(dim), true), beta(zeros(dim), true), running_mean(zeros(dim)), running_var(ones(dim)) {}
  Variable operator()(const Variable& x) override {
    if (!training) return out = gamma * (x - running_mean) / sqrt(running_var + eps) + beta;
    const Variable xmean = x.mean(0);      // of the batch
    const Variable xvar = x.var(0, true);  // divided by n - 1
    running_mean *= 1 - momentum;
    running_mean += momentum * xmean.data();
    running_var *= 1 - momentum;
    running_var += momentum * xvar.data();
    return out = gamma * ((x - xmean) / sqrt(xvar + eps)) + beta;
  }
  Parameters parameters() const override { return {{"gamma", gamma}, {"beta", beta}}; }
  Buffers buffers() const override { return {{"running_mean", running_mean}, {"running_var", running_var}}; }
  std::string name() const override { return "BatchNorm1d"; }

  float eps = 1e-5F;
  float momentum = 0.1F;
  Variable gamma, beta;              // trained by gradients
  Tensor running_mean, running_var;  // kept beside, for when there is no batch
};

struct Tanh : Layer {
  Variable operator()(const Variable& x) override { return out = tanh(x); }
  std::string name() const override { return "Tanh"; }
};
// end

struct DeepNet {
  // Draws C, then each Linear. Of the flags: --no-batchnorm, --linear, --gain.
  DeepNet(int64_t vocabulary, const Flags& flags, Generator& g);

  // shapes: x (n, 3) -> (n, vocabulary)
  Variable logits(const IntTensor& x);
  void train(bool training);
  Parameters parameters() const;
  Parameters weights() const;  // those with two axes
  Buffers buffers() const;
  std::string name(size_t layer) const;  // "layer 2 (Tanh)"

  Variable C;
  std::vector<std::unique_ptr<Layer>> layers;
  std::vector<size_t> hidden;  // which of them end the first five groups: the tanhs
};

// A fresh net after its first minibatch, forward and backward.
DeepNet first_pass(const Run& run, const Flags& flags, const Splits& splits);
// What gain, tanh and normalisation do at step 0: a table.
void gains(Run& run, const Flags& flags, const Splits& splits);

struct DeepTrained {
  std::vector<double> losses;
  // log10 of std(rate * gradient) / std(data) of each weight, [weight][step].
  std::vector<std::vector<double>> ratios;
  bool done = false;
};
// Leaves the net with the last step's outputs and gradients. `task` names the checkpoint.
DeepTrained train_deep(Run& run, const TrainingFlags& training, const Splits& splits, DeepNet& net,
                       Generator& g, const std::string& task);

}  // namespace lt::apps::activations
