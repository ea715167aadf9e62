#include <libtensor/apps/common/index.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include <libtensor/apps/common/report.h>
#include <libtensor/tests/scratch.h>

namespace lt::apps {
namespace {

namespace fs = std::filesystem;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

class Index : public testing::Test {
 protected:
  void add(const std::string& place, const std::string& log) {
    fs::create_directories(folder_ / place);
    std::ofstream(folder_ / place / "report.html") << Report(place, "").html();
    std::ofstream(folder_ / place / "log.jsonl") << log;
  }
  std::string page() {
    write_index(folder_);
    std::ifstream file(folder_ / "index.html");
    return {std::istreambuf_iterator<char>(file), {}};
  }

  Scratch scratch_;
  fs::path folder_ = scratch_.folder();
};

TEST_F(Index, LinksEveryReportWithWhatItsLastRunSaid) {
  add("mlp", R"({"event":"config","app":"mlp","lr":0.5,"out":"x","find-lr":false}
{"event":"split","name":"val","loss":9.5}
{"event":"config","app":"mlp","title":"Lecture `x` & y","setup":"--lr 0.2","lr":0.2}
{"event":"split","name":"val","loss":2.125}
{"event":"done","seconds":6.04}
)");
  add("mlp/find-lr", R"({"event":"config","app":"mlp"})");
  const std::string html = page();
  EXPECT_THAT(html, HasSubstr("<a href=\"mlp/report.html\">mlp</a>"));
  EXPECT_THAT(html, HasSubstr("<a href=\"mlp/find-lr/report.html\">mlp/find-lr</a>"));
  EXPECT_THAT(html, ContainsRegex("Lecture <code[^>]*>x</code> &amp; y"));
  EXPECT_THAT(html, HasSubstr("<dt>val</dt><dd>2.1250</dd>"));
  EXPECT_THAT(html, HasSubstr("<dt>took</dt><dd>6.0 s</dd>"));
  EXPECT_THAT(html, HasSubstr("<dt>flags</dt><dd>--lr 0.2</dd>"));
  EXPECT_THAT(html, Not(HasSubstr("9.5")));
}

TEST_F(Index, ScoresEachModelFromGuessingToTheBest) {
  const std::string data = "{\"event\":\"data\",\"words\":32000,\"vocab\":27}\n";
  add("bigram", R"({"event":"config","app":"bigram","order":2})"
                "\n" +
                    data + R"({"event":"nll","mean":2.4540})");
  add("bigram/trigram", R"({"event":"config","app":"bigram","order":3})"
                        "\n" +
                            data + R"({"event":"nll","mean":2.1900})");
  add("bigram_net", R"({"event":"config","app":"bigram_net","batch":0})"
                    "\n" +
                        data + R"({"event":"step","step":99,"loss":2.4900})");
  add("activations", R"({"event":"config","app":"activations"})"
                     "\n" +
                         data + R"({"event":"split","name":"val","loss":2.17}
{"event":"split","name":"val","loss":2.11}
{"event":"config","app":"activations"}
{"event":"data","words":5,"vocab":27}
{"event":"split","name":"val","loss":0.01})");
  const std::string html = page();
  size_t last = 0;
  for (const char* row :
       {"guessing: log 27</td><td class=\"short\">3.2958", "bigram_net</td><td class=\"short\">2.4900",
        "bigram</td><td class=\"short\">2.4540", "bigram, trigrams</td><td class=\"short\">2.1900",
        "activations</td><td class=\"short\">2.1100"}) {
    const size_t at = html.find(row);
    ASSERT_NE(at, std::string::npos) << row;
    EXPECT_GT(at, last) << row;
    last = at;
  }
  EXPECT_THAT(html, HasSubstr("<title>Loss of each model: less is better</title>"));
}

TEST_F(Index, PassesOverWhatIsTornOrForeign) {
  add("mlp", R"({"event":"con)");
  add("bigram",
      "[1]\n{\"event\":7}\n{\"event\":\"config\",\"app\":[]}\n{\"event\":\"data\",\"words\":\"x\"}\n\xff\n");
  fs::create_directories(folder_ / "photos/report.html");
  fs::create_directories(folder_ / "other");
  std::ofstream(folder_ / "other/report.html") << "<p>Quarterly</p>";
  std::ofstream(folder_ / "report.html") << "nothing";
  fs::create_directory_symlink(folder_, folder_ / "circle");
  const std::string html = page();
  EXPECT_THAT(html, Not(HasSubstr("mlp/report.html")));
  EXPECT_THAT(html, HasSubstr("bigram/report.html"));
  EXPECT_THAT(html, Not(HasSubstr("Quarterly")));
  EXPECT_THAT(html, Not(HasSubstr("photos")));
  EXPECT_THAT(html, Not(HasSubstr("circle")));
  EXPECT_THAT(html, Not(HasSubstr("How far")));
}

TEST_F(Index, IsAPageForAnEmptyFolder) { EXPECT_THAT(page(), HasSubstr("<h1>The lectures</h1>")); }

// It keeps no third split: its best model is that of the names kept for testing.
TEST_F(Index, ScoresEachTypeOfTheZooByItsTestLoss) {
  add("makemore", R"({"event":"config","app":"makemore","type":"gru"}
{"event":"data","words":32000,"vocab":27}
{"event":"split","stage":"gru","name":"train","loss":1.5}
{"event":"split","stage":"gru","name":"test","loss":2.1152}
)");
  const std::string html = page();
  EXPECT_THAT(html, HasSubstr("makemore, gru</td><td class=\"short\">2.1152</td>"));
  EXPECT_THAT(html, Not(HasSubstr("gru</td><td>1.5")));
}

}  // namespace
}  // namespace lt::apps
