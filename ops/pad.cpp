#include <retrograph/ops/entries.hpp>

namespace retrograph {

std::vector<CatalogueEntry> pad_entries() {
  return {};
}

}  // namespace retrograph
