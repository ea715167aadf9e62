// What a run puts into its report beside what it says: figures, and what made it.

#include <fmt/format.h>

#include <libtensor/apps/common/run.h>
#include <libtensor/apps/common/version.h>
#include <libtensor/apps/plot/svg.h>
#include <libtensor/tensor/file.h>

namespace lt::apps {
namespace {

// What apps follow: a lecture's video, and Andrej Karpathy's own code: the notebook where there is one.
struct Lecture {
  std::string_view app, video, code;
};
constexpr Lecture kLectures[] = {
    {"micrograd", "VMj-3S1tku0", "micrograd/micrograd_lecture_first_half_roughly.ipynb"},
    {"bigram", "PaCmpygFfXo", "makemore/makemore_part1_bigrams.ipynb"},
    {"bigram_net", "PaCmpygFfXo", "makemore/makemore_part1_bigrams.ipynb"},
    {"mlp", "TCH_1BHY58I", "makemore/makemore_part2_mlp.ipynb"},
    {"activations", "P6sfmUTpUmc", "makemore/makemore_part3_bn.ipynb"},
    {"backprop", "q8SA3rM6ckI", "makemore/makemore_part4_backprop.ipynb"},
    {"wavenet", "t3YJ5hKiMQ0", "makemore/makemore_part5_cnn1.ipynb"},
    {"gpt", "kCc8FmEb1nY", "https://github.com/karpathy/ng-video-lecture"},
    {"tokenizer", "zduSFxRajkE", "https://github.com/karpathy/minbpe"},
    {"makemore", "", "https://github.com/karpathy/makemore"},
    {"microgpt", "", "https://karpathy.ai/microgpt.html"},
};

Pairs links_of(std::string_view app) {
  Pairs links;
  for (const Lecture& lecture : kLectures) {
    if (lecture.app != app) continue;
    if (!lecture.video.empty())
      links.emplace_back("The lecture's video",
                         fmt::format("https://www.youtube.com/watch?v={}", lecture.video));
    if (lecture.code.starts_with("https:")) {
      links.emplace_back("Its code", lecture.code);
    } else {
      links.emplace_back(
          "Its notebook",
          fmt::format("https://github.com/karpathy/nn-zero-to-hero/blob/master/lectures/{}", lecture.code));
    }
  }
  return links;
}

}  // namespace

void Run::figure(const std::string& file, const std::string& title, const std::string& svg) {
  end_rows();
  report_.figure(svg, title);
  save_figure(file, title, svg);
}

void Run::frames(const std::string& file, const std::string& title, const std::string& slider,
                 const Pairs& frames) {
  if (frames.empty()) return;
  end_rows();
  report_.frames(title, slider, frames);
  save_figure(file, title, frames.back().second);
}

void Run::save_figure(const std::string& file, const std::string& title, const std::string& svg) {
  if (flags().no_out) return;
  write(file, plot::with_title(svg, without_ticks(title)));
  log_.write("figure", {{"file", file}, {"title", title}});
}

// The folder of all reports, where this one is where reports go by default.
std::filesystem::path Run::index_folder() const {
  return given("--out") ? "" : *std::filesystem::path(flags().out).begin();
}

void Run::made_by(double seconds) {
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  Pairs facts{{"when", date_text(now)}, {"took", fmt::format("{:.1f} s", seconds)}};
  if (!data_source_.empty()) facts.emplace_back("data", data_source_);
  const std::string version = version_text(options_.app());
  facts.emplace_back("version", version.substr(0, version.find('\n')));
  static const std::set<std::string> kElsewhere = {"data", "out", "no-out", "quiet", "check"};
  for (const auto& [name, value] : options_.settings()) {
    const bool is_unset =
        value.empty() || value == "off" || value == "0" || value == std::to_string(INT64_MAX);
    if (!is_unset && !kElsewhere.contains(name)) facts.emplace_back(name, value);
  }
  report_.made_by(facts);
  report_.links(links_of(options_.app()));
  if (!index_folder().empty()) {
    const auto to_index = index_folder().lexically_relative(flags().out) / "index.html";
    report_.links({{"All reports", to_index.generic_string()}});
  }
}

}  // namespace lt::apps
