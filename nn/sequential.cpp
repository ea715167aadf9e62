#include <libtensor/nn/sequential.h>

#include <fmt/format.h>

namespace lt::inline v0::nn {

Sequential::Sequential(std::initializer_list<Layer> modules) {
  for (const Layer& each : modules) layers.push_back(each.module_);
}

Variable Sequential::operator()(const Variable& x) {
  Variable y = x;
  for (const auto& layer : layers) y = (*layer)(y);
  return y;
}

std::string Sequential::to_string() const {
  if (layers.empty()) return "Sequential()";
  std::string out = "Sequential(\n";
  for (size_t i = 0; i < layers.size(); ++i) {
    out += fmt::format("  ({}): ", i);
    for (const char c : layers[i]->to_string()) out += c == '\n' ? std::string("\n  ") : std::string(1, c);
    out += '\n';
  }
  return out + ")";
}

void Sequential::list(Members& members) {
  for (size_t i = 0; i < layers.size(); ++i)
    members.children.emplace_back(std::to_string(i), layers[i].get());
}

}  // namespace lt::inline v0::nn
