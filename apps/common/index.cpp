#include <libtensor/apps/common/index.h>

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include <libtensor/apps/common/layout.h>
#include <libtensor/apps/common/report.h>
#include <libtensor/apps/plot/svg.h>
#include <libtensor/tensor/file.h>

// A log is read line by line; a run begins with its "config". A model's loss is that on names that it was not
// trained on where the run measured it ("split" of "val"), else the mean over those that made it ("nll", or
// the last step of a training on all of them). Runs on a part of the names, or on other characters, are not
// compared.

namespace lt::apps {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

struct Score {
  double loss;
  std::string on;
};

struct RunLog {
  json config, data, last_step, done;
  std::vector<std::pair<std::string, double>> losses;  // of the splits and counts, as named there
  std::map<std::string, Score> scores;                 // by model
};

double number_in(const json& event, const char* name) {
  const auto found = event.find(name);
  return found != event.end() && found->is_number() ? found->get<double>() : std::nan("");
}

std::string text_in(const json& event, const char* name) {
  const auto found = event.find(name);
  if (found == event.end() || found->is_null()) return "";
  return found->is_string() ? found->get<std::string>() : found->dump();
}

void score(RunLog& run, const std::string& stage, double loss, const std::string& on) {
  if (!std::isfinite(loss)) return;
  const std::string order = text_in(run.config, "order"), app = text_in(run.config, "app");
  const std::string name = app + (order == "3" ? ", trigrams" : "") + (stage.empty() ? "" : ", " + stage);
  const auto known = run.scores.find(name);
  if (known == run.scores.end() || loss < known->second.loss) run.scores[name] = {loss, on};
}

void read_event(RunLog& run, const json& event) {
  const std::string kind = text_in(event, "event"), stage = text_in(event, "stage");
  if (kind == "data") run.data = event;
  if (kind == "done") run.done = event;
  if (kind == "step") run.last_step = event;
  if (kind == "nll") {
    run.losses.emplace_back("mean nll", number_in(event, "mean"));
    score(run, stage, number_in(event, "mean"), "the names that made it");
  }
  if (kind == "split") {
    const std::string name = text_in(event, "name");
    run.losses.emplace_back((stage.empty() ? "" : stage + ", ") + name, number_in(event, "loss"));
    if (name == "val") score(run, stage, number_in(event, "loss"), "names kept for tuning (dev)");
    // makemore has no third split.
    if (name == "test" && text_in(run.config, "app") == "makemore")
      score(run, stage, number_in(event, "loss"), "names kept for testing");
  }
}

std::vector<RunLog> read_log(const fs::path& path) {
  std::vector<RunLog> runs;
  std::error_code error;
  if (!fs::is_regular_file(path, error)) return runs;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    const json event = json::parse(line, nullptr, false);
    if (!event.is_object()) continue;
    if (text_in(event, "event") == "config") runs.emplace_back().config = event;
    if (!runs.empty()) read_event(runs.back(), event);
  }
  for (RunLog& run : runs) {
    const bool is_whole = text_in(run.config, "batch") == "0";
    if (run.scores.empty() && is_whole)
      score(run, "", number_in(run.last_step, "loss"), "the names that made it");
  }
  return runs;
}

struct Entry {
  std::string place;  // "mlp/find-lr"
  std::string date;
  std::vector<RunLog> runs;
};

std::string date_of(const fs::path& file) {
  std::error_code error;
  const auto time = fs::last_write_time(file, error);
  if (error) return "";
  return date_text(std::chrono::floor<std::chrono::seconds>(std::chrono::file_clock::to_sys(time)));
}

std::vector<Entry> find_reports(const fs::path& folder) {
  std::vector<Entry> entries;
  std::error_code error;
  auto it = fs::recursive_directory_iterator(folder, fs::directory_options::skip_permission_denied, error);
  for (; !error && it != fs::recursive_directory_iterator(); it.increment(error)) {
    if (it.depth() == 2) it.disable_recursion_pending();
    if (it.depth() < 1 || it->path().filename() != "report.html") continue;
    const fs::path place = it->path().parent_path();
    const std::vector<RunLog> runs = read_log(place / "log.jsonl");
    if (runs.empty()) continue;  // none of ours
    entries.push_back({place.lexically_relative(folder).generic_string(), date_of(it->path()), runs});
  }
  std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) { return a.place < b.place; });
  return entries;
}

