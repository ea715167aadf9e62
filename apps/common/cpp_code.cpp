// C++ in colours.

#include <fmt/format.h>

#include <regex>

#include <libtensor/apps/common/report.h>
#include <libtensor/apps/plot/svg.h>

// Not a parser: one regular expression tells comments, texts, words of the language, types and numbers apart
// by how they look. A word is a type where it is one of the language's, or begins with a capital that is no
// lecture's X or Y.

namespace lt::apps {
namespace {

// A group for each class, in the order of kClasses.
const std::regex& tokens() {
  static const std::regex expression(
      R"re((//[^\n]*|/\*[\s\S]*?(?:\*/|$)))re"
      R"re(|(R"\([\s\S]*?\)"|"(?:\\.|[^"\\])*(?:"|$)|'(?:\\.|[^'\\])*(?:'|$)))re"
      R"re(|(#[^\n]*|\b(?:auto|break|case|catch|class|concept|const|const_cast|constexpr|continue|decltype)re"
      R"re(|default|delete|do|else|enum|explicit|false|for|if|inline|mutable|namespace|new|noexcept|nullptr)re"
      R"re(|operator|private|public|return|requires|sizeof|static|static_cast|struct|switch|template|this)re"
      R"re(|throw|true|try|typename|using|while)\b))re"
      R"re(|\b((?:bool|char|double|float|int|int64_t|long|short|size_t|string|uint64_t|uint8_t|vector|void)re"
      R"re(|[A-W]\w*[a-z]\w*)\b))re"
      R"re(|((?:\d|\.\d)(?:[eE][-+]|[\w.'])*)|\w+)re",
      std::regex::optimize);
  return expression;
}
constexpr std::string_view kClasses = "csktn";

}  // namespace

std::string coloured_cpp(std::string_view code) {
  std::string html;
  const char* done = code.data();
  for (std::cregex_iterator it(code.data(), code.data() + code.size(), tokens()), end; it != end; ++it) {
    const std::cmatch& match = *it;
    for (size_t group = 1; group <= kClasses.size(); ++group) {
      if (!match[group].matched) continue;
      html += plot::escape_xml({done, match[0].first});
      html += fmt::format("<span class=\"{}\">{}</span>", kClasses[group - 1], plot::escape_xml(match.str()));
      done = match[0].second;
    }
  }
  return html + plot::escape_xml({done, code.data() + code.size()});
}

}  // namespace lt::apps
