#pragma once

// The code that a report shows: lines of the app's own sources, between two marks.
//
//   // cell: train
//   ...
//   // end

#include <string>
#include <string_view>

namespace lt::apps {

// What the build puts into an app's program, as text: its sources one after another, and its table of
// figures.
struct AppTexts {
  std::string_view sources;
  std::string_view figures;
  std::string_view made_with = "PyTorch";  // what the table's values come from
};
extern const AppTexts kAppTexts;  // defined in a program's own part of the build (apps/CMakeLists.txt)

// The lines between the marks, without the indentation that they share.
//   throws: ValueError where no cell has the name
std::string cell(std::string_view sources, std::string_view name);

}  // namespace lt::apps
