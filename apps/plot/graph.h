#pragma once

// A graph of values and of the operations between them, from left to right, as a picture and as text.

#include <cstddef>
#include <string>
#include <vector>

namespace lt::plot {

struct Graph {
  struct Node {
    std::vector<std::string> fields;  // a box with these; of an operation its name
    bool is_operation = false;        // an oval
  };
  struct Edge {
    size_t from;
    size_t to;
  };
  std::string title;
  std::vector<Node> nodes;
  std::vector<Edge> edges;
};

// A node stands one column to the left of the first that uses it, and in its column where few edges cross.
// Its fields stand beside each other, in a wide graph one above the other.
//   throws: IndexError for an edge to a node that is not there; ValueError for a circle
std::string svg(const Graph& graph);

// For a terminal, from the last value back: a line for each value, its fields in columns and what makes it
// (unless it is called so: "a*b"), beneath it what it was made of, further in. A value that stands higher up
// already says so.
//   throws: as svg()
std::string text_tree(const Graph& graph);

}  // namespace lt::plot
