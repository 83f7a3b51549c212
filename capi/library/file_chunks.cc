#include "file_chunks.h"

#include <algorithm>
#include <mutex>

#include "wrapper.h"

namespace {

// c-toxcore: MAX_FILE_DATA_SIZE.
constexpr size_t kChunkMaxBytes = TOX_MAX_CUSTOM_PACKET_SIZE - 2;

// So much stays in the processor's cache, and leaves by two system calls.
constexpr size_t kLotBytes = 128 * 1024;

template <class Number>
uint8_t *put(uint8_t *target, Number number) {
  memcpy(target, &number, sizeof number);
  return target + sizeof number;
}

void ask(Tox *tox) {
  CoreCall call(Function::core_file_awaited_chunks, static_cast<const Tox *>(tox));
  const bool answered = call.run();
  // Under the lock that `call` holds.
  tox->file_chunks.tell(call.out(), answered ? call.out_size() : 0);
}

bool is_told(Tox *tox) {
  const std::lock_guard lock(tox->mutex);
  return tox->file_chunks.is_told();
}

}  // namespace

void FileChunks::begin() {
  awaited_.clear();
  is_told_ = false;
}

void FileChunks::tell(const uint8_t *answer, size_t size) {
  is_told_ = true;
  awaited_.resize(size / sizeof(Awaited));
  if (!awaited_.empty()) memcpy(awaited_.data(), answer, awaited_.size() * sizeof(Awaited));
}

// Files are asked for in turns, so the one after the last is the most likely one.
FileChunks::Awaited *FileChunks::find(uint32_t friend_number, uint32_t file_number) {
  const size_t count = awaited_.size();
  for (size_t i = 0; i < count; i += 1) {
    Awaited &one = awaited_[(next_ + i) % count];
    if (one.friend_number != friend_number || one.file_number != file_number) continue;
    next_ = (next_ + i + 1) % count;
    return &one;
  }
  return nullptr;
}

bool FileChunks::take(uint32_t friend_number, uint32_t file_number, uint64_t position, const uint8_t *data,
                      size_t size) {
  Awaited *const file = find(friend_number, file_number);
  if (file == nullptr || position != file->position) return false;
  if (size == 0 || size != std::min<uint64_t>(kChunkMaxBytes, file->end - position)) return false;
  file->position += size;
  const size_t at = waiting_.size();
  waiting_.resize(at + sizeof friend_number + sizeof file_number + sizeof position + sizeof(uint32_t) + size);
  uint8_t *target = put(waiting_.data() + at, friend_number);
  target = put(target, file_number);
  target = put(target, position);
  target = put(target, static_cast<uint32_t>(size));
  memcpy(target, data, size);
  return true;
}

bool FileChunks::is_full() const { return waiting_.size() >= kLotBytes; }

void send_file_chunks(Tox *tox) {
  {
    const std::lock_guard lock(tox->mutex);
    if (tox->file_chunks.waiting().empty()) return;
  }
  // It sends them before anything else, and has nothing else to do.
  const CoreCall call(Function::core_file_send_chunks, tox);
}

static bool take(Tox *tox, uint32_t friend_number, uint32_t file_number, uint64_t position, const uint8_t *data,
                 size_t size) {
  if (tox->deliveries == 0) return false;
  if (!is_told(tox)) ask(tox);
  {
    const std::lock_guard lock(tox->mutex);
    if (!tox->file_chunks.take(friend_number, file_number, position, data, size)) return false;
    if (!tox->file_chunks.is_full()) return true;
  }
  send_file_chunks(tox);
  return true;
}

extern "C" bool tox_file_send_chunk(Tox *tox, uint32_t friend_number, uint32_t file_number, uint64_t position,
                                    const uint8_t data[], size_t length, Tox_Err_File_Send_Chunk *error) {
  if (tox == nullptr || (data == nullptr && length > 0)) return fail(error, TOX_ERR_FILE_SEND_CHUNK_NULL, false);
  if (take(tox, friend_number, file_number, position, data, length)) {
    set_error(error, TOX_ERR_FILE_SEND_CHUNK_OK);
    return true;
  }
  CoreCall call(Function::core_file_send_chunk, tox);
  call.number(friend_number);
  call.number(file_number);
  call.bits(position);
  pass_at_most<TOX_MAX_CUSTOM_PACKET_SIZE>(call, data, length);
  if (!call.run()) return fail(error, TOX_ERR_FILE_SEND_CHUNK_NOT_FOUND, false);
  set_error(error, static_cast<Tox_Err_File_Send_Chunk>(call.error()));
  return call.error() == 0;
}
