#include <retrograph/ops/entries.hpp>

namespace retrograph {

std::vector<CatalogueEntry> logsumexp_entries() {
  return {};
}

}  // namespace retrograph
