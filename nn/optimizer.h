#pragma once

// Optimisers: they change parameters in place by their gradients, PyTorch's formulas and defaults.

#include <vector>

#include <libtensor/autograd/variable.h>
#include <libtensor/nn/state.h>
#include <libtensor/tensor/optimizer.h>

namespace lt::inline v0::nn {

class Optimizer {
 public:
  // A frozen parameter, which needs no gradient, may be among them: without one it stays as it is.
  //   throws: ValueError where there is no parameter, one is no leaf, is expanded or is listed twice, or the
  //   rate is negative or not finite
  Optimizer(std::vector<Variable> parameters, double learning_rate);
  virtual ~Optimizer() = default;

  // One update. A parameter without a gradient stays as it is.
  virtual void step() = 0;
  void zero_grad();

  // "lr", and what step() remembers, by "<index of the parameter>.<name>": a resumed run goes on at the rate
  // that was saved, as PyTorch's.
  NamedTensors state_dict() const;
  //   throws: ValueError that lists what is missing or misshaped; nothing is then changed
  void load_state_dict(const NamedTensors& state);

  double lr;  // a schedule sets it before each step

 protected:
  // The tensors that step() changes, by name.
  virtual StateEntries entries() const = 0;

  std::vector<Variable> parameters_;
};

// Stochastic gradient descent, with momentum where asked for: sgd_step_.
class SGD : public Optimizer {
 public:
  using Options = SgdOptions;
  //   throws: ValueError for a negative momentum or weight_decay, and for nesterov without a momentum
  SGD(std::vector<Variable> parameters, double learning_rate, Options options = {});
  void step() override;

 private:
  StateEntries entries() const override;

  Options options_;
  std::vector<Tensor> velocity_;  // none without momentum
};

// Adaptive moments: adam_step_.
class Adam : public Optimizer {
 public:
  using Options = AdamOptions;
  //   throws: ValueError unless the betas lie in [0, 1), and eps and weight_decay are not negative
  Adam(std::vector<Variable> parameters, double learning_rate, Options options = {});
  void step() override;

 private:
  StateEntries entries() const override;

  Options options_;
  std::vector<Tensor> exp_avg_;
  std::vector<Tensor> exp_avg_sq_;
  IntTensor steps_;  // shape (parameters): updates of each so far
};

struct AdamWOptions {
  double beta1 = 0.9;
  double beta2 = 0.999;
  double eps = 1e-8;
  double weight_decay = 0.01;
};
// Adam with decoupled decay, PyTorch's defaults.
class AdamW : public Adam {
 public:
  using Options = AdamWOptions;
  AdamW(std::vector<Variable> parameters, double learning_rate, Options o = {})
      : Adam(std::move(parameters), learning_rate, {o.beta1, o.beta2, o.eps, o.weight_decay, true}) {}
};

// Scales all gradients, that of a parameter listed twice once, so that their joint Euclidean norm is at most
// max_norm; returns the norm before.
//   throws: ValueError unless max_norm >= 0, or where the norm is not finite
double clip_grad_norm_(const std::vector<Variable>& parameters, double max_norm);
// Limits every gradient to -limit..limit. throws: ValueError unless limit >= 0
void clip_grad_value_(const std::vector<Variable>& parameters, double limit);

}  // namespace lt::inline v0::nn
