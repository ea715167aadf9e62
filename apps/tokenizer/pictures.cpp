#include <fmt/format.h>

#include <libtensor/apps/common/utf8.h>
#include <libtensor/apps/plot/chart.h>
#include <libtensor/apps/plot/svg.h>
#include <libtensor/apps/tokenizer/app.h>
#include <libtensor/apps/tokenizer/model_files.h>

namespace lt::apps::tokenizer {
namespace {

constexpr int64_t kColumns = 72, kLines = 12;

// A piece of a token as it is shown: no spaces in it, and whether the line ends after it.
struct Piece {
  std::string text;
  size_t token;  // the how-many-th
  bool ends_line;
};

// Line ends are ↵ and end the line, spaces ·, tabs →; a token that a line has no room for is broken.
std::vector<Piece> pieces_of(const Tokenizer& tokenizer, const Ids& ids) {
  std::vector<Piece> pieces;
  int64_t column = 0, line = 0;
  for (size_t i = 0; i < ids.size() && line < kLines; ++i) {
    const std::string text = repaired(tokenizer.bytes(ids[i]));
    pieces.push_back({"", i, false});
    for (size_t at = 0; at < text.size() && line < kLines; at += character_at(text, at).size()) {
      const std::string_view character = character_at(text, at);
      const std::string shown = character == " "    ? "·"
                                : character == "\t" ? "→"
                                : character == "\n" ? "↵"
                                                    : printable(character);
      column += display_width(shown);
      pieces.back().text += shown;
      if (character != "\n" && column < kColumns) continue;
      pieces.back().ends_line = true;
      pieces.push_back({"", i, false});
      column = 0;
      ++line;
    }
    if (pieces.back().text.empty()) pieces.pop_back();
  }
  return pieces;
}

// Five dark colours behind white: a terminal's own are neither.
std::string coloured(const std::vector<Piece>& pieces) {
  constexpr int kColours[] = {25, 94, 22, 90, 52};
  std::string text = "  ";
  for (const Piece& piece : pieces) {
    text += fmt::format("\033[48;5;{}m\033[38;5;231m{}\033[0m", kColours[piece.token % 5], piece.text);
    if (piece.ends_line) text += "\n  ";
  }
  return text;
}

std::string barred(const std::vector<Piece>& pieces) {
  std::string text = "  ";
  bool starts = true;
  for (size_t i = 0; i < pieces.size(); ++i) {
    if (!starts && pieces[i].token != pieces[i - 1].token) text += "|";
    text += pieces[i].text;
    starts = pieces[i].ends_line;
    if (starts) text += "\n  ";
  }
  return text;
}

std::string svg_of(const std::vector<Piece>& pieces, const std::string& title) {
  constexpr double kWidth = 8.6, kHeight = 22;
  double lines = 1;
  for (size_t i = 0; i + 1 < pieces.size(); ++i) lines += pieces[i].ends_line ? 1 : 0;
  const double all_width = kColumns * kWidth + 20, all_height = lines * kHeight + 20;
  plot::Svg svg(all_width, all_height, title);
  svg.rect(0, 0, all_width, all_height, R"(class="lt-paper")");
  double x = 10, y = 10;
  for (const Piece& piece : pieces) {
    const double width = kWidth * static_cast<double>(display_width(piece.text));
    svg.rect(x, y, width - 1, kHeight - 3,
             fmt::format(R"(rx="3" fill="{}" fill-opacity="0.35")", plot::series_colour(piece.token % 5)));
    for (size_t at = 0; at < piece.text.size(); at += character_at(piece.text, at).size()) {
      const std::string_view character = character_at(piece.text, at);
      const double own = kWidth * static_cast<double>(display_width(character));
      svg.text({x + own / 2, y + 14}, character, plot::Anchor::kMiddle,
               R"(class="lt-text" font-family="monospace" font-size="13")");
      x += own;
    }
    if (!piece.ends_line) continue;
    x = 10;
    y += kHeight;
  }
  return svg.str();
}

}  // namespace

void show_tokens(Run& run, const Tokenizer& tokenizer, std::string_view text, const std::string& file,
                 const std::string& title) {
  const std::vector<Piece> pieces = pieces_of(tokenizer, tokenizer.encode(text.substr(0, 4096)));
  if (!run.flags().quiet) run.show_live(run.is_live() ? coloured(pieces) : barred(pieces));
  run.figure(file, title, svg_of(pieces, title));
}

void draw_sizes(Run& run, const Flags& flags, std::string_view text) {
  run.heading("How large a vocabulary?");
  run.say(
      "Every merge makes the text shorter, so a transformer of so many tokens sees further back. But each "
      "token "
      "needs a row of the embedding table and a logit at every step, and rare tokens see few examples. The "
      "first "
      "merges bring most:");
  const int64_t most = std::max<int64_t>(flags.vocab, 4096);
  plot::Chart chart("Bytes per token", "vocabulary", "bytes per token");
  chart.log_x();
  std::vector<std::vector<std::string>> rows;
  for (int64_t size = 256; size <= most; size *= 2) rows.push_back({std::to_string(size)});
  for (const std::string kind : {"basic", "gpt2", "gpt4"}) {
    Plan plan = plan_of(kind, flags);
    plan.size = most;
    std::vector<double> x{256}, y{1};
    auto tokens = static_cast<double>(text.size());
    for (const Learned& learned : train(text, plan).log) {
      tokens -= static_cast<double>(learned.made);
      x.push_back(x.back() + 1);
      y.push_back(static_cast<double>(text.size()) / tokens);
    }
    for (size_t i = 0; i < rows.size(); ++i) {
      const size_t at = (size_t{256} << i) - 256;
      rows[i].push_back(
          at < y.size() ? run.marked(fmt::format("{}: bytes per token at {}", kind, at + 256), y[at]) : "");
    }
    chart.line(x, y, kind);
  }
  run.table({"vocabulary", "basic", "gpt2", "gpt4"}, rows);
  run.figure("sizes.svg", "Bytes per token against the vocabulary's size.", chart.svg());
}

}  // namespace lt::apps::tokenizer
