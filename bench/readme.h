#pragma once

// The README's table of performance: ratios alone, a line for each kind of work.

#include <string>
#include <vector>

#include <libtensor/bench/rows.h>

namespace lt::bench {

// The table in Markdown, and below it where it was measured. A line stands for one row or for several of a
// kind, by their geometric mean; rows of no kind are left out.
//   throws: std::runtime_error if no row is of any kind
std::string readme_table(const std::vector<Row>& rows);

// `text` with `section` between its two markers, "<!-- performance: begin -->" and "<!-- performance: end
// -->".
//   throws: std::runtime_error if they are not there, each once and in this order
std::string with_section(const std::string& text, const std::string& section);

}  // namespace lt::bench
