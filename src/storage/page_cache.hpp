#pragma once

namespace orderflow::storage {

/// Lets SQLite's page cache forget pages beyond the end of the file without looking through all of
/// it: as of 3.40, a commit in which a page of a tree was split makes it do so, for while it sorts
/// the parts SQLite gives one of them the number of the page at 1 GiB, which it never uses
/// otherwise, and the cache takes that for the highest it has. With 32 MiB of pages that is a tenth
/// of a commit of 32 orders.
///
/// A thin layer over SQLite's own cache (sqlite.org/c3ref/pcache_methods2.html), for all
/// connections of the process. To be called before the first is opened; without effect after that.
void install_page_cache() noexcept;

}  // namespace orderflow::storage
