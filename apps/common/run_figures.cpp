// The figures of a run: shown beside the table's, and what --check makes of them.

#include <fmt/format.h>

#include <algorithm>
#include <iostream>

#include <libtensor/apps/common/layout.h>
#include <libtensor/apps/common/printable.h>
#include <libtensor/apps/common/run.h>

namespace lt::apps {

std::string Run::setup(bool with_steps) const {
  if (part_.empty()) return options_.setup(with_steps);
  if (!options_.setup(false, false).empty()) return "other";
  return sorted_setup(
      fmt::format("{} {}", part_ == kNoFlags ? "" : part_, options_.setup(with_steps, false)));
}

std::string Run::setup_of(const std::string& name) const {
  const std::string whole = setup(true);
  const bool is_known = !figures_.find(whole, name, data_kind_).text.empty();
  return is_trained_ || is_known ? whole : setup(false);
}

void Run::part(const std::string& setup) {
  part_ = setup;
  is_trained_ = false;
}

void Run::result(const std::string& name, double ours) {
  row(name, figures_.compare(setup_of(name), name, ours, data_kind_));
}

void Run::result(const std::string& name, const std::string& ours) {
  row(name, figures_.compare(setup_of(name), name, ours, data_kind_));
}

void Run::take(const std::string& name, const Comparison& comparison) {
  if (!comparison.reference.empty()) compared_.emplace(setup_of(name), name);
  if (comparison.ok) return;
  misses_.push_back(fmt::format("{}: {} is {}, {}: {}", setup_of(name), name, comparison.ours,
                                comparison.mark, comparison.reference));
}

void Run::row(const std::string& name, const Comparison& comparison) {
  take(name, comparison);
  rows_.push_back({name, comparison.ours, comparison.reference, comparison.mark});
  out_ << printable(result_line(name, comparison.ours, comparison.reference, comparison.mark));
}

std::string Run::marked(const std::string& name, double ours) {
  const Comparison comparison = figures_.compare(setup_of(name), name, ours, data_kind_);
  take(name, comparison);
  return show(ours) + (comparison.reference.empty() ? "" : comparison.ok ? " =" : " differs");
}

// A figure of the table that the run did not come to is a miss: a check that cannot fail is none.
void Run::finish_check() {
  const std::string own = options_.setup(true);
  for (const std::string& name : figures_.names(own, data_kind_)) {
    const size_t at = name.find(" at step ");
    if (at != std::string::npos && std::stoll(name.substr(at + 9)) >= most_steps_) continue;
    if (compared_.emplace(own, name).second) misses_.push_back(fmt::format("{}: {}: not shown", own, name));
  }
  const size_t count = compared_.size();
  const bool is_one_of_all =
      &out_ == &silent_;  // the lecture's data may have setups that the embedded have not
  if (count == 0 && is_one_of_all) return;
  if (count == 0) misses_.push_back(fmt::format("no figures are known for '{}' on this data", own));
  for (const std::string& miss : misses_) std::cout << "check: " << miss << '\n';
  std::cout << fmt::format("check: {} of {} figures agree: {} {}\n", count - std::min(count, misses_.size()),
                           count, options_.app(), own);
}

}  // namespace lt::apps
