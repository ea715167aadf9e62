#include <libtensor/apps/common/report.h>

#include <fmt/format.h>

#include <libtensor/apps/plot/svg.h>

// HTML is put together block by block as the app goes; html() adds the head and the style sheet. No script,
// no font, no picture comes from elsewhere.

namespace lt::apps {
namespace {

constexpr std::string_view kStyle = R"(
:root{color-scheme:light dark;--ink:#1f2328;--dim:#5b636d;--page:#fff;--cell:#f6f8fa;--rule:#d8dee4;--accent:#2f7ed8}
@media (prefers-color-scheme:dark){:root{--ink:#e6edf3;--dim:#9da7b3;--page:#0d1117;--cell:#161b22;--rule:#30363d;--accent:#6cb0ff}}
*{box-sizing:border-box}
body{margin:0 auto;padding:3rem 1.25rem 5rem;max-width:60rem;background:var(--page);color:var(--ink);font:16px/1.6 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
h1{font-size:1.9rem;line-height:1.2;margin:0}
.subtitle{color:var(--dim);margin:.3rem 0 2rem;padding-bottom:1.2rem;border-bottom:1px solid var(--rule)}
h2{font-size:1.25rem;margin:2.6rem 0 .6rem}
p{max-width:46rem;margin:.7rem 0}
code,pre{font:13.5px/1.5 ui-monospace,"SF Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace}
code{background:var(--cell);border-radius:4px;padding:.1em .3em}
pre{margin:.8rem 0;padding:.7rem 1rem;overflow-x:auto;border-radius:6px}
pre.code{background:var(--cell);border-left:3px solid var(--accent)}
pre.output{border:1px solid var(--rule)}
table{border-collapse:collapse;margin:1rem 0;font-variant-numeric:tabular-nums;font-size:14.5px}
.wide{overflow-x:auto}
th,td{padding:.28rem .9rem;text-align:right;border-bottom:1px solid var(--rule);max-width:24rem;overflow-wrap:anywhere}
th{color:var(--dim);font-weight:600}
th:first-child,td:first-child{text-align:left;padding-left:0}
figure{margin:1.4rem 0;overflow-x:auto}
figure svg{max-width:100%;height:auto}
figcaption{color:var(--dim);font-size:14px}
.samples{display:flex;flex-wrap:wrap;gap:.4rem;padding:0;margin:1rem 0;list-style:none}
.samples li{background:var(--cell);border:1px solid var(--rule);border-radius:1rem;padding:.1rem .8rem;white-space:pre-wrap;overflow-wrap:anywhere}
)";

// Escaped, with what stands between backticks as code.
std::string inline_text(std::string_view text) {
  std::string out;
  bool in_code = false;
  while (true) {
    const size_t tick = text.find('`');
    out += plot::escape_xml(text.substr(0, tick));
    if (tick == text.npos) break;
    out += in_code ? "</code>" : "<code>";
    in_code = !in_code;
    text.remove_prefix(tick + 1);
  }
  return in_code ? out + "</code>" : out;
}

}  // namespace

Report::Report(std::string title, std::string subtitle)
    : title_(std::move(title)), subtitle_(std::move(subtitle)) {}

void Report::heading(std::string_view text) { body_ += fmt::format("<h2>{}</h2>\n", inline_text(text)); }
void Report::prose(std::string_view text) { body_ += fmt::format("<p>{}</p>\n", inline_text(text)); }
void Report::code(std::string_view text) {
  body_ += fmt::format("<pre class=\"code\">{}</pre>\n", plot::escape_xml(text));
}
void Report::output(std::string_view text) {
  body_ += fmt::format("<pre class=\"output\">{}</pre>\n", plot::escape_xml(text));
}

void Report::table(const std::vector<std::string>& head, const std::vector<std::vector<std::string>>& rows) {
  const auto row = [this](const std::vector<std::string>& cells, std::string_view tag) {
    body_ += "<tr>";
    for (const std::string& cell : cells) body_ += fmt::format("<{0}>{1}</{0}>", tag, inline_text(cell));
    body_ += "</tr>\n";
  };
  body_ += "<div class=\"wide\"><table>\n";
  row(head, "th");
  for (const auto& cells : rows) row(cells, "td");
  body_ += "</table></div>\n";
}

void Report::figure(const std::string& svg, std::string_view caption) {
  body_ += fmt::format("<figure>{}<figcaption>{}</figcaption></figure>\n", svg, inline_text(caption));
}

void Report::samples(const std::vector<std::string>& texts) {
  body_ += "<ul class=\"samples\">";
  for (const std::string& text : texts) body_ += fmt::format("<li>{}</li>", plot::escape_xml(text));
  body_ += "</ul>\n";
}

std::string Report::html() const {
  std::string page = "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n";
  page += "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n";
  page += fmt::format("<title>{}</title>\n<style>{}</style>\n</head>\n<body>\n", plot::escape_xml(title_),
                      kStyle);
  page += fmt::format("<h1>{}</h1>\n<p class=\"subtitle\">{}</p>\n", plot::escape_xml(title_),
                      inline_text(subtitle_));
  return page + body_ + "</body>\n</html>\n";
}

}  // namespace lt::apps
