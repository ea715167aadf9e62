#pragma once

// Writes a graph of values and ops in Graphviz's DOT: a value is a box, an op an oval.

#include <string>
#include <string_view>

#include <libtensor/version.h>

namespace lt::inline v0 {

class DotWriter {
 public:
  // settings: statements for the whole graph
  explicit DotWriter(std::string_view settings);

  // A node. fields: the box's texts, with " | " between two
  void box(std::string_view id, std::string_view fields);
  void oval(std::string_view id, std::string_view label);
  void edge(std::string_view from, std::string_view to);

  std::string text() const { return text_ + "}\n"; }

  // `label` as it stands in a field: what DOT would read as its own is escaped.
  static std::string escaped(std::string_view label);

 private:
  std::string text_;
};

}  // namespace lt::inline v0
