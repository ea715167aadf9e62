#include <libtensor/apps/common/report.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <libtensor/apps/plot/svg.h>
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
  EXPECT_THAT(html, HasSubstr("N[i, j]</code> &lt; 3 &amp; <code class=\"short\">a&lt;b&gt;</code>"));
  EXPECT_THAT(html, HasSubstr("zeros&lt;<span class=\"t\">int64_t</span>&gt;"));
  EXPECT_THAT(html, HasSubstr("<li>&lt;script&gt;</li>"));
}

TEST(Reports, NeedNothingBesideThemselves) {
  Report report("t", "s");
  report.figure("<svg xmlns=\"http://www.w3.org/2000/svg\"></svg>", "caption");
  report.table({"", "ours"}, {{"loss", "2.45"}, {"a`b`", "`<"}});
  const std::string html = report.html();
  EXPECT_THAT(html, HasSubstr("<td class=\"short\">2.45</td>"));
  EXPECT_THAT(html, HasSubstr("a`b`</td><td class=\"short\">`&lt;</td>"));  // data may have backticks
  EXPECT_THAT(html, HasSubstr("prefers-color-scheme:dark"));
  for (const char* outside : {"src=", "href=", "@import", "url("}) EXPECT_THAT(html, Not(HasSubstr(outside)));
}

TEST(Reports, ColourCpp) {
  EXPECT_EQ(
      coloured_cpp("for (int i = 0; i < 1e-3; ++i) C[i] += \"a\\\"<\";  // it's"),
      "<span class=\"k\">for</span> (<span class=\"t\">int</span> i = <span class=\"n\">0</span>; i &lt; "
      "<span class=\"n\">1e-3</span>; ++i) C[i] += <span class=\"s\">&quot;a\\&quot;&lt;&quot;</span>;  "
      "<span class=\"c\">// it&#39;s</span>");
  EXPECT_EQ(coloured_cpp("Tensor Xtr /* open"),
            "<span class=\"t\">Tensor</span> Xtr <span class=\"c\">/* open</span>");
  EXPECT_EQ(coloured_cpp("'"), "<span class=\"s\">&#39;</span>");
}

TEST(Reports, BeginWithLinksWhatMadeThemAndTheirContents) {
  Report report("t", "s");
  report.heading("One");
  report.heading("`Two`");
  report.links({{"All reports", "../index.html"}});
  report.made_by({{"seed", "42"}});
  const std::string html = report.html();
  EXPECT_THAT(html, HasSubstr("<a href=\"../index.html\">All reports</a>"));
  EXPECT_THAT(html, HasSubstr("<dt>seed</dt><dd>42</dd>"));
  EXPECT_THAT(html, HasSubstr("<li><a href=\"#s1\">One</a></li>"));
  EXPECT_THAT(html, HasSubstr("<h2 id=\"s2\"><code class=\"short\">Two</code></h2>"));
}

TEST(Reports, ShowOutputThatComesInPiecesInOneBox) {
  Report report("t", "s");
  report.output("a <");
  report.output("b");
  report.prose("and");
  report.output("c");
  const std::string html = report.html();
  EXPECT_THAT(html,
              HasSubstr("<pre class=\"output\">a &lt;\nb</pre>\n<p>and</p>\n<pre class=\"output\">c</pre>"));
}

TEST(Reports, LeaveOutColumnsThatNoRowUses) {
  Report report("t", "s");
  report.table({"", "ours", "reference", "mark"}, {{"loss", "2.45", "", ""}, {"seed", "1", "", "="}});
  EXPECT_THAT(report.html(), Not(HasSubstr("reference</th>")));
  EXPECT_THAT(report.html(), HasSubstr("<td class=\"short\">1</td><td class=\"short\">=</td></tr>"));
}

TEST(Reports, LeaveOutACaptionThatRepeatsTheTitle) {
  const std::string svg = plot::Svg(10, 10, "The loss").str();
  Report report("t", "s");
  report.figure(svg, "The loss.");
  EXPECT_THAT(report.html(), Not(HasSubstr("<figcaption>")));
  report.figure(svg, "It falls.");
  EXPECT_THAT(report.html(), HasSubstr("<figcaption>It falls.</figcaption>"));
}

TEST(Reports, GiveAFigureWithoutATitleItsCaptionAsText) {
  Report report("t", "s");
  report.figure(plot::Svg(10, 10, "").str(), "What `x` is.");
  EXPECT_THAT(report.html(), HasSubstr("role=\"img\" aria-label=\"What x is.\">\n<title>What x is.</title>"));
}

TEST(Reports, ShowTheLastFrameAndFoldTheOthersAway) {
  Report report("t", "s");
  const std::string svg = plot::Svg(10, 10, "").str();
  report.frames("Training.", "step", {{"0", svg}, {"10", svg}});
  const std::string html = report.html();
  const size_t last = html.find("data-label=\"step 10\""), folded = html.find("<details>");
  const size_t first = html.find("data-label=\"step 0\"");
  EXPECT_LT(last, folded);
  EXPECT_LT(folded, first);
  EXPECT_LT(first, html.find("</details>"));
}

}  // namespace
}  // namespace lt::apps
