#include <libtensor/apps/common/report.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <libtensor/tensor/error.h>
#include <libtensor/tests/apps/app_run.h>
#include <libtensor/tests/expect.h>

namespace lt::apps {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Reports, EscapeTextAndSetCodeBetweenBackticks) {
  Report report("bigram <1>", "Lecture & more");
  report.prose("`N[i, j]` < 3 & `a<b>");
  report.code("zeros<int64_t>({27, 27})");
  report.samples({"<script>"});
  const std::string html = report.html();
  EXPECT_THAT(html, HasSubstr("<title>bigram &lt;1&gt;</title>"));
  EXPECT_THAT(html, HasSubstr("<code>N[i, j]</code> &lt; 3 &amp; <code>a&lt;b&gt;</code>"));
  EXPECT_THAT(html, HasSubstr("zeros&lt;int64_t&gt;"));
  EXPECT_THAT(html, Not(HasSubstr("<script")));
}

TEST(Reports, NeedNothingBesideThemselves) {
  Report report("t", "s");
  report.figure("<svg xmlns=\"http://www.w3.org/2000/svg\"></svg>", "caption");
  report.table({"", "ours"}, {{"loss", "2.45"}});
  const std::string html = report.html();
  EXPECT_THAT(html, HasSubstr("<td>2.45</td>"));
  EXPECT_THAT(html, HasSubstr("prefers-color-scheme:dark"));
  for (const char* outside : {"src=", "href=", "@import", "url("}) EXPECT_THAT(html, Not(HasSubstr(outside)));
}

}  // namespace
}  // namespace lt::apps
