#include "storage/page_cache.hpp"

#include "core/c_border.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <new>

namespace orderflow::storage {
namespace {

sqlite3_pcache_methods2 own{};  ///< SQLite's

/// The cache of one file of one connection.
struct Cache {
  sqlite3_pcache* pages;
  unsigned locking_page;  ///< where the file would have the bytes that it is locked by
  unsigned highest = 0;   ///< no page but that one has a higher number

  void note(unsigned page) noexcept {
    if (page != locking_page) highest = std::max(highest, page);
  }
};

Cache& of(sqlite3_pcache* cache) noexcept {
  return *reinterpret_cast<Cache*>(cache);
}

sqlite3_pcache* create(int page_bytes, int extra_bytes, int purgeable) noexcept {
  constexpr unsigned locking_byte = 0x40000000;
  sqlite3_pcache* const pages = own.xCreate(page_bytes, extra_bytes, purgeable);
  if (pages == nullptr) return nullptr;
  auto* cache = new (std::nothrow)
      Cache{.pages = pages, .locking_page = locking_byte / static_cast<unsigned>(page_bytes) + 1};
  if (cache == nullptr) own.xDestroy(pages);
  return reinterpret_cast<sqlite3_pcache*>(cache);
}

void set_size(sqlite3_pcache* cache, int pages_max) noexcept {
  own.xCachesize(of(cache).pages, pages_max);
}

int count_pages(sqlite3_pcache* cache) noexcept {
  return own.xPagecount(of(cache).pages);
}

sqlite3_pcache_page* fetch(sqlite3_pcache* cache, unsigned key, int create_flag) noexcept {
  sqlite3_pcache_page* const page = own.xFetch(of(cache).pages, key, create_flag);
  if (page != nullptr) of(cache).note(key);
  return page;
}

void unpin(sqlite3_pcache* cache, sqlite3_pcache_page* page, int discard) noexcept {
  own.xUnpin(of(cache).pages, page, discard);
}

void change_key(sqlite3_pcache* cache, sqlite3_pcache_page* page, unsigned from,
                unsigned to) noexcept {
  own.xRekey(of(cache).pages, page, from, to);
  of(cache).note(to);
}

/// Drops the pages from `limit` on.
void truncate(sqlite3_pcache* cache, unsigned limit) noexcept {
  Cache& it = of(cache);
  if (limit > it.highest) return;
  own.xTruncate(it.pages, limit);
  it.highest = limit == 0 ? 0 : limit - 1;
}

void destroy(sqlite3_pcache* cache) noexcept {
  own.xDestroy(of(cache).pages);
  delete &of(cache);
}

void shrink(sqlite3_pcache* cache) noexcept {
  own.xShrink(of(cache).pages);
}

int install() noexcept {
  const int code = sqlite3_config(SQLITE_CONFIG_GETPCACHE2, &own);
  if (code != SQLITE_OK) return code;
  sqlite3_pcache_methods2 layered = own;
  layered.xCreate = core::never_throws(create);
  layered.xCachesize = core::never_throws(set_size);
  layered.xPagecount = core::never_throws(count_pages);
  layered.xFetch = core::never_throws(fetch);
  layered.xUnpin = core::never_throws(unpin);
  layered.xRekey = core::never_throws(change_key);
  layered.xTruncate = core::never_throws(truncate);
  layered.xDestroy = core::never_throws(destroy);
  layered.xShrink = core::never_throws(shrink);
  return sqlite3_config(SQLITE_CONFIG_PCACHE2, &layered);
}

}  // namespace

void install_page_cache() noexcept {
  static const int once = install();
  static_cast<void>(once);
}

}  // namespace orderflow::storage
