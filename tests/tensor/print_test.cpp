#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <sstream>

#include <libtensor/tensor/ops.h>

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

template <typename T>
std::string printed(const json& recorded) {
  const auto sizes = recorded["shape"].get<std::vector<int64_t>>();
  const Shape shape{std::span<const int64_t>(sizes)};
  const json& values = recorded["values"];
  std::vector<T> all;
  for (size_t i = 0; i < static_cast<size_t>(numel(shape)); ++i) {
    all.push_back(number<T>(values[i % values.size()]));
  }
  return to_string(from_vector<T>(all, shape));
}

std::string printed_as(const std::string& dtype, const json& recorded) {
  if (dtype == "float32") return printed<float>(recorded);
  if (dtype == "float64") return printed<double>(recorded);
  return dtype == "int64" ? printed<int64_t>(recorded) : printed<bool>(recorded);
}

TEST(Print, WritesWhatPyTorchWroteForTheRecordedTensors) {
  std::ifstream file(LIBTENSOR_SOURCE_DIR "/tests/golden/print.json");
  const json cases = json::parse(file);
  ASSERT_GE(cases.size(), 100U);
  for (const json& each : cases) {
    EXPECT_EQ(printed_as(each["dtype"], each), each["text"].get<std::string>())
        << each["dtype"] << " " << each["shape"];
  }
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
