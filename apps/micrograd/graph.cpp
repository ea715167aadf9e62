#include <libtensor/apps/micrograd/graph.h>

#include <fmt/core.h>

#include <cstdlib>
#include <functional>
#include <map>
#include <stdexcept>

#include <libtensor/apps/common/process.h>
#include <libtensor/autograd/dot.h>

// The walk is backward's: down the tape from the root, inputs always further down. An op has no place of its
// own, so its oval is named after the value that it makes.

namespace lt::apps::micrograd {

namespace {

std::string fields(Value v) {
  return fmt::format("{} | data {:.4f} | grad {:.4f}", DotWriter::escaped(v.label()), v.data(), v.grad());
}

std::string op_name(Value v) {
  return v.op()->inputs == 1 && v.right().place() != v.left().place()
             ? fmt::format("{}{:g}", v.op()->name, v.right().data())
             : v.op()->name;
}

// Without the XML prologue, which has no place inside a page. A wide graph shrinks to the page, but to no
// less than 0.55 of its size: then it scrolls.
std::string for_page(const std::string& svg) {
  const std::size_t start = svg.find("<svg"), width = svg.find("width=\"", start);
  if (start == std::string::npos || width == std::string::npos)
    throw std::runtime_error("dot -Tsvg: no picture came back");
  constexpr double kPixelsPerPoint = 4.0 / 3;
  const double pixels = kPixelsPerPoint * std::atof(svg.c_str() + width + 7);
  return fmt::format("<svg style=\"min-width:{:.0f}px\"{}", 0.55 * pixels, svg.substr(start + 4));
}

}  // namespace

std::string to_dot(Value root) {
  DotWriter dot("rankdir=LR ranksep=0.25\n  node [fontsize=11 height=0.3 width=0.4 margin=0.06]");
  std::map<std::uint32_t, Value, std::greater<>> waiting{{root.place(), root}};
  while (!waiting.empty()) {
    const Value v = waiting.extract(waiting.begin()).mapped();
    const std::string box = fmt::format("v{}", v.place());
    dot.box(box, fields(v));
    if (!v.op()) continue;
    const std::string oval = fmt::format("op{}", v.place());
    dot.oval(oval, op_name(v));
    dot.edge(oval, box);
    const Value inputs[] = {v.left(), v.right()};
    for (int i = 0; i < v.op()->inputs; ++i) {
      dot.edge(fmt::format("v{}", inputs[i].place()), oval);
      waiting.emplace(inputs[i].place(), inputs[i]);
    }
  }
  return dot.text();
}

std::string dot_to_svg(const std::string& dot) {
  const auto done = run_program({"dot", "-Tsvg"}, dot);
  if (!done) return "";
  if (done->status != 0) throw std::runtime_error(fmt::format("dot -Tsvg: exit code {}", done->status));
  return for_page(done->output);
}

}  // namespace lt::apps::micrograd
