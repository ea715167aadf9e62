// The medians are compared, not the turns one by one: a turn is short, and now and then a stranger has a core
// during one side of it. How far the ratios of single turns lie apart says how much to believe.

#include <libtensor/bench/comparison.h>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace lt::bench {
namespace {

// The value that the fraction `part` of them lies below.
double quantile(std::vector<double> values, double part) {
  std::sort(values.begin(), values.end());
  const double place = part * static_cast<double>(values.size() - 1);
  const auto below = static_cast<size_t>(place);
  const auto above = std::min(below + 1, values.size() - 1);
  return values[below] + (place - static_cast<double>(below)) * (values[above] - values[below]);
}

double median(const std::vector<double>& values) { return quantile(values, 0.5); }
double least(const std::vector<double>& values) { return *std::min_element(values.begin(), values.end()); }

double ratio(const Comparison& work) { return median(work.theirs_us) / median(work.ours_us); }

// Half the distance between the quartiles of the turns' ratios.
double spread(const Comparison& work) {
  std::vector<double> ratios;
  for (size_t turn = 0; turn < std::min(work.ours_us.size(), work.theirs_us.size()); ++turn) {
    ratios.push_back(work.theirs_us[turn] / work.ours_us[turn]);
  }
  return (quantile(ratios, 0.75) - quantile(ratios, 0.25)) / 2;
}

// As many decimals as leave three digits that count.
std::string three_digits(double us) {
  return fmt::format("{:.{}f}", us, us >= 100 ? 0 : us >= 10 ? 1 : us >= 0.1 ? 2 : 4);
}

Comparison& find_or_add(std::vector<Comparison>& works, const Row& row) {
  const auto same = [&row](const Comparison& work) {
    return work.bench == row.bench && work.work == row.work && work.threads == row.threads;
  };
  const auto found = std::find_if(works.begin(), works.end(), same);
  if (found != works.end()) return *found;
  // Behind the last of its bench: turns of other benches may lie between.
  const auto last = std::find_if(works.rbegin(), works.rend(),
                                 [&row](const Comparison& work) { return work.bench == row.bench; });
  return *works.insert(last == works.rend() ? works.end() : last.base(),
                       {row.bench, row.work, row.threads, {}, {}});
}

std::string line(const Comparison& work) {
  const double value = ratio(work);
  return fmt::format("{} {:<31} {:>3}  {:>8}  {:>8}  {:>5.2f}  {:>5.2f}  {:>4.0f} %\n",
                     value < kSlower ? '!' : ' ', work.work, work.threads,
                     three_digits(median(work.theirs_us)), three_digits(median(work.ours_us)), value,
                     least(work.theirs_us) / least(work.ours_us), 100 * spread(work));
}

// Of the ratios' logarithms.
struct Mean {
  double sum = 0;
  int count = 0;

  void add(double ratio) {
    sum += std::log(ratio);
    ++count;
  }
  double value() const { return std::exp(sum / count); }
};

std::string mean_line(const Mean& mean) {
  return fmt::format("  {:<55}  {:>5.2f}\n", "geometric mean", mean.value());
}

std::string one_sided(const std::vector<Comparison>& works) {
  std::string text;
  for (const Comparison& work : works) {
    if (work.in_both()) continue;
    text += fmt::format("only {}: {} {}, {} thread{}\n", work.ours_us.empty() ? "theirs" : "ours", work.bench,
                        work.work, work.threads, work.threads == 1 ? "" : "s");
  }
  return text;
}

}  // namespace

std::vector<Comparison> compare(const std::vector<Row>& ours, const std::vector<Row>& theirs) {
  std::vector<Comparison> works;
  for (const Row& row : ours) find_or_add(works, row).ours_us.push_back(row.ours_us);
  for (const Row& row : theirs) find_or_add(works, row).theirs_us.push_back(row.ours_us);
  return works;
}

std::string comparison_table(const std::vector<Comparison>& works) {
  std::string text = fmt::format("{:<33} {:>3}  {:>8}  {:>8}  {:>5}  {:>5}  {:>6}\n", "work", "thr", "theirs",
                                 "ours", "ratio", "least", "spread");
  Mean all, of_bench;
  int slower = 0;
  std::string bench;
  for (const Comparison& work : works) {
    if (!work.in_both()) continue;
    if (work.bench != bench) {
      if (of_bench.count > 0) text += mean_line(of_bench);
      of_bench = {};
      bench = work.bench;
      text += bench + '\n';
    }
    text += line(work);
    of_bench.add(ratio(work));
    all.add(ratio(work));
    if (ratio(work) < kSlower) ++slower;
  }
  if (all.count == 0) throw std::runtime_error("there is no work that both sides have");
  text += mean_line(of_bench);
  text += fmt::format("\n{} of {} lines below {}, marked !; the geometric mean of all is {:.2f}\n", slower,
                      all.count, kSlower, all.value());
  return text + one_sided(works);
}

std::vector<Row> comparison_rows(const std::vector<Comparison>& works, const std::vector<Row>& measured,
                                 const std::string& theirs) {
  std::vector<Row> rows;
  for (const Comparison& work : works) {
    if (!work.in_both()) continue;
    const auto same = [&work](const Row& row) {
      return row.bench == work.bench && row.work == work.work && row.threads == work.threads;
    };
    Row row = *std::find_if(measured.begin(), measured.end(), same);
    row.ours_us = median(work.ours_us);
    row.peers = {{theirs, median(work.theirs_us)}};
    row.versions.clear();
    rows.push_back(row);
  }
  return rows;
}

}  // namespace lt::bench
