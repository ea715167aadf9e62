// --expr: what is an expression, and how others are refused.

#include <libtensor/apps/micrograd/parser.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include <libtensor/apps/common/flag_value.h>
#include <libtensor/tests/expect.h>

namespace lt::apps::micrograd {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

double value_of(const std::string& text, const std::vector<std::string>& values = {}) {
  const Scope scope;
  return parse(text, values).value.data();
}

std::string refusal(const std::string& text, const std::vector<std::string>& values = {}) {
  return error_text<UsageError>([&] { value_of(text, values); });
}

TEST(Parse, BindsAsPythonDoes) {
  EXPECT_EQ(value_of("1 + 2*3 - 4/8"), 6.5);
  EXPECT_EQ(value_of("8 - 3 - 2"), 3);
  EXPECT_EQ(value_of("8 / 4 / 2"), 1);
  EXPECT_EQ(value_of("-2**2"), -4);
  EXPECT_EQ(value_of("2**3**2"), 512);
  EXPECT_EQ(value_of("2**-1"), 0.5);
  EXPECT_EQ(value_of("2 * -3"), -6);
  EXPECT_EQ(value_of("--3"), 3);
  EXPECT_EQ(value_of("(1 + 2)*3"), 9);
  EXPECT_EQ(value_of("a - -a", {"a=1.5"}), 3);
}

TEST(Parse, KnowsTheEnginesFunctions) {
  EXPECT_EQ(value_of("exp(1)"), std::exp(1.0));
  EXPECT_EQ(value_of("log(2)"), std::log(2.0));
  EXPECT_EQ(value_of("tanh(2*a+b)", {"a=2", "b=-3"}), std::tanh(1.0));
  EXPECT_EQ(value_of("relu(-2) + relu(2)"), 2);
}

TEST(Parse, ReadsNumbersAsPythonWritesThem) {
  EXPECT_EQ(value_of("1.5e2"), 150);
  EXPECT_EQ(value_of(".5"), 0.5);
  EXPECT_EQ(value_of("2."), 2);
}

TEST(Parse, GivesTheSlopesOfItsNames) {
  const Scope scope;
  const Expression e = parse("tanh(2*a + b)", {"a=2", "b=-3"});
  e.value.backward();
  const double slope = 1 - std::tanh(1.0) * std::tanh(1.0);
  EXPECT_DOUBLE_EQ(e.names[0].grad(), 2 * slope);
  EXPECT_DOUBLE_EQ(e.names[1].grad(), slope);
  EXPECT_EQ(e.names[0].label(), "a");
}

TEST(Parse, LabelsEachValueByItsOwnText) {
  const Scope scope;
  const Value product = parse("(2*a) + 1", {"a=2"}).value.inputs()[0];
  EXPECT_EQ(product.label(), "2*a");
  EXPECT_EQ(parse("1 - (2*a)", {"a=2"}).value.inputs()[1].label(), "-(2*a)");
  EXPECT_EQ(parse("1 / a", {"a=2"}).value.inputs()[1].label(), "a**-1");
  EXPECT_EQ(parse("1+1+1+1+1+1+1+1+1+1+1+1+1+1", {}).value.label(), "1+1+1+1+1+1+1+1+1+1+1+1+...");
}

TEST(Parse, MarksThePlaceOfWhatIsNoExpression) {
  EXPECT_EQ(refusal("2*a + * b", {"a=1"}),
            "--expr: a number, a name or a ( should stand here\n  2*a + * b\n        ^");
  EXPECT_EQ(refusal("tanh(2*a+b", {"a=1", "b=1"}),
            "--expr: a ) is missing here\n  tanh(2*a+b\n            ^");
  EXPECT_EQ(refusal("(a b)", {"a=1"}), "--expr: an operator or a ) should stand here\n  (a b)\n     ^");
  EXPECT_EQ(refusal("a)", {"a=1"}), "--expr: no ( before this )\n  a)\n   ^");
  EXPECT_EQ(refusal("2a", {"a=1"}), "--expr: an operator should stand here\n  2a\n   ^");
  EXPECT_EQ(refusal("a +", {"a=1"}), "--expr: something is missing here\n  a +\n     ^");
  EXPECT_EQ(refusal("   "), "--expr: something is missing here\n     \n     ^");
  EXPECT_EQ(refusal("."), "--expr: this is no number\n  .\n  ^");
  EXPECT_EQ(refusal("1e999"), "--expr: this number is too large or too small\n  1e999\n  ^");
  EXPECT_EQ(refusal("a**b", {"a=1", "b=1"}), "--expr: a power must be a constant\n  a**b\n     ^");
  EXPECT_EQ(refusal("sin(a)", {"a=1"}), "--expr: no function 'sin': exp, log, relu, tanh\n  sin(a)\n  ^");
  EXPECT_EQ(refusal("tanh a", {"a=1"}), "--expr: tanh needs a (\n  tanh a\n       ^");
}

TEST(Parse, MarksThePlaceInALongTextAndBehindLettersOfTwoBytes) {
  const std::string ones(100, '1');
  EXPECT_EQ(refusal("1+" + ones + "+b"), "--expr: b has no value: add b=1\n  " + std::string(29, '1') +
                                             "+b\n  " + std::string(30, ' ') + "^");
  EXPECT_EQ(refusal("é"), "--expr: a number, a name or a ( should stand here\n  é\n  ^");
  EXPECT_EQ(refusal("1\n+\x1b"), "--expr: an operator should stand here\n  1?+?\n   ^");
}

TEST(Parse, MarksWhatIsNoFiniteNumber) {
  EXPECT_EQ(refusal("1/(a-2)", {"a=2"}), "--expr: division by zero\n  1/(a-2)\n   ^");
  EXPECT_EQ(refusal("0**-1"), "--expr: division by zero\n  0**-1\n   ^");
  EXPECT_EQ(refusal("log(-3)"), "--expr: the logarithm of -3 is no number\n  log(-3)\n  ^");
  EXPECT_EQ(refusal("log(0)"), "--expr: the logarithm of 0 is no number\n  log(0)\n  ^");
  EXPECT_EQ(refusal("(0-2)**0.5"), "--expr: this is not a real number\n  (0-2)**0.5\n       ^");
  EXPECT_EQ(refusal("exp(1000)"), "--expr: this is more than a double holds\n  exp(1000)\n  ^");
}

TEST(Parse, WantsAValueForEachNameAndANameForEachValue) {
  EXPECT_EQ(refusal("a + b", {"a=1"}), "--expr: b has no value: add b=1\n  a + b\n      ^");
  EXPECT_EQ(refusal("a", {"a=1", "c=2"}), "c=2: the expression has no c");
  EXPECT_EQ(refusal("a", {"a=1", "a=2"}), "a has two values");
  EXPECT_EQ(refusal("a", {"a"}), "'a' is not NAME=VALUE, as a=2");
  EXPECT_EQ(refusal("a", {"2=3"}), "'2=3' is not NAME=VALUE, as a=2");
  EXPECT_EQ(refusal("a", {"=3"}), "'=3' is not NAME=VALUE, as a=2");
  EXPECT_EQ(refusal("a", {"a=x"}), "a: 'x' is not a number");
  EXPECT_EQ(refusal("a", {"a=nan"}), "a: 'nan' is not a number");
  EXPECT_EQ(refusal("a", {"exp=1"}), "'exp=1': exp is a function");
}

TEST(Parse, RefusesDeepNestingBeforeItRunsOutOfStack) {
  const std::string deep = std::string(100'000, '(') + "1" + std::string(100'000, ')');
  EXPECT_THAT(refusal(deep), StartsWith("--expr: nested more than 200 deep\n"));
  EXPECT_THAT(refusal(std::string(100'000, '-') + "1"), StartsWith("--expr: nested more than 200 deep\n"));
  std::string powers = "1", calls;
  for (int i = 0; i < 30'000; ++i) powers += "**1", calls += "exp(";
  EXPECT_THAT(refusal(powers), StartsWith("--expr: nested more than 200 deep\n"));
  EXPECT_THAT(refusal(calls), StartsWith("--expr: nested more than 200 deep\n"));
  EXPECT_EQ(value_of(std::string(199, '(') + "1" + std::string(199, ')')), 1);
}

TEST(Parse, TakesALongChainOfOperators) {
  std::string sum = "1", product = "1";
  for (int i = 0; i < 30'000; ++i) sum += "+1", product += "*1";
  EXPECT_EQ(value_of(sum), 30'001);
  EXPECT_EQ(value_of(product), 1);
}

// Whatever the text: a finite value, or one line, the text's part, and a mark under it.
TEST(Parse, EndsWellOnRandomTexts) {
  const std::string characters = "ab12.()+-*/e exp(tanh(log(relu( **\xc3\xa9\t";
  std::mt19937 words(1);
  int values = 0;
  for (int n = 0; n < 100'000; ++n) {
    std::string text;
    for (auto left = words() % 24; left > 0; --left) text += characters[words() % characters.size()];
    try {
      EXPECT_TRUE(std::isfinite(value_of(text + "+0*(a+b)", {"a=2", "b=0.5"}))) << text;
      ++values;
    } catch (const UsageError& error) {
      const std::string what = error.what();
      EXPECT_EQ(std::count(what.begin(), what.end(), '\n'), 2) << text;
      EXPECT_EQ(what.back(), '^') << text;
    }
  }
  EXPECT_GT(values, 100);
}

// Random expressions, written as text, have the value that the engine gives without the text.
class Writer {
 public:
  explicit Writer(uint32_t seed) : words_(seed) {}
  std::pair<std::string, double> next(int depth) {
    const auto pick = words_() % (depth > 0 ? 7 : 2);
    if (pick == 0) return {"a", 2};
    if (pick == 1) return {"0.25", 0.25};
    const auto [x, at_x] = next(depth - 1);
    if (pick == 2) return {"tanh(" + x + ")", std::tanh(at_x)};
    if (pick == 3) return {"(-" + x + ")", -at_x};
    const auto [y, at_y] = next(depth - 1);
    if (pick == 4) return {"(" + x + " + " + y + ")", at_x + at_y};
    if (pick == 5) return {"(" + x + "-" + y + ")", at_x - at_y};
    return {"(" + x + "*" + y + ")", at_x * at_y};
  }

 private:
  std::mt19937 words_;
};

TEST(Parse, GivesWhatAnExpressionsTextSays) {
  Writer writer(1);
  for (int n = 0; n < 2000; ++n) {
    const auto [text, value] = writer.next(6);
    EXPECT_NEAR(value_of(text + " + 0*a", {"a=2"}), value, 1e-9 * (1 + std::abs(value))) << text;
  }
}

}  // namespace
}  // namespace lt::apps::micrograd
