#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include <libtensor/tensor/ops.h>
#include <libtensor/tests/expect.h>

namespace lt {
namespace {

using nlohmann::json;

template <typename T>
T number(const json& value) {
  if constexpr (std::is_floating_point_v<T>) {
    if (value.is_string()) {
      const auto text = value.get<std::string>();
      if (text == "nan") return std::numeric_limits<T>::quiet_NaN();
      return text == "inf" ? std::numeric_limits<T>::infinity() : -std::numeric_limits<T>::infinity();
    }
  }
  return value.get<T>();
}

PrintOptions recorded_options(const json& recorded) {
  PrintOptions options;
  const json& given = recorded.contains("options") ? recorded["options"] : json::object();
  options.precision = given.value("precision", options.precision);
  options.threshold = given.value("threshold", options.threshold);
  options.edgeitems = given.value("edgeitems", options.edgeitems);
  options.linewidth = given.value("linewidth", options.linewidth);
  if (given.contains("sci_mode")) options.sci_mode = given["sci_mode"].get<bool>();
  return options;
}

template <typename T>
std::string printed(const json& recorded) {
  const auto sizes = recorded["shape"].get<std::vector<int64_t>>();
  const Shape shape{std::span<const int64_t>(sizes)};
  const json& values = recorded["values"];
  std::vector<T> all;
  for (size_t i = 0; i < static_cast<size_t>(numel(shape)); ++i) {
    all.push_back(number<T>(values[i % values.size()]));
  }
  return to_string(from_vector<T>(all, shape), recorded_options(recorded));
}

std::string printed_as(const std::string& dtype, const json& recorded) {
  if (dtype == "float32") return printed<float>(recorded);
  if (dtype == "float64") return printed<double>(recorded);
  return dtype == "int64" ? printed<int64_t>(recorded) : printed<bool>(recorded);
}

void expect_as_recorded(const std::string& name) {
  std::ifstream file(LIBTENSOR_SOURCE_DIR "/tests/golden/" + name);
  const json cases = json::parse(file);
  ASSERT_GE(cases.size(), 100U);
  for (const json& each : cases) {
    EXPECT_EQ(printed_as(each["dtype"], each), each["text"].get<std::string>())
        << each["dtype"] << " " << each["shape"] << " " << each.value("options", json::object());
  }
}

TEST(Print, WritesWhatPyTorchWroteForTheRecordedTensors) { expect_as_recorded("print.json"); }

TEST(Print, WritesWhatPyTorchWroteWithOtherOptions) { expect_as_recorded("print_options.json"); }

TEST(Print, TakesOptionsForOneTensor) {
  const Tensor x = tensor({1234.5678F, 0.25F});
  EXPECT_EQ(to_string(x, {.precision = 1, .sci_mode = false}), "tensor([ 1234.6,     0.2])");
  EXPECT_EQ(to_string(x, {.precision = 2, .sci_mode = true}), "tensor([1.23e+03, 2.50e-01])");
  EXPECT_EQ(to_string(arange<int64_t>(9), {.threshold = 8, .edgeitems = 1}), "tensor([0,  ..., 8])");
  EXPECT_EQ(to_string(arange<int64_t>(1001), {.threshold = INT64_MAX, .linewidth = 7000}).find("..."),
            std::string::npos);
}

// Sets the options of the whole program for one test.
class PrintOptionsOfAll : public testing::Test {
 protected:
  ~PrintOptionsOfAll() override { set_printoptions({}); }
};

TEST_F(PrintOptionsOfAll, HoldForStreamsAndTexts) {
  const Tensor x = tensor({0.125F, 1});
  set_printoptions({.precision = 2});
  EXPECT_EQ(get_printoptions().precision, 2);
  std::ostringstream out;
  out << x;
  EXPECT_EQ(out.str(), "tensor([0.12, 1.00])");
  EXPECT_EQ(to_string(x), out.str());
  set_printoptions({});
  EXPECT_EQ(to_string(x), "tensor([0.1250, 1.0000])");
}

TEST_F(PrintOptionsOfAll, MayBeSetAndReadByThreads) {
  std::vector<std::thread> threads;
  for (int precision = 1; precision <= 4; ++precision) {
    threads.emplace_back([precision] {
      for (int i = 0; i < 200; ++i) {
        set_printoptions({.precision = precision, .linewidth = precision});
        const PrintOptions options = get_printoptions();
        EXPECT_EQ(options.precision, options.linewidth);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST_F(PrintOptionsOfAll, RefuseWhatCannotBe) {
  const std::string text =
      "print options: precision -1, threshold 1000, edgeitems 3, linewidth 80: expected no negative number, "
      "and "
      "at least one edge item and column";
  EXPECT_EQ(error_text<ValueError>([] { set_printoptions({.precision = -1}); }), text);
  EXPECT_EQ(error_text<ValueError>([] { to_string(zeros(2), {.precision = -1}); }), text);
  EXPECT_THROW(set_printoptions({.threshold = -1}), ValueError);
  EXPECT_THROW(set_printoptions({.edgeitems = 0}), ValueError);
  EXPECT_THROW(set_printoptions({.linewidth = 0}), ValueError);
  EXPECT_EQ(get_printoptions().precision, 4);
}

TEST(Print, UsesFourDecimalsAndOneWidth) {
  EXPECT_EQ(to_string(tensor({{1, 2.5}, {-10, 0}})),
            "tensor([[  1.0000,   2.5000],\n        [-10.0000,   0.0000]])");
}

TEST(Print, EndsWholeFloatsInAPoint) {
  EXPECT_EQ(to_string(tensor({1, -2, NAN})), "tensor([ 1., -2., nan])");
}

TEST(Print, WritesNanWithoutASign) { EXPECT_EQ(to_string(tensor({-NAN, 0.5F})), "tensor([   nan, 0.5000])"); }

TEST(Print, TakesAViewsNumbersInItsOwnOrder) {
  const IntTensor x = arange<int64_t>(6).view({2, 3});
  EXPECT_EQ(to_string(x.t()), "tensor([[0, 3],\n        [1, 4],\n        [2, 5]])");
}

TEST(Print, ElidesTheMiddleOfMoreThanAThousandElements) {
  EXPECT_EQ(to_string(arange<int64_t>(1001)), "tensor([   0,    1,    2,  ...,  998,  999, 1000])");
}

TEST(Print, NamesShapeAndTypeOfAnEmptyTensor) {
  EXPECT_EQ(to_string(zeros<int64_t>({0, 3})), "tensor([], size=(0, 3), dtype=torch.int64)");
  EXPECT_EQ(to_string(zeros(0)), "tensor([])");
}

TEST(Print, NamesTheTypeOfDoubles) {
  EXPECT_EQ(to_string(scalar<double>(0.5)), "tensor(0.5000, dtype=torch.float64)");
}

TEST(Print, GoesToAStreamAsItIs) {
  std::ostringstream out;
  out << tensor<bool>({true, false});
  EXPECT_EQ(out.str(), "tensor([ True, False])");
}

}  // namespace
}  // namespace lt
