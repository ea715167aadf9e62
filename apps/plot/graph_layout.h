#pragma once

// Where the nodes of a graph and the bends of its edges stand.

#include <vector>

#include <libtensor/apps/plot/graph.h>

namespace lt::plot {

// A node, or a bend of an edge: `node` is then past the last.
struct Place {
  size_t node;
  size_t column = 0;
  double x = 0, y = 0, width = 0;
  std::vector<size_t> before = {}, after = {};  // places in the columns beside
};

// Of one field of a box; an empty one takes no room.
double field_width(const std::string& field);

class Layout {
 public:
  // A box's fields stand beside each other, or one above the other.
  //   throws: IndexError, ValueError as svg(Graph)
  explicit Layout(const Graph& graph, bool is_stacked = false);

  // The nodes in their order, then the bends.
  const std::vector<Place>& places() const { return places_; }
  double width() const { return width_; }
  double height() const { return height_; }

  static constexpr double kHeight = 26;  // of a node, in pixels
  static constexpr double kLine = 20;    // of a field, in a stack

 private:
  void place_columns();
  void add_edges();
  void add(Place place);
  void join(size_t from, size_t to);
  std::vector<double> rows() const;
  size_t crossings() const;
  void order_rows();
  double room(size_t at) const;
  void settle(const std::vector<size_t>& column, const std::vector<double>& wanted);
  void place_rows();

  const Graph& graph_;
  bool is_stacked_;
  double node_height_ = kHeight;
  std::vector<Place> places_;
  std::vector<std::vector<size_t>> columns_;  // places from top to bottom
  std::vector<double> lefts_, widths_;        // of the columns
  double width_ = 0, height_ = 0;
};

}  // namespace lt::plot
