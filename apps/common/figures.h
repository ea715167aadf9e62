#pragma once

// The figures that a lecture's notebook and PyTorch show, as a table beside the app (apps/mlp/figures.csv):
//
//   setup,name,notebook,lecture,embedded,tolerance
//   ,parameters,11897,11897,11897,E
//   --overfit 5,loss at step 0,,17.769712,16.214005,F
//
// setup: the flags under which it holds. notebook: what the notebook shows. lecture and embedded:
// PyTorch 1.13.1's values on the lecture's data and on ours. tolerance: how far ours may lie from them: "E"
// exact; "D" 1e-9 relative, all in double; "F" 1e-5 relative, one float32 pass; "T" 1e-4, after training in
// float32; or a distance, where training is chaotic or the stream another. An empty cell: none.

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <libtensor/apps/common/text_data.h>

namespace lt::apps {

// What a figure is compared with. An empty text: nothing is known.
struct Reference {
  std::string text;
  std::string source;  // "notebook", or what the values come from: "PyTorch"
  std::string tolerance;
};

// Ours beside it, written with as many digits: what a line of results shows.
struct Comparison {
  std::string ours;
  std::string reference;
  std::string mark;  // "= notebook", "±0.02 PyTorch", "differs from PyTorch's", or empty
  bool ok = true;
};

class Figures {
 public:
  //   throws: ValueError naming the line of a table that is torn, has a key twice or a tolerance that is none
  explicit Figures(std::string_view csv = {}, std::string_view made_with = "PyTorch");

  // The one to show, and to check against: the notebook's on the lecture's data, where it shows the figure.
  Reference find(const std::string& setup, const std::string& name, DataKind data) const;
  Comparison compare(const std::string& setup, const std::string& name, double ours, DataKind data) const;
  Comparison compare(const std::string& setup, const std::string& name, const std::string& ours,
                     DataKind data) const;

  bool has(const std::string& setup) const;
  // Every setup of the table, in its order, and its names with a reference for such data.
  std::vector<std::string> setups() const;
  std::vector<std::string> names(const std::string& setup, DataKind data) const;

 private:
  struct Row {
    std::string notebook, lecture, embedded, tolerance;
  };
  std::string made_with_;
  std::map<std::pair<std::string, std::string>, Row> rows_;
  std::vector<std::pair<std::string, std::string>> order_;
};

}  // namespace lt::apps
