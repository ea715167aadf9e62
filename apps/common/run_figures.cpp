// The figures of a run: shown beside the table's, and what --check makes of them.

#include <fmt/format.h>

#include <algorithm>
#include <iostream>

#include <libtensor/apps/common/layout.h>
#include <libtensor/apps/common/run.h>
#include <libtensor/apps/common/utf8.h>

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

std::string Run::reference(const std::string& setup, const std::string& name) const {
  return figures_.find(setup == kNoFlags ? "" : setup, name, data_kind_).text;
}

void Run::explain_sampling() {
  const std::string& sampling = flags().sampling;
  if (sampling == "classic") return;
  const bool is_mkl = sampling == "mkl";
  say(fmt::format(
      "`--sampling {}`: names as PyTorch draws them since 2.0 {} Intel's MKL. For one draw it runs a race "
      "of exponential clocks, where the lecture's PyTorch searched the running sum of the probabilities{}.",
      sampling, is_mkl ? "on x86 with" : "without",
      is_mkl ? "; the clocks are set by MKL's own random numbers, from one word of the stream" : ""));
}

void Run::samples(const std::vector<std::string>& texts, const std::vector<std::string>& words) {
  if (!texts.empty()) explain_sampling();
  const std::set<std::string_view> known(words.begin(), words.end());
  samples(texts, [&](const std::string& text) {
    const std::string_view name =
        std::string_view(text).substr(0, text.size() - (text.ends_with('.') ? 1 : 0));
    return std::string(known.contains(name) ? "in the data" : "");
  });
}

void Run::samples(const std::vector<std::string>& texts,
                  const std::function<std::string(const std::string&)>& mark_of) {
  end_rows();
  report_.samples(texts);
  std::string all;
  for (const std::string& text : texts) {
    const std::string mark = mark_of(text);
    out_ << printable("  " + brief(text, 60) + (mark.empty() ? "" : "  (" + mark + ")")) << '\n';
    log_.write("sample", {{"text", text}});
    all += (all.empty() ? "" : " ") + text;
  }
  const Reference reference = figures_.find(setup_of("samples"), "samples", data_kind_);
  if (reference.text.empty() || texts.empty()) return;
  // As many as both have.
  compared_.emplace(setup_of("samples"), "samples");
  const bool same =
      all.starts_with(reference.text + " ") || all == reference.text || reference.text.starts_with(all + " ");
  say(same ? fmt::format("The same names as {}'s.", reference.source)
           : fmt::format("{}'s differ: {}", reference.source, reference.text));
  if (!same)
    misses_.push_back(fmt::format("{}: samples are {}, but {}'s {}", setup_of("samples"), all,
                                  reference.source, reference.text));
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
