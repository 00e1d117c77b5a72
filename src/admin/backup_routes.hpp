#pragma once

#include "host/host.hpp"
#include "storage/backups.hpp"

namespace orderflow::admin {

/// `POST /v1/admin/backup` makes a backup and answers when it is on disk and checked;
/// `GET /v1/admin/backups` lists the existing ones. `services` and `backups` outlive the router.
void add_backup_routes(host::Services& services, storage::Backups& backups);

}  // namespace orderflow::admin
