#include <retrograph/graph/error.hpp>

#include "commands.hpp"

namespace retrograph::program {

void run(const TrainCommand&) {
  throw GraphError{"train is not there yet"};
}

}  // namespace retrograph::program
