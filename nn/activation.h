#pragma once

// Elementwise layers without parameters.

#include <libtensor/nn/module.h>

namespace lt::inline v0::nn {

struct Tanh : Module {
  Variable operator()(const Variable& x) override { return tanh(x); }
  std::string to_string() const override { return "Tanh()"; }
  void list(Members&) override {}
};

struct ReLU : Module {
  Variable operator()(const Variable& x) override { return relu(x); }
  std::string to_string() const override { return "ReLU()"; }
  void list(Members&) override {}
};

struct Sigmoid : Module {
  Variable operator()(const Variable& x) override { return sigmoid(x); }
  std::string to_string() const override { return "Sigmoid()"; }
  void list(Members&) override {}
};

struct GELU : Module {
  explicit GELU(Gelu approximate_form = Gelu::none) : approximate(approximate_form) {}
  Variable operator()(const Variable& x) override { return gelu(x, approximate); }
  std::string to_string() const override {
    return approximate == Gelu::tanh ? "GELU(approximate='tanh')" : "GELU(approximate='none')";
  }
  void list(Members&) override {}

  Gelu approximate;
};

}  // namespace lt::inline v0::nn
