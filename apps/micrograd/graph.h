#pragma once

// The picture of an expression: every value a box, every operation an oval, left to right.

#include <string>

#include <libtensor/apps/micrograd/engine.h>

namespace lt::apps::micrograd {

// Graphviz text: boxes "label | data 0.0000 | grad 0.0000", as the values stand now.
std::string to_dot(Value root);

// The DOT text as SVG, drawn by Graphviz's `dot`; empty where that is not installed.
//   throws: std::runtime_error where dot is there and fails
std::string dot_to_svg(const std::string& dot);

}  // namespace lt::apps::micrograd
