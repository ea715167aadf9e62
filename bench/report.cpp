// A table is made as cells of text first, so that each column is as wide as what stands in it.

#include <libtensor/bench/report.h>

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <string_view>

namespace lt::bench {
namespace {

using Cells = std::vector<std::string>;

// The order of columns; other peers come after these.
constexpr std::pair<std::string_view, std::string_view> kPeers[] = {{"eigen", "Eigen"},
                                                                    {"onednn", "oneDNN"},
                                                                    {"openblas", "OpenBLAS"},
                                                                    {"torch", "PyTorch"},
                                                                    {"python", "Python"}};

// Three digits that count: from some nanoseconds to some seconds in seven characters.
std::string number(double value) {
  if (!(value > 0)) return "-";
  const int decimals = value >= 100 ? 0 : value >= 10 ? 1 : value >= 0.1 ? 2 : value >= 0.01 ? 3 : 4;
  return fmt::format("{:.{}f}", value, decimals);
}

std::string ratio(double numerator, double denominator) {
  if (!(numerator > 0)) return "-";
  const double value = numerator / denominator;
  return fmt::format("{:.{}f}", value, value >= 100 ? 0 : 2);
}

Cells header(const std::vector<std::string>& peers) {
  Cells line{"work", "thr", "ours"};
  line.insert(line.end(), peers.begin(), peers.end());
  line.insert(line.end(), {"x best", "limit"});
  return line;
}

Cells cells(const Row& row, const std::vector<std::string>& peers) {
  Cells line{"  " + row.work, std::to_string(row.threads), number(row.ours_us)};
  for (const auto& name : peers) {
    const auto is_it = [&name](const auto& peer) { return peer.first == name; };
    const auto found = std::find_if(row.peers.begin(), row.peers.end(), is_it);
    line.push_back(found == row.peers.end() ? "-" : number(found->second));
  }
  line.push_back(ratio(best_peer_us(row), row.ours_us));
  line.push_back(ratio(row.limit_us, row.ours_us));
  return line;
}

std::string aligned(const std::vector<Cells>& lines) {
  std::vector<size_t> widths;
  for (const Cells& line : lines) {
    widths.resize(std::max(widths.size(), line.size()));
    for (size_t i = 0; i < line.size(); ++i) widths[i] = std::max(widths[i], line[i].size());
  }
  std::string text;
  for (const Cells& line : lines) {
    text += line.size() == 1 ? line[0] : fmt::format("{:<{}}", line[0], widths[0]);
    for (size_t i = 1; i < line.size(); ++i) text += fmt::format("  {:>{}}", line[i], widths[i]);
    text += '\n';
  }
  return text;
}

}  // namespace

std::string full_name(const std::string& peer) {
  for (const auto& [name, full] : kPeers) {
    if (name == peer) return std::string(full);
  }
  return peer;
}

std::vector<std::string> peers_of(const std::vector<Row>& rows) {
  std::vector<std::string> found;
  for (const Row& row : rows) {
    for (const auto& peer : row.peers) {
      if (std::find(found.begin(), found.end(), peer.first) == found.end()) found.push_back(peer.first);
    }
  }
  const auto place = [](const std::string& peer) {
    return std::find_if(std::begin(kPeers), std::end(kPeers),
                        [&](const auto& known) { return known.first == peer; });
  };
  std::stable_sort(found.begin(), found.end(),
                   [&](const std::string& a, const std::string& b) { return place(a) < place(b); });
  return found;
}

std::string machines_of(const std::vector<Row>& rows) {
  std::set<std::string> machines;
  for (const Row& row : rows) {
    if (!row.machine.empty()) machines.insert(row.machine);
  }
  return fmt::format("{}", fmt::join(machines, "; "));
}

std::string versions_of(const std::vector<Row>& rows) {
  std::map<std::string, std::set<std::string>> versions;
  for (const Row& row : rows) {
    for (const auto& [peer, version] : row.versions) versions[peer].insert(version);
  }
  std::vector<std::string> texts;
  for (const auto& peer : peers_of(rows)) {
    if (versions.contains(peer)) {
      texts.push_back(fmt::format("{} {}", full_name(peer), fmt::join(versions[peer], " and ")));
    }
  }
  return fmt::format("{}", fmt::join(texts, ", "));
}

std::string table(const std::vector<Row>& rows) {
  const auto peers = peers_of(rows);
  std::vector<Cells> lines{header(peers)};
  std::string bench;
  for (const Row& row : rows) {
    if (row.bench != bench) lines.push_back({row.bench});
    bench = row.bench;
    lines.push_back(cells(row, peers));
  }
  std::string text =
      "Times in microseconds. x best: the fastest peer's time over ours. limit: the fraction reached of what "
      "the\n"
      "processor can do, in arithmetic or in copying, measured beside the work.\n\n" +
      aligned(lines);
  const std::string machines = machines_of(rows), versions = versions_of(rows);
  if (!machines.empty() || !versions.empty()) text += '\n';
  if (!machines.empty()) text += machines + '\n';
  if (!versions.empty()) text += versions + '\n';
  return text;
}

}  // namespace lt::bench
