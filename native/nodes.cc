// Nearest-node selection over packed keys: the fast twin of src/base/nearest.ts.

#include <algorithm>
#include <new>

#include "addon.h"
#include "args.h"

namespace {

constexpr size_t kKeyBytes = 32;

struct Candidate {
  uint64_t prefix;  // The first eight bytes of the distance as a number: decides nearly every comparison.
  uint32_t index;
};

// Spelled with shifts in one expression: compilers make one load and one byte swap of it, on either endianness.
uint64_t load_big_endian(const uint8_t *p) {
  return uint64_t{p[0]} << 56 | uint64_t{p[1]} << 48 | uint64_t{p[2]} << 40 | uint64_t{p[3]} << 32 |
         uint64_t{p[4]} << 24 | uint64_t{p[5]} << 16 | uint64_t{p[6]} << 8 | uint64_t{p[7]};
}

struct Nearer {
  const uint8_t *target;
  const uint8_t *keys;
  uint64_t target_prefix;

  Candidate candidate(size_t index) const {
    return {load_big_endian(keys + index * kKeyBytes) ^ target_prefix, static_cast<uint32_t>(index)};
  }

  bool operator()(const Candidate &a, const Candidate &b) const {
    if (a.prefix != b.prefix) return a.prefix < b.prefix;
    const uint8_t *key_a = keys + size_t{a.index} * kKeyBytes;
    const uint8_t *key_b = keys + size_t{b.index} * kKeyBytes;
    for (size_t i = 8; i < kKeyBytes; i++) {
      if (key_a[i] != key_b[i]) return (key_a[i] ^ target[i]) < (key_b[i] ^ target[i]);
    }
    return a.index < b.index;
  }
};

// Few are wanted (the common case, 4 or 8 nodes for an answer): one pass, each key against the worst kept one.
size_t select_few(const Nearer &nearer, size_t count, size_t wanted, Candidate *best) {
  size_t kept = 0;
  for (size_t i = 0; i < count; i++) {
    const Candidate one = nearer.candidate(i);
    if (kept == wanted && !nearer(one, best[wanted - 1])) continue;
    size_t at = kept < wanted ? kept++ : kept - 1;
    for (; at > 0 && nearer(one, best[at - 1]); at--) best[at] = best[at - 1];
    best[at] = one;
  }
  return kept;
}

constexpr size_t kFewMax = 16;

napi_value nearest_indices(napi_env env, napi_callback_info info) {
  napi_value args[5];
  Bytes target, keys;
  Ints out;
  size_t count, wanted;
  if (!take_args(env, info, args, 5) || !fixed_bytes_arg(env, args[0], "target", kKeyBytes, &target) ||
      !bytes_arg(env, args[1], "packedKeys", &keys) ||
      !count_arg(env, args[2], "count", keys.length / kKeyBytes, &count) ||
      !ints_arg(env, args[4], "out", &out) || !count_arg(env, args[3], "howMany", out.length, &wanted)) {
    return nullptr;
  }
  const Nearer nearer = {target.data, keys.data, load_big_endian(target.data)};
  wanted = std::min(wanted, count);
  if (wanted == 0) return integer(env, 0);
  if (wanted <= kFewMax) {
    Candidate best[kFewMax];
    const size_t kept = select_few(nearer, count, wanted, best);
    for (size_t i = 0; i < kept; i++) out.data[i] = static_cast<int32_t>(best[i].index);
    return integer(env, static_cast<uint32_t>(kept));
  }
  auto *all = new (std::nothrow) Candidate[count];
  if (all == nullptr) {
    napi_throw_error(env, nullptr, "out of memory");
    return nullptr;
  }
  for (size_t i = 0; i < count; i++) all[i] = nearer.candidate(i);
  std::partial_sort(all, all + wanted, all + count, nearer);
  for (size_t i = 0; i < wanted; i++) out.data[i] = static_cast<int32_t>(all[i].index);
  delete[] all;
  return integer(env, static_cast<uint32_t>(wanted));
}

}  // namespace

void register_nodes(Napi::Env env, Napi::Object exports) {
  Napi::Object nodes = Napi::Object::New(env);
  if (set_function(env, nodes, "nearestIndices", nearest_indices)) exports.Set("nodes", nodes);
}