Pairs facts(const Entry& entry) {
  Pairs facts{{"when", entry.date}};
  const RunLog& run = entry.runs.back();
  for (const auto& [name, loss] : run.losses) facts.emplace_back(name, fmt::format("{:.4f}", loss));
  if (run.losses.empty() && run.last_step.is_object())
    facts.emplace_back("loss at step " + text_in(run.last_step, "step"),
                       fmt::format("{:.4f}", number_in(run.last_step, "loss")));
  const double seconds = number_in(run.done, "seconds");
  facts.emplace_back("took", std::isfinite(seconds) ? fmt::format("{:.1f} s", seconds) : "it did not end");
  const std::string setup = text_in(run.config, "setup");
  facts.emplace_back("flags", setup.empty() ? "none" : setup);
  if (run.data.is_object()) facts.emplace_back("data", text_in(run.data, "source"));
  return facts;
}

// The best of each model, from the worst to the best, on the most words that any run had.
std::vector<std::pair<std::string, Score>> scoreboard(const std::vector<Entry>& entries) {
  double words = 0, vocab = 0;
  for (const Entry& entry : entries)
    for (const RunLog& run : entry.runs)
      if (const double n = number_in(run.data, "words"); n > words)
        words = n, vocab = number_in(run.data, "vocab");
  std::map<std::string, Score> best;
  for (const Entry& entry : entries) {
    for (const RunLog& run : entry.runs) {
      if (!(number_in(run.data, "words") > 0.9 * words) || number_in(run.data, "vocab") != vocab) continue;
      for (const auto& [name, score] : run.scores)
        if (!best.contains(name) || score.loss < best[name].loss) best[name] = score;
    }
  }
  if (best.empty()) return {};
  std::vector<std::pair<std::string, Score>> board(best.begin(), best.end());
  std::stable_sort(board.begin(), board.end(),
                   [](const auto& a, const auto& b) { return a.second.loss > b.second.loss; });
  board.insert(board.begin(), {fmt::format("guessing: log {}", vocab), {std::log(vocab), "any names"}});
  return board;
}

std::string bars(const std::vector<std::pair<std::string, Score>>& board) {
  double widest = 0, highest = 0;
  for (const auto& [name, score] : board) {
    widest = std::max(widest, plot::text_width(name));
    highest = std::max(highest, score.loss);
  }
  const double left = widest + 16, width = 640, row = 26;
  plot::Svg svg(width, row * static_cast<double>(board.size()) + 20, "Loss of each model: less is better");
  svg.rect(0, 0, width, row * static_cast<double>(board.size()) + 20, "class=\"lt-paper\"");
  for (size_t i = 0; i < board.size(); ++i) {
    const double y = 10 + row * static_cast<double>(i);
    const double length = board[i].second.loss / highest * (width - left - 70);
    svg.text({left - 8, y + 17}, board[i].first, plot::Anchor::kEnd);
    svg.rect(left, y + 4, length, row - 8, fmt::format("fill=\"{}\"", plot::series_colour(i == 0 ? 7 : 0)));
    svg.text({left + length + 6, y + 17}, fmt::format("{:.4f}", board[i].second.loss), plot::Anchor::kStart);
  }
  return svg.str();
}

}  // namespace

void write_index(const fs::path& folder) {
  const std::vector<Entry> entries = find_reports(folder);
  Report page("The lectures", "Every report of this folder.");
  const auto board = scoreboard(entries);
  if (!board.empty()) {
    page.heading("How far the models came");
    page.prose(
        "The mean negative log-likelihood of a character, in nats, the best of all runs so far. To guess "
        "uniformly is where all begin.");
    page.figure(bars(board), "");
    std::vector<std::vector<std::string>> rows;
    for (const auto& [name, score] : board)
      rows.push_back({name, fmt::format("{:.4f}", score.loss), score.on});
    page.table({"model", "loss", "on"}, rows);
  }
  page.heading("Reports");
  for (const Entry& entry : entries)
    page.card(entry.place, entry.place + "/report.html", text_in(entry.runs.back().config, "title"),
              facts(entry));
  write_file_atomically((folder / "index.html").string(), page.html());
}

}  // namespace lt::apps
