#pragma once

#include <concepts>
#include <initializer_list>

#include <libtensor/nn/module.h>

namespace lt::inline v0::nn {

// Modules one after the other; their names are 0, 1, 2, ... A copy shares them.
//
//   nn::Sequential net{nn::Linear(2, 8), nn::Tanh(), nn::Linear(8, 1)};
//
// Braces alone: between round brackets C++ may make the last layer first, which would draw its weights first.
struct Sequential : Module {
  class Layer {
   public:
    template <std::derived_from<Module> M>
    Layer(M module) : module_(std::make_shared<M>(std::move(module))) {}  // NOLINT: implicit

   private:
    friend struct Sequential;
    std::shared_ptr<Module> module_;
  };

  Sequential() = default;
  Sequential(std::initializer_list<Layer> modules);
  template <std::derived_from<Module> M>
  void append(M module) {
    layers.push_back(std::make_shared<M>(std::move(module)));
  }
  Variable operator()(const Variable& x) override;
  std::string to_string() const override;

  std::vector<std::shared_ptr<Module>> layers;

 protected:
  void list(Members& members) override;
};

}  // namespace lt::inline v0::nn
