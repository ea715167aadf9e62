#pragma once

// How far a model is: losses of names that it is trained on, and of those kept for testing.

#include <libtensor/apps/makemore/makemore.h>

namespace lt::apps::makemore {

// The mean over the targets that there are.
Variable loss_of(Model& model, const IntTensor& x, const IntTensor& y);
// The same of all names.
double whole_loss(Model& model, const Dataset& data);

// The losses of up to 1,100 names of each kind while a type is trained, and its best parameters by that of
// the test names: in a file as soon as they are.
class Estimates {
 public:
  // Under no file's name nothing is written.
  Estimates(Run& run, std::string type, Model& model, const Datasets& data, std::string file);

  void take(int64_t step, Generator& generator);
  // The same without a step of the generator: a look that the zoo does not take.
  void take_aside(int64_t step, const Generator& generator);
  void keep_if_best(double test_loss);
  const NamedTensors& best() const { return best_; }

  // Of a run that goes on.
  void put(nn::Checkpoint& checkpoint) const;
  void get(const nn::Checkpoint& checkpoint);

  std::vector<double> steps, train, test;  // one an estimate

 private:
  std::string type_, file_;
  Run& run_;
  Model& model_;
  const Datasets& data_;
  NamedTensors best_;
  double best_loss_ = std::numeric_limits<double>::infinity();
};

// Where a run keeps the best model of a type; empty where it writes nothing.
std::string best_file(const Run& run, const Flags& flags, const std::string& type);
// Where a run with these flags, but for --sample-only, has kept it.
std::string kept_file(const Run& run, const Flags& flags);
//   throws: AppError for a file that is not there or not of this model; IoError for a torn one
void load_model(Model& model, const std::string& file);

// What training one type leaves.
struct Trained {
  std::string type;
  int64_t parameters = 0;
  double untrained = 0, test_loss = 0;     // of all test names
  std::vector<double> steps, train, test;  // the estimates, and last that of all test names
};
// Their test losses in one figure; of one type its train losses too.
void draw_curves(Run& run, const std::vector<Trained>& types);

}  // namespace lt::apps::makemore
