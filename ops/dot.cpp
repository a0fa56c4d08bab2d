#include <retrograph/ops/entries.hpp>

namespace retrograph {

std::vector<CatalogueEntry> dot_entries() {
  return {};
}

}  // namespace retrograph
