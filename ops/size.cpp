#include <retrograph/ops/entries.hpp>

namespace retrograph {

std::vector<CatalogueEntry> size_entries() {
  return {};
}

}  // namespace retrograph
