#include "faults/simulation/disk/simulated_vfs.hpp"

#include "faults/simulation/disk/file_locks.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>

namespace orderflow::simulation {

struct SimulatedVfs::State {
  explicit State(Machine& on) : machine(on) {}

  Machine& machine;
  std::map<std::string, FileLocks> locks;
  std::map<std::string, std::weak_ptr<SharedMemory>> shared_memories;
  sqlite3_vfs vfs{};
};

namespace {

constexpr int name_bytes_max = 512;
// More is cut by SQLite's own file system.
constexpr std::size_t write_bytes_max = 0x1ffff;
constexpr int sector_size = 4096;  // as SQLite's own file system reports

/// One open file of a connection.
struct Handle {
  SimulatedVfs::State& state;
  std::string name;
  MemoryDisk::FilePtr file;
  bool syncs_directory;  ///< with the next sync
  int lock = SQLITE_LOCK_NONE;
  std::shared_ptr<SharedMemory> shared_memory = nullptr;

  Machine& machine() const noexcept { return state.machine; }
};

struct File {
  sqlite3_file base;
  Handle* handle;
};

Handle& handle_of(sqlite3_file* file) noexcept {
  return *reinterpret_cast<File*>(file)->handle;
}

SimulatedVfs::State& state_of(sqlite3_vfs* vfs) noexcept {
  return *static_cast<SimulatedVfs::State*>(vfs->pAppData);
}

/// True where the operation must fail. A cut lets everything fail from here on.
bool fails(Machine& machine, Fault fault) noexcept {
  if (machine.alive && machine.faults.strikes(Fault::cut)) machine.alive = false;
  return !machine.alive || machine.faults.strikes(fault);
}

int close(sqlite3_file* file) {
  Handle* handle = &handle_of(file);
  handle->state.locks[handle->name].unlock(handle, handle->lock, SQLITE_LOCK_NONE);
  if (handle->shared_memory) handle->shared_memory->release_all(handle);
  delete handle;
  return SQLITE_OK;
}

int read(sqlite3_file* file, void* into, int length, sqlite3_int64 offset) {
  Handle& handle = handle_of(file);
  if (fails(handle.machine(), Fault::read)) return SQLITE_IOERR_READ;
  const auto wanted = static_cast<std::size_t>(length);
  const std::size_t count =
      handle.file->read(static_cast<std::size_t>(offset), static_cast<char*>(into), wanted);
  if (count == wanted) return SQLITE_OK;
  std::memset(static_cast<char*>(into) + count, 0, wanted - count);
  return SQLITE_IOERR_SHORT_READ;
}

/// What of a failing write has reached the file all the same.
void write_a_part(Handle& handle, std::size_t offset, std::string_view bytes) {
  if (!handle.machine().alive) return;
  const std::size_t count = handle.machine().random.below(bytes.size() + 1);
  if (count > 0) handle.file->write(offset, bytes.substr(0, count));
}

int write(sqlite3_file* file, const void* from, int length, sqlite3_int64 to) {
  Handle& handle = handle_of(file);
  const std::string_view bytes(static_cast<const char*>(from), static_cast<std::size_t>(length));
  const auto offset = static_cast<std::size_t>(to);
  if (bytes.size() > write_bytes_max) return SQLITE_FULL;
  if (fails(handle.machine(), Fault::write)) {
    write_a_part(handle, offset, bytes);
    return SQLITE_IOERR_WRITE;
  }
  const bool grows = offset + bytes.size() > handle.file->size();
  if (grows && handle.machine().faults.strikes(Fault::disk_full)) {
    write_a_part(handle, offset, bytes);
    return SQLITE_FULL;
  }
  handle.file->write(offset, bytes);
  return SQLITE_OK;
}

int truncate(sqlite3_file* file, sqlite3_int64 size) {
  Handle& handle = handle_of(file);
  if (fails(handle.machine(), Fault::truncate)) return SQLITE_IOERR_TRUNCATE;
  handle.file->truncate(static_cast<std::size_t>(size));
  return SQLITE_OK;
}

int sync(sqlite3_file* file, int) {
  Handle& handle = handle_of(file);
  Machine& machine = handle.machine();
  if (fails(machine, Fault::sync)) {
    if (machine.alive) handle.file->fail_sync(machine.random);
    return SQLITE_IOERR_FSYNC;
  }
  handle.file->sync();
  if (handle.syncs_directory) machine.disk.sync_directory();
  handle.syncs_directory = false;
  return SQLITE_OK;
}

int file_size(sqlite3_file* file, sqlite3_int64* size) {
  const Handle& handle = handle_of(file);
  if (!handle.machine().alive) return SQLITE_IOERR_FSTAT;
  *size = static_cast<sqlite3_int64>(handle.file->size());
  return SQLITE_OK;
}

int lock(sqlite3_file* file, int level) {
  Handle& handle = handle_of(file);
  if (!handle.machine().alive) return SQLITE_IOERR_LOCK;
  return handle.state.locks[handle.name].lock(&handle, handle.lock, level);
}

int unlock(sqlite3_file* file, int level) {
  Handle& handle = handle_of(file);
  handle.state.locks[handle.name].unlock(&handle, handle.lock, level);
  return SQLITE_OK;
}

int check_reserved_lock(sqlite3_file* file, int* is_reserved) {
  const Handle& handle = handle_of(file);
  *is_reserved = handle.state.locks[handle.name].is_reserved() ? 1 : 0;
  return SQLITE_OK;
}

int file_control(sqlite3_file*, int, void*) {
  return SQLITE_NOTFOUND;
}

int sector_size_of(sqlite3_file*) {
  return sector_size;
}

int device_characteristics(sqlite3_file*) {
  return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

int map_shared_memory(sqlite3_file* file, int index, int size, int make, void volatile** region) {
  Handle& handle = handle_of(file);
  *region = nullptr;
  if (!handle.machine().alive) return SQLITE_IOERR_SHMMAP;
  if (!handle.shared_memory) {
    auto& known = handle.state.shared_memories[handle.name];
    handle.shared_memory = known.lock();
    if (!handle.shared_memory) known = handle.shared_memory = std::make_shared<SharedMemory>();
  }
  *region = handle.shared_memory->region(static_cast<std::size_t>(index),
                                         static_cast<std::size_t>(size), make != 0);
  return SQLITE_OK;
}

int lock_shared_memory(sqlite3_file* file, int first, int count, int flags) {
  Handle& handle = handle_of(file);
  if (!handle.shared_memory) return SQLITE_IOERR_SHMLOCK;
  return handle.shared_memory->lock(&handle, static_cast<std::size_t>(first),
                                    static_cast<std::size_t>(count), flags);
}

void shared_memory_barrier(sqlite3_file*) {
  std::atomic_thread_fence(std::memory_order_seq_cst);
}

int unmap_shared_memory(sqlite3_file* file, int) {
  Handle& handle = handle_of(file);
  if (handle.shared_memory) handle.shared_memory->release_all(&handle);
  handle.shared_memory.reset();
  return SQLITE_OK;
}

const sqlite3_io_methods methods = {.iVersion = 2,
                                    .xClose = close,
                                    .xRead = read,
                                    .xWrite = write,
                                    .xTruncate = truncate,
                                    .xSync = sync,
                                    .xFileSize = file_size,
                                    .xLock = lock,
                                    .xUnlock = unlock,
                                    .xCheckReservedLock = check_reserved_lock,
                                    .xFileControl = file_control,
                                    .xSectorSize = sector_size_of,
                                    .xDeviceCharacteristics = device_characteristics,
                                    .xShmMap = map_shared_memory,
                                    .xShmLock = lock_shared_memory,
                                    .xShmBarrier = shared_memory_barrier,
                                    .xShmUnmap = unmap_shared_memory,
                                    .xFetch = nullptr,
                                    .xUnfetch = nullptr};

int open(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* flags_given) {
  SimulatedVfs::State& state = state_of(vfs);
  file->pMethods = nullptr;
  if (fails(state.machine, Fault::open)) return SQLITE_CANTOPEN;
  const bool may_create = (flags & SQLITE_OPEN_CREATE) != 0;
  MemoryDisk::FilePtr opened;
  if (name == nullptr) {
    opened = std::make_shared<DiskFile>();
  } else {
    opened = may_create ? state.machine.disk.find_or_create(name) : state.machine.disk.find(name);
  }
  if (!opened) return SQLITE_CANTOPEN;
  const bool is_journal =
      (flags & (SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_SUPER_JOURNAL)) != 0;
  reinterpret_cast<File*>(file)->handle = new Handle{.state = state,
                                                     .name = name == nullptr ? "" : name,
                                                     .file = std::move(opened),
                                                     .syncs_directory = may_create && is_journal};
  file->pMethods = &methods;
  if (flags_given != nullptr) *flags_given = flags;
  return SQLITE_OK;
}

int remove(sqlite3_vfs* vfs, const char* name, int sync_directory) {
  Machine& machine = state_of(vfs).machine;
  if (fails(machine, Fault::remove)) return SQLITE_IOERR_DELETE;
  if (!machine.disk.find(name)) return SQLITE_IOERR_DELETE_NOENT;
  machine.disk.remove(name);
  if (sync_directory == 0) return SQLITE_OK;
  if (fails(machine, Fault::sync)) return SQLITE_IOERR_DIR_FSYNC;
  machine.disk.sync_directory();
  return SQLITE_OK;
}

int access(sqlite3_vfs* vfs, const char* name, int, int* result) {
  Machine& machine = state_of(vfs).machine;
  if (!machine.alive) return SQLITE_IOERR_ACCESS;
  const auto file = machine.disk.find(name);
  *result = file && file->size() > 0 ? 1 : 0;
  return SQLITE_OK;
}

int full_path_name(sqlite3_vfs*, const char* name, int size, char* full) {
  sqlite3_snprintf(size, full, "%s", name);
  return SQLITE_OK;
}

int randomness(sqlite3_vfs* vfs, int size, char* bytes) {
  core::Random& random = state_of(vfs).machine.random;
  std::generate_n(bytes, size, [&] { return static_cast<char>(random.next()); });
  return size;
}

int sleep(sqlite3_vfs*, int microseconds) {
  return microseconds;
}

int current_time_int64(sqlite3_vfs* vfs, sqlite3_int64* julian_ms) {
  constexpr sqlite3_int64 unix_epoch_julian_ms = 210'866'760'000'000;
  *julian_ms = unix_epoch_julian_ms + core::to_micros(state_of(vfs).machine.clock.now()) / 1'000;
  return SQLITE_OK;
}

int current_time(sqlite3_vfs* vfs, double* julian_days) {
  sqlite3_int64 julian_ms = 0;
  current_time_int64(vfs, &julian_ms);
  *julian_days = static_cast<double>(julian_ms) / 86'400'000.0;
  return SQLITE_OK;
}

int last_error(sqlite3_vfs*, int, char*) {
  return 0;
}

}  // namespace

SimulatedVfs::SimulatedVfs(Machine& machine) : state_(std::make_unique<State>(machine)) {
  sqlite3_vfs& vfs = state_->vfs;
  vfs.iVersion = 2;
  vfs.szOsFile = sizeof(File);
  vfs.mxPathname = name_bytes_max;
  vfs.zName = "simulated";
  vfs.pAppData = state_.get();
  vfs.xOpen = open;
  vfs.xDelete = remove;
  vfs.xAccess = access;
  vfs.xFullPathname = full_path_name;
  vfs.xRandomness = randomness;
  vfs.xSleep = sleep;
  vfs.xCurrentTime = current_time;
  vfs.xGetLastError = last_error;
  vfs.xCurrentTimeInt64 = current_time_int64;
  if (sqlite3_vfs_register(&vfs, 1) != SQLITE_OK) {
    throw std::runtime_error("SQLite does not take a file system");
  }
  // SQLite seeds its generator once; this makes it ask again, so that a seed decides all.
  sqlite3_randomness(0, nullptr);
}

SimulatedVfs::~SimulatedVfs() {
  sqlite3_vfs_unregister(&state_->vfs);
}

}  // namespace orderflow::simulation
