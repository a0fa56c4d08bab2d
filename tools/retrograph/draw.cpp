#include <retrograph/graph/error.hpp>

#include "commands.hpp"

namespace retrograph::program {

void run(const DrawCommand&) {
  throw GraphError{"draw is not there yet"};
}

}  // namespace retrograph::program
