#include <retrograph/ops/entries.hpp>

namespace retrograph {

std::vector<CatalogueEntry> mean_squared_error_entries() {
  return {};
}

}  // namespace retrograph
