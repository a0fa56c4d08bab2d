#include <retrograph/ops/entries.hpp>

namespace retrograph {

std::vector<CatalogueEntry> maximum_entries() {
  return {};
}

}  // namespace retrograph
