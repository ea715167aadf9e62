#pragma once

// Module: a layer, or a network of layers, with parameters. Members keep PyTorch's names, so a state saved
// here loads there, and the other way round.

#include <cstdint>
#include <iosfwd>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <libtensor/autograd/ops.h>
#include <libtensor/tensor/io.h>

namespace lt::inline v0::nn {

class Module;

// What a module is made of, each member under its name, in the order of PyTorch's state_dict.
struct Members {
  std::vector<std::pair<std::string, Variable*>> parameters;
  std::vector<std::pair<std::string, Tensor*>> buffers;
  std::vector<std::pair<std::string, IntTensor*>> counters;
  std::vector<std::pair<std::string, Module*>> children;
};

class Module {
 public:
  virtual ~Module() = default;

  virtual Variable operator()(const Variable& x) = 0;

  // Every parameter of this module and of those inside it; names are joined by dots: "0.weight". One that
  // several modules share (head.weight = emb.weight) stands here once, by its first name.
  std::vector<Variable> parameters();
  std::vector<std::pair<std::string, Variable>> named_parameters();
  int64_t num_parameters();

  // Training or evaluation: dropout and batch normalisation differ. All modules inside follow.
  void train(Flag training = true);
  void eval() { train(false); }
  bool training() const { return training_; }

  void zero_grad();

  // Parameters and buffers by name, a shared one by each of its names; copies, so that training on does not
  // change them.
  NamedTensors state_dict();
  // Takes the numbers of `state` over, in place.
  //   throws: ValueError that lists every missing, unexpected and misshaped name; nothing is then changed
  void load_state_dict(const NamedTensors& state);

  // As PyTorch prints it: "Linear(in_features=3, out_features=2, bias=True)".
  virtual std::string to_string() const = 0;

 protected:
  // Lists what this module is made of, by PyTorch's names. What is not listed is neither trained nor saved;
  // a module without members lists none. What walks over them (parameters, states, modes) throws ValueError
  // for a member without a value, a name that stands twice, and a module that is inside itself.
  virtual void list(Members& members) = 0;

 private:
  friend struct ModuleWalk;
  bool training_ = true;
};

std::ostream& operator<<(std::ostream& out, const Module& module);

}  // namespace lt::inline v0::nn
