#pragma once

// --deep: a network of six linear layers, in PyTorch's way of stacking modules, to look inside of.

#include <memory>
#include <string>
#include <vector>

#include <libtensor/apps/activations/stages.h>
#include <libtensor/nn/batch_norm.h>

namespace lt::apps::activations {

struct DeepOptions {
  bool batchnorm = true;
  bool tanh = true;
  double gain = 1;  // of every weight but a last Linear's
};

// The lecture's own: weight (in, out) = randn / sqrt(in) * scale, bias zeros (out) or undefined.
struct Linear : nn::Module {
  Linear(int64_t in, int64_t out, bool with_bias, double scale, Generator& generator);
  Variable operator()(const Variable& x) override;
  std::string to_string() const override;

  Variable weight, bias;

 protected:
  void list(nn::Members& members) override { members.parameters = {{"weight", &weight}, {"bias", &bias}}; }
};

class DeepNet {
 public:
  // Draws C, then each Linear. The last layer starts small: BatchNorm's weight, or without it Linear's, x
  // 0.1.
  DeepNet(const MlpSizes& sizes, const DeepOptions& options, Generator& generator);

  // shapes: x (n, block) -> (n, vocabulary). In training keeps every layer's output, for its gradient.
  Variable logits(const IntTensor& x);
  void train(bool training);
  // The output of hidden layer i = 0..4: of its tanh, or without one of what comes last.
  const Variable& hidden(size_t i) const { return outputs_[hidden_[i]]; }
  std::string hidden_name(size_t i) const;  // "layer 2 (Tanh)"
  size_t hidden_layers() const { return hidden_.size(); }

  std::vector<std::pair<std::string, Variable>> parameters() const;
  std::vector<std::pair<std::string, Variable>> weights() const;  // those with two axes
  std::vector<std::pair<std::string, Tensor>> buffers() const;
  std::string to_string() const;

  MlpSizes sizes;
  DeepOptions options;
  Variable C;
  std::vector<std::unique_ptr<nn::Module>> layers;

 private:
  std::vector<size_t> hidden_;  // indices into layers
  std::vector<Variable> outputs_;
};

// log10 of std(rate * gradient) / std(data) of each weight, over the steps that were looked at.
struct UpdateRatios {
  static constexpr int64_t kSteps = 1001;  // as many as the lecture takes; more would only cost time
  std::vector<double> steps;
  std::vector<std::vector<double>> of_weight;  // [weight][step]
};

struct DeepTrained {
  DeepNet net;
  std::vector<double> losses;
  UpdateRatios ratios;
  bool stopped = false;
};
// Trains from the seed; the net still holds the last step's outputs and gradients.
DeepTrained train_deep(Run& run, const Splits& data, const Settings& settings, const DeepOptions& options);
// In evaluation, back in training mode after it.
SplitLosses deep_losses(DeepNet& net, const Splits& data);
// The whole of --deep: the network, its diagnostics, its losses, its names.
void show_deep(Run& run, const Splits& data, const Settings& settings, const DeepOptions& options);

}  // namespace lt::apps::activations
