// Stands in for what calls the core.
#include "event-stub.h"

#include "events.h"
#include "instance.h"

namespace {

std::vector<uint8_t> next_batch;
bool next_fails = false;
int alive = 0;

}  // namespace

Tox *stub_new() {
  alive += 1;
  return new Tox;
}

void stub_happens(Tox *, const uint8_t *batch, size_t size) { next_batch.assign(batch, batch + size); }

void stub_fails() { next_fails = true; }

int stub_alive() { return alive; }

void FileChunks::begin() {}

void send_file_chunks(Tox *) {}

bool iterate_core(Tox *, std::vector<uint8_t> &batch) {
  batch.swap(next_batch);
  next_batch.clear();
  const bool fails = next_fails;
  next_fails = false;
  return !fails;
}

void release(Tox *tox) {
  if (tox->holders.fetch_sub(1) > 1) return;
  alive -= 1;
  delete tox;
}

void tox_kill(Tox *tox) {
  tox->killed.store(true);
  release(tox);
}

void tox_iterate(Tox *tox, void *user_data) {
  tox->holders.fetch_add(1);
  std::vector<uint8_t> batch;
  if (iterate_core(tox, batch)) deliver_events(tox, batch.data(), batch.size(), user_data);
  release(tox);
}
