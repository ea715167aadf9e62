#pragma once

#include <libtensor/nn/module.h>

namespace lt::inline v0::nn {

// Modules one after the other; their names are 0, 1, 2, ...
struct Sequential : Module {
  Sequential() = default;
  explicit Sequential(std::vector<std::unique_ptr<Module>> modules) : layers(std::move(modules)) {}
  Variable operator()(const Variable& x) override;
  std::string to_string() const override;

  std::vector<std::unique_ptr<Module>> layers;

 protected:
  void list(Members& members) override;
};

template <typename... Modules>
std::unique_ptr<Sequential> sequential(std::unique_ptr<Modules>... modules) {
  auto net = std::make_unique<Sequential>();
  (net->layers.push_back(std::move(modules)), ...);
  return net;
}

}  // namespace lt::inline v0::nn
