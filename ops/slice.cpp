#include <retrograph/ops/entries.hpp>

namespace retrograph {

std::vector<CatalogueEntry> slice_entries() {
  return {};
}

}  // namespace retrograph
