// Chunks of files that a client sends from its callbacks. A call into the core for each of them would cost as much as half of
// the core's work for it, so they wait here and go to the core in lots: what the core has said that it takes is taken without
// asking it, everything else is its own to answer. Before any other call that may change something, it gets what waits.
#ifndef TOXCORE_TS_FILE_CHUNKS_H
#define TOXCORE_TS_FILE_CHUNKS_H

#include <cstddef>
#include <cstdint>
#include <vector>

struct Tox;

// Guarded by the instance's lock.
class FileChunks {
 public:
  // Another delivery of events begins.
  void begin();
  bool is_told() const { return is_told_; }
  // What core_file_awaited_chunks answers, which holds until the core is called for anything else that may change it.
  void tell(const uint8_t *answer, size_t size);
  // For the rest of the delivery nothing is taken: whoever calls this much else is not worth asking again.
  void forget() { awaited_.clear(); }

  // Takes a chunk that the core would take now. The data is copied.
  bool take(uint32_t friend_number, uint32_t file_number, uint64_t position, const uint8_t *data, size_t size);

  // As core_file_send_chunks reads them: u32 friend, u32 file, u64 position, u32 size and the bytes, one behind another.
  const std::vector<uint8_t> &waiting() const { return waiting_; }
  bool is_full() const;
  // The core has what waited.
  void sent() { waiting_.clear(); }

 private:
  // Bytes from `position` to `end`, in chunks of the greatest length but for a file's last one.
  struct Awaited {
    uint32_t friend_number;
    uint32_t file_number;
    uint64_t position;
    uint64_t end;
  };

  Awaited *find(uint32_t friend_number, uint32_t file_number);

  bool is_told_ = false;
  std::vector<Awaited> awaited_;
  // Where the next one is looked for first.
  size_t next_ = 0;
  std::vector<uint8_t> waiting_;
};

// Hands over what waits.
void send_file_chunks(Tox *tox);

#endif
