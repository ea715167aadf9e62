#include <libtensor/apps/plot/graph_layout.h>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include <libtensor/apps/plot/svg.h>
#include <libtensor/tensor/error.h>

// Sugiyama's drawing in layers (Sugiyama, Tagawa, Toda 1981). Column: the longest way to the end. An edge
// over several columns gets a bend in each that it passes, so that it runs between the boxes. Rows: each
// column is sorted by the mean row of its neighbours, to and fro, and the order with the fewest crossings is
// kept. Then every node goes as near to its neighbours' mean height as the order lets it.

namespace lt::plot {
namespace {

constexpr double kSpace = 14, kGap = 18, kMargin = 8;

std::vector<std::vector<size_t>> users_of(const Graph& graph) {
  std::vector<std::vector<size_t>> users(graph.nodes.size());
  for (const auto& [from, to] : graph.edges) {
    if (std::max(from, to) >= users.size())
      throw IndexError(fmt::format("graph: edge {} -> {} among {} nodes", from, to, users.size()));
    users[from].push_back(to);
  }
  return users;
}

// The nodes so that each comes before those that it is made of.
std::vector<size_t> from_the_end(const Graph& graph, const std::vector<std::vector<size_t>>& users) {
  std::vector<std::vector<size_t>> made_of(users.size());
  for (size_t node = 0; node < users.size(); ++node)
    for (const size_t user : users[node]) made_of[user].push_back(node);
  std::vector<size_t> waiting(users.size()), order;
  for (size_t node = 0; node < users.size(); ++node) {
    waiting[node] = users[node].size();
    if (waiting[node] == 0) order.push_back(node);
  }
  for (size_t at = 0; at < order.size(); ++at)
    for (const size_t node : made_of[order[at]])
      if (--waiting[node] == 0) order.push_back(node);
  if (order.size() < graph.nodes.size()) throw ValueError("graph: edges run in a circle");
  return order;
}

}  // namespace

double field_width(const std::string& field) { return field.empty() ? 0 : 0.96 * text_width(field) + 8; }

namespace {

double width_of(const Graph::Node& node, bool is_stacked) {
  double width = 0, widest = 26;
  for (const std::string& field : node.fields) {
    width += field_width(field);
    widest = std::max(widest, field_width(field));
  }
  return is_stacked ? widest + 6 : std::max(width, widest);
}

// The mean of `value` over the neighbours; its own where it has none.
double mean(const std::vector<size_t>& of, const std::vector<double>& value, double own) {
  if (of.empty()) return own;
  const double sum =
      std::accumulate(of.begin(), of.end(), 0.0, [&](double s, size_t at) { return s + value[at]; });
  return sum / static_cast<double>(of.size());
}

}  // namespace

Layout::Layout(const Graph& graph, bool is_stacked) : graph_(graph), is_stacked_(is_stacked) {
  for (const Graph::Node& node : graph.nodes)
    if (is_stacked) node_height_ = std::max(node_height_, kLine * static_cast<double>(node.fields.size()));
  place_columns();
  add_edges();
  order_rows();
  place_rows();
}

void Layout::place_columns() {
  const auto users = users_of(graph_);
  std::vector<size_t> to_end(users.size());
  size_t deepest = 0;
  for (const size_t node : from_the_end(graph_, users)) {
    for (const size_t user : users[node]) to_end[node] = std::max(to_end[node], to_end[user] + 1);
    deepest = std::max(deepest, to_end[node]);
  }
  columns_.resize(deepest + 1);
  for (size_t node = 0; node < users.size(); ++node) {
    add({.node = node, .column = deepest - to_end[node], .width = width_of(graph_.nodes[node], is_stacked_)});
  }
  double x = kMargin;
  for (const auto& column : columns_) {
    double width = 0;
    for (const size_t at : column) width = std::max(width, places_[at].width);
    for (const size_t at : column) places_[at].x = x + width / 2;
    lefts_.push_back(x);
    widths_.push_back(width);
    x += width + kGap;
  }
  width_ = x - kGap + kMargin;
}

void Layout::add_edges() {
  for (const auto& [from, to] : graph_.edges) {
    size_t last = from;
    for (size_t column = places_[from].column + 1; column < places_[to].column; ++column) {
      add({.node = graph_.nodes.size(),
           .column = column,
           .x = lefts_[column] + widths_[column] / 2,
           .width = widths_[column]});
      join(last, places_.size() - 1);
      last = places_.size() - 1;
    }
    join(last, to);
  }
}

void Layout::add(Place place) {
  columns_[place.column].push_back(places_.size());
  places_.push_back(std::move(place));
}
void Layout::join(size_t from, size_t to) {
  places_[from].after.push_back(to);
  places_[to].before.push_back(from);
}

std::vector<double> Layout::rows() const {
  std::vector<double> rows(places_.size());
  for (const auto& column : columns_)
    for (size_t row = 0; row < column.size(); ++row) rows[column[row]] = static_cast<double>(row);
  return rows;
}

size_t Layout::crossings() const {
  const std::vector<double> row = rows();
  size_t count = 0;
  for (const auto& column : columns_) {
    std::vector<double> ends;  // of the edges so far, from top to bottom
    for (const size_t at : column) {
      const size_t known = ends.size();
      for (const size_t to : places_[at].after) {
        count += static_cast<size_t>(std::count_if(ends.begin(), ends.begin() + static_cast<long>(known),
                                                   [&](double end) { return end > row[to]; }));
        ends.push_back(row[to]);
      }
    }
  }
  return count;
}

void Layout::order_rows() {
  auto best = columns_;
  size_t fewest = crossings();
  for (int sweep = 0; sweep < 12 && fewest > 0; ++sweep) {
    const bool to_left = sweep % 2 == 0;
    for (size_t step = 1; step < columns_.size(); ++step) {
      auto& column = columns_[to_left ? columns_.size() - 1 - step : step];
      const std::vector<double> row = rows();
      std::vector<double> wanted(places_.size());
      for (const size_t at : column)
        wanted[at] = mean(to_left ? places_[at].after : places_[at].before, row, row[at]);
      std::stable_sort(column.begin(), column.end(),
                       [&](size_t a, size_t b) { return wanted[a] < wanted[b]; });
    }
    if (const size_t count = crossings(); count < fewest) fewest = count, best = columns_;
  }
  columns_ = best;
}

double Layout::room(size_t at) const {
  return places_[at].node < graph_.nodes.size() ? node_height_ + kSpace : kSpace;
}

// The heights nearest to the wanted ones that keep the order and the room: what would overlap moves as one
// block to its mean (isotonic regression by pooling neighbours).
void Layout::settle(const std::vector<size_t>& column, const std::vector<double>& wanted) {
  struct Block {
    double sum;
    double count;
  };
  std::vector<Block> blocks;
  std::vector<double> offset(column.size(), 0.0);
  for (size_t i = 1; i < column.size(); ++i)
    offset[i] = offset[i - 1] + (room(column[i - 1]) + room(column[i])) / 2;
  for (size_t i = 0; i < column.size(); ++i) {
    blocks.push_back({wanted[i] - offset[i], 1});
    while (blocks.size() > 1) {
      const Block last = blocks.back(), above = blocks[blocks.size() - 2];
      if (above.sum / above.count <= last.sum / last.count) break;
      blocks.pop_back();
      blocks.back() = {above.sum + last.sum, above.count + last.count};
    }
  }
  size_t i = 0;
  for (const Block& block : blocks)
    for (double n = 0; n < block.count; ++n, ++i) places_[column[i]].y = block.sum / block.count + offset[i];
}

void Layout::place_rows() {
  for (const auto& column : columns_) settle(column, std::vector<double>(column.size(), 0.0));
  for (int sweep = 0; sweep < 24; ++sweep) {
    for (size_t step = 0; step < columns_.size(); ++step) {
      const auto& column = columns_[sweep % 2 == 0 ? columns_.size() - 1 - step : step];
      std::vector<double> y(places_.size()), wanted;
      for (size_t at = 0; at < places_.size(); ++at) y[at] = places_[at].y;
      for (const size_t at : column) {
        std::vector<size_t> beside = places_[at].before;
        beside.insert(beside.end(), places_[at].after.begin(), places_[at].after.end());
        wanted.push_back(mean(beside, y, y[at]));
      }
      settle(column, wanted);
    }
  }
  double low = INFINITY, high = -INFINITY;
  for (const Place& place : places_) low = std::min(low, place.y), high = std::max(high, place.y);
  for (Place& place : places_) place.y += kMargin + node_height_ / 2 - low;
  height_ = (places_.empty() ? 0 : high - low) + node_height_ + 2 * kMargin;
}

}  // namespace lt::plot
