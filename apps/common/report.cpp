#include <libtensor/apps/common/report.h>

#include <fmt/format.h>

#include <algorithm>

#include <libtensor/apps/common/layout.h>
#include <libtensor/apps/plot/svg.h>

// HTML is put together block by block as the app goes; html() adds the head, the style sheet and the script,
// which CMake puts into the program. No script, no font, no picture comes from elsewhere.

namespace lt::apps {

extern const unsigned char kReportCss[], kReportJs[];
extern const unsigned long kReportCssSize, kReportJsSize;

namespace {

std::string text_of(const unsigned char* bytes, unsigned long size) {
  return {reinterpret_cast<const char*>(bytes), size};
}

// Escaped, with what stands between backticks as code.
std::string inline_text(std::string_view text) {
  std::string out;
  bool in_code = false;
  while (true) {
    const size_t tick = text.find('`');
    out += plot::escape_xml(text.substr(0, tick));
    if (tick == std::string::npos) break;
    text.remove_prefix(tick + 1);
    const bool is_short = std::min(text.find('`'), text.size()) <= 28;  // never broken
    out += in_code ? "</code>" : is_short ? "<code class=\"short\">" : "<code>";
    in_code = !in_code;
  }
  return in_code ? out + "</code>" : out;
}

// A figure in the box that scrolls where the page is too narrow.
std::string sheet(const std::string& svg, std::string_view caption) {
  return fmt::format("<div class=\"sheet\">{}</div>",
                     plot::with_title(plot::without_style(svg), without_ticks(caption)));
}

std::string list_of(const Pairs& facts) {
  std::string list;
  for (const auto& [name, value] : facts) {
    const char* kind = value.size() > 40 ? " class=\"long\"" : "";  // a line of its own
    list += fmt::format("<div><dt>{}</dt><dd{}>{}</dd></div>\n", inline_text(name), kind, inline_text(value));
  }
  return list;
}

std::string figcaption(const std::string& svg, std::string_view caption) {
  std::string_view text = caption;
  if (text.ends_with('.')) text.remove_suffix(1);
  if (text.empty() || without_ticks(text) == plot::title_of(svg)) return "";
  return fmt::format("<figcaption>{}</figcaption>", inline_text(caption));
}

// A page around a body, with the style of all reports and figures, and their script.
std::string html_page(const std::string& title, const std::string& body) {
  std::string page = "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n";
  page += "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n";
  page += fmt::format("<title>{}</title>\n<style>{}{}</style>\n</head>\n<body>\n", plot::escape_xml(title),
                      text_of(kReportCss, kReportCssSize), plot::style_sheet());
  return page + body + "<script>\n" + text_of(kReportJs, kReportJsSize) + "</script>\n</body>\n</html>\n";
}

}  // namespace

Report::Report(std::string title, std::string subtitle)
    : title_(std::move(title)), subtitle_(std::move(subtitle)) {}

void Report::links(const Pairs& links) {
  for (const auto& [text, address] : links)
    links_ += fmt::format("<a href=\"{}\">{}</a> ", plot::escape_xml(address), inline_text(text));
}

void Report::made_by(const Pairs& facts) { facts_ += list_of(facts); }

void Report::heading(std::string_view text) {
  headings_.push_back(inline_text(text));
  body_ += fmt::format("<h2 id=\"s{}\">{}</h2>\n", headings_.size(), headings_.back());
}

void Report::prose(std::string_view text) { body_ += fmt::format("<p>{}</p>\n", inline_text(text)); }

void Report::code(std::string_view text) {
  body_ += fmt::format("<pre class=\"code\">{}</pre>\n", coloured_cpp(text));
}

// What is said piece by piece stands in one box.
void Report::output(std::string_view text) {
  constexpr std::string_view kOpen = "<pre class=\"output\">", kClose = "</pre>\n";
  if (output_end_ == body_.size() && output_end_ > 0) {
    body_.resize(body_.size() - kClose.size());
    body_ += "\n";
  } else {
    body_ += kOpen;
  }
  body_ += plot::escape_xml(text);
  body_ += kClose;
  output_end_ = body_.size();
}

void Report::table(const std::vector<std::string>& head, const std::vector<std::vector<std::string>>& rows) {
  const auto is_used = [&](size_t column) {
    return std::any_of(rows.begin(), rows.end(),
                       [&](const auto& cells) { return column < cells.size() && !cells[column].empty(); });
  };
  const auto row = [&](const std::vector<std::string>& cells, std::string_view tag) {
    body_ += "<tr>";
    for (size_t column = 0; column < cells.size(); ++column) {
      if (!is_used(column)) continue;
      const std::string& cell = cells[column];
      const char* kind = cell.size() > 28 ? "long" : "short";  // these are never broken
      body_ += fmt::format("<{0} class=\"{1}\">{2}</{0}>", tag, kind, plot::escape_xml(cell));
    }
    body_ += "</tr>\n";
  };
  // Two columns, or short words, need not stand at the edges of the page.
  size_t used = 0, longest = 0;
  for (size_t column = 0; column < head.size(); ++column) used += is_used(column) ? 1 : 0;
  for (const auto& cells : rows) {
    for (const std::string& cell : cells) longest = std::max(longest, cell.size());
  }
  body_ += fmt::format("<div class=\"wide\"><table{}>\n", used <= 2 || longest <= 8 ? " class=\"few\"" : "");
  row(head, "th");
  for (const auto& cells : rows) row(cells, "td");
  body_ += "</table></div>\n";
}

void Report::figure(const std::string& svg, std::string_view caption) {
  body_ += fmt::format("<figure>{}{}</figure>\n", sheet(svg, caption), figcaption(svg, caption));
}

void Report::frames(std::string_view caption, const std::string& slider, const Pairs& frames) {
  if (frames.empty()) return;
  const auto frame = [&](const auto& each) {
    const std::string label = plot::escape_xml(fmt::format("{} {}", slider, each.first));
    return fmt::format("<div class=\"frame\" data-label=\"{0}\"><p class=\"at\">{0}</p>{1}</div>\n", label,
                       sheet(each.second, caption));
  };
  std::string others;
  for (size_t i = 0; i + 1 < frames.size(); ++i) others += frame(frames[i]);
  body_ += fmt::format(
      "<figure class=\"frames\" data-name=\"{}\">{}<details><summary>Before "
      "it</summary>\n{}</details>{}</figure>\n",
      plot::escape_xml(slider), frame(frames.back()), others, figcaption("", caption));
}

void Report::card(std::string_view name, std::string_view address, std::string_view what,
                  const Pairs& facts) {
  body_ += fmt::format(
      "<h3><a href=\"{}\">{}</a></h3>\n<p class=\"subtitle\">{}</p>\n<dl class=\"made\">\n{}</dl>\n",
      plot::escape_xml(address), plot::escape_xml(name), inline_text(what), list_of(facts));
}

void Report::samples(const std::vector<std::string>& texts) {
  body_ += "<ul class=\"samples\">";
  for (const std::string& text : texts) body_ += fmt::format("<li>{}</li>", plot::escape_xml(text));
  body_ += "</ul>\n";
}

std::string Report::html() const {
  std::string body = fmt::format("<h1>{}</h1>\n<p class=\"subtitle\">{}</p>\n", plot::escape_xml(title_),
                                 inline_text(subtitle_));
  if (!links_.empty()) body += fmt::format("<p class=\"links\">{}</p>\n", links_);
  if (!facts_.empty()) body += fmt::format("<dl class=\"made\">\n{}</dl>\n", facts_);
  if (headings_.size() > 1) {
    body += "<nav aria-label=\"Contents\"><ol>\n";
    for (size_t i = 0; i < headings_.size(); ++i)
      body += fmt::format("<li><a href=\"#s{}\">{}</a></li>\n", i + 1, headings_[i]);
    body += "</ol></nav>\n";
  }
  return html_page(title_, body + body_);
}

}  // namespace lt::apps
