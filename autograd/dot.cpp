#include <libtensor/autograd/dot.h>

#include <fmt/format.h>

#include <iterator>

namespace lt::inline v0 {

DotWriter::DotWriter(std::string_view settings) : text_(fmt::format("digraph {{\n  {}\n", settings)) {}

void DotWriter::box(std::string_view id, std::string_view fields) {
  fmt::format_to(std::back_inserter(text_), "  {} [shape=record, label=\"{{ {} }}\"];\n", id, fields);
}

void DotWriter::oval(std::string_view id, std::string_view label) {
  fmt::format_to(std::back_inserter(text_), "  {} [label=\"{}\"];\n", id, label);
}

void DotWriter::edge(std::string_view from, std::string_view to) {
  fmt::format_to(std::back_inserter(text_), "  {} -> {};\n", from, to);
}

std::string DotWriter::escaped(std::string_view label) {
  std::string text;
  for (const char c : label) {
    if (std::string_view("{}|<>\\\" ").find(c) != std::string_view::npos) text += '\\';
    text += c;
  }
  return text;
}

}  // namespace lt::inline v0
