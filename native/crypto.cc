// Crypto over libsodium: the fast twin of src/crypto/backend/sodium-native.ts, one crossing a call, or a crossing for many
// (`sealBatch`, `openBatch`). Every argument is judged here; no input of JavaScript's reaches libsodium unjudged.

#include <cstdio>

#include "addon.h"
#include "args.h"
#include "sodium.h"

namespace {

// Resolved before the first function is registered, so every function below has it.
const Sodium &na() {
  const char *reason;
  static const Sodium *table = sodium(&reason);
  return *table;
}

napi_value random_fill(napi_env env, napi_callback_info info) {
  napi_value args[1];
  Bytes target;
  if (!take_args(env, info, args, 1) || !bytes_arg(env, args[0], "target", &target)) return nullptr;
  na().randombytes_buf(target.data, target.length);
  return nullptr;
}

napi_value key_pair(napi_env env, napi_callback_info info) {
  napi_value args[2];
  Bytes public_key, secret_key;
  if (!take_args(env, info, args, 2) || !fixed_bytes_arg(env, args[0], "publicKey", kPublicKeyBytes, &public_key) ||
      !fixed_bytes_arg(env, args[1], "secretKey", kSecretKeyBytes, &secret_key)) {
    return nullptr;
  }
  na().crypto_box_keypair(public_key.data, secret_key.data);
  return nullptr;
}

napi_value public_key_of(napi_env env, napi_callback_info info) {
  napi_value args[2];
  Bytes public_key, secret_key;
  if (!take_args(env, info, args, 2) || !fixed_bytes_arg(env, args[0], "publicKey", kPublicKeyBytes, &public_key) ||
      !fixed_bytes_arg(env, args[1], "secretKey", kSecretKeyBytes, &secret_key)) {
    return nullptr;
  }
  na().crypto_scalarmult_base(public_key.data, secret_key.data);
  return nullptr;
}

napi_value shared_key(napi_env env, napi_callback_info info) {
  napi_value args[3];
  Bytes out, public_key, secret_key;
  if (!take_args(env, info, args, 3) || !fixed_bytes_arg(env, args[0], "out", kSharedKeyBytes, &out) ||
      !fixed_bytes_arg(env, args[1], "publicKey", kPublicKeyBytes, &public_key) ||
      !fixed_bytes_arg(env, args[2], "secretKey", kSecretKeyBytes, &secret_key)) {
    return nullptr;
  }
  return boolean(env, na().crypto_box_beforenm(out.data, public_key.data, secret_key.data) == 0);
}

struct Box {
  Bytes out, input, nonce, key;
};

bool no_overlap(napi_env env, const Box &box, const char *input_name) {
  if (!overlap(box.out, box.input) && !overlap(box.out, box.nonce) && !overlap(box.out, box.key)) return true;
  char message[80];
  std::snprintf(message, sizeof message, "out must not overlap %s, nonce or key", input_name);
  napi_throw_range_error(env, nullptr, message);
  return false;
}

napi_value seal(napi_env env, napi_callback_info info) {
  napi_value args[4];
  Box box;
  if (!take_args(env, info, args, 4) || !bytes_arg(env, args[0], "out", &box.out) ||
      !bytes_arg(env, args[1], "plain", &box.input) ||
      !fixed_bytes_arg(env, args[2], "nonce", kNonceBytes, &box.nonce) ||
      !fixed_bytes_arg(env, args[3], "key", kSharedKeyBytes, &box.key)) {
    return nullptr;
  }
  if (box.out.length != box.input.length + kMacBytes) {
    refuse_length(env, "out", box.input.length + kMacBytes, box.out.length);
    return nullptr;
  }
  if (!no_overlap(env, box, "plain")) return nullptr;
  na().crypto_box_easy_afternm(box.out.data, box.input.data, box.input.length, box.nonce.data, box.key.data);
  return nullptr;
}

napi_value open(napi_env env, napi_callback_info info) {
  napi_value args[4];
  Box box;
  if (!take_args(env, info, args, 4) || !bytes_arg(env, args[1], "sealed", &box.input)) return nullptr;
  if (box.input.length < kMacBytes) return boolean(env, false);
  if (!bytes_arg(env, args[0], "out", &box.out) || !fixed_bytes_arg(env, args[2], "nonce", kNonceBytes, &box.nonce) ||
      !fixed_bytes_arg(env, args[3], "key", kSharedKeyBytes, &box.key)) {
    return nullptr;
  }
  if (box.out.length != box.input.length - kMacBytes) {
    refuse_length(env, "out", box.input.length - kMacBytes, box.out.length);
    return nullptr;
  }
  if (!no_overlap(env, box, "sealed")) return nullptr;
  return boolean(env, na().crypto_box_open_easy_afternm(box.out.data, box.input.data, box.input.length,
                                                        box.nonce.data, box.key.data) == 0);
}

// One job of a batch, copied out of `jobs` before it is judged: another thread may share that memory.
struct Job {
  int64_t input, length, nonce, key, out, out_length;
};

constexpr size_t kJobFields = 6;
constexpr size_t kDoneField = 5;

// `growth` is what the text grows by: kMacBytes when sealing, its negative when opening.
Job read_job(const int32_t *fields, int64_t growth) {
  Job job = {fields[0], fields[1], fields[2], fields[3], fields[4], 0};
  job.out_length = job.length + growth < 0 ? 0 : job.length + growth;
  return job;
}

const char *job_fault(const Job &job, size_t arena_length) {
  const auto size = static_cast<int64_t>(arena_length);
  const auto inside = [size](int64_t offset, int64_t length) {
    return offset >= 0 && length >= 0 && offset + length <= size;
  };
  const auto clear = [&job](int64_t offset, int64_t length) {
    return job.out >= offset + length || offset >= job.out + job.out_length;
  };
  if (!inside(job.input, job.length)) return "input lies outside arena";
  if (!inside(job.nonce, kNonceBytes)) return "nonce lies outside arena";
  if (!inside(job.key, kSharedKeyBytes)) return "key lies outside arena";
  if (!inside(job.out, job.out_length)) return "out lies outside arena";
  if (!clear(job.input, job.length) || !clear(job.nonce, kNonceBytes) || !clear(job.key, kSharedKeyBytes)) {
    return "out overlaps input, nonce or key";
  }
  return nullptr;
}

bool judge_jobs(napi_env env, const Bytes &arena, const Ints &jobs, int64_t growth) {
  if (jobs.length % kJobFields != 0) {
    napi_throw_range_error(env, nullptr, "jobs must hold 6 numbers a job");
    return false;
  }
  for (size_t at = 0; at < jobs.length; at += kJobFields) {
    const char *fault = job_fault(read_job(jobs.data + at, growth), arena.length);
    if (fault == nullptr) continue;
    char message[96];
    std::snprintf(message, sizeof message, "jobs: job %zu: %s", at / kJobFields, fault);
    napi_throw_range_error(env, nullptr, message);
    return false;
  }
  return true;
}

napi_value run_batch(napi_env env, napi_callback_info info, bool sealing) {
  napi_value args[2];
  Bytes arena;
  Ints jobs;
  const int64_t growth = sealing ? int64_t{kMacBytes} : -int64_t{kMacBytes};
  if (!take_args(env, info, args, 2) || !bytes_arg(env, args[0], "arena", &arena) ||
      !ints_arg(env, args[1], "jobs", &jobs) || !judge_jobs(env, arena, jobs, growth)) {
    return nullptr;
  }
  const Sodium &sodium_table = na();
  const auto box = sealing ? sodium_table.crypto_box_easy_afternm : sodium_table.crypto_box_open_easy_afternm;
  uint32_t done = 0;
  for (size_t at = 0; at < jobs.length; at += kJobFields) {
    const Job job = read_job(jobs.data + at, growth);
    // Judged again: the first pass promised all or nothing, this one that the memory is ours whoever shares `jobs`.
    const bool fits = job.length + growth >= 0 && job_fault(job, arena.length) == nullptr;
    const bool good = fits && box(arena.data + job.out, arena.data + job.input,
                                  static_cast<unsigned long long>(job.length), arena.data + job.nonce,
                                  arena.data + job.key) == 0;
    jobs.data[at + kDoneField] = good ? 1 : 0;
    done += good ? 1 : 0;
  }
  return integer(env, done);
}

napi_value seal_batch(napi_env env, napi_callback_info info) { return run_batch(env, info, true); }

napi_value open_batch(napi_env env, napi_callback_info info) { return run_batch(env, info, false); }

napi_value sign_key_pair(napi_env env, napi_callback_info info) {
  napi_value args[2];
  Bytes public_key, secret_key;
  if (!take_args(env, info, args, 2) ||
      !fixed_bytes_arg(env, args[0], "publicKey", kSignPublicKeyBytes, &public_key) ||
      !fixed_bytes_arg(env, args[1], "secretKey", kSignSecretKeyBytes, &secret_key)) {
    return nullptr;
  }
  na().crypto_sign_keypair(public_key.data, secret_key.data);
  return nullptr;
}

napi_value sign_key_pair_of_seed(napi_env env, napi_callback_info info) {
  napi_value args[3];
  Bytes public_key, secret_key, seed;
  if (!take_args(env, info, args, 3) ||
      !fixed_bytes_arg(env, args[0], "publicKey", kSignPublicKeyBytes, &public_key) ||
      !fixed_bytes_arg(env, args[1], "secretKey", kSignSecretKeyBytes, &secret_key) ||
      !fixed_bytes_arg(env, args[2], "seed", kSignSeedBytes, &seed)) {
    return nullptr;
  }
  na().crypto_sign_seed_keypair(public_key.data, secret_key.data, seed.data);
  return nullptr;
}

napi_value sign(napi_env env, napi_callback_info info) {
  napi_value args[3];
  Bytes signature, message, secret_key;
  if (!take_args(env, info, args, 3) || !fixed_bytes_arg(env, args[0], "signature", kSignatureBytes, &signature) ||
      !bytes_arg(env, args[1], "message", &message) ||
      !fixed_bytes_arg(env, args[2], "signSecretKey", kSignSecretKeyBytes, &secret_key)) {
    return nullptr;
  }
  na().crypto_sign_detached(signature.data, nullptr, message.data, message.length, secret_key.data);
  return nullptr;
}

napi_value verify(napi_env env, napi_callback_info info) {
  napi_value args[3];
  Bytes signature, message, public_key;
  if (!take_args(env, info, args, 3) || !fixed_bytes_arg(env, args[0], "signature", kSignatureBytes, &signature) ||
      !bytes_arg(env, args[1], "message", &message) ||
      !fixed_bytes_arg(env, args[2], "signPublicKey", kSignPublicKeyBytes, &public_key)) {
    return nullptr;
  }
  return boolean(env, na().crypto_sign_verify_detached(signature.data, message.data, message.length,
                                                       public_key.data) == 0);
}

napi_value sha256(napi_env env, napi_callback_info info) {
  napi_value args[2];
  Bytes out, data;
  if (!take_args(env, info, args, 2) || !fixed_bytes_arg(env, args[0], "out", kSha256Bytes, &out) ||
      !bytes_arg(env, args[1], "data", &data)) {
    return nullptr;
  }
  na().crypto_hash_sha256(out.data, data.data, data.length);
  return nullptr;
}

napi_value sha512(napi_env env, napi_callback_info info) {
  napi_value args[2];
  Bytes out, data;
  if (!take_args(env, info, args, 2) || !fixed_bytes_arg(env, args[0], "out", kSha512Bytes, &out) ||
      !bytes_arg(env, args[1], "data", &data)) {
    return nullptr;
  }
  na().crypto_hash_sha512(out.data, data.data, data.length);
  return nullptr;
}

napi_value auth(napi_env env, napi_callback_info info) {
  napi_value args[3];
  Bytes out, message, key;
  if (!take_args(env, info, args, 3) || !fixed_bytes_arg(env, args[0], "out", kAuthBytes, &out) ||
      !bytes_arg(env, args[1], "message", &message) ||
      !fixed_bytes_arg(env, args[2], "key", kAuthKeyBytes, &key)) {
    return nullptr;
  }
  na().crypto_auth(out.data, message.data, message.length, key.data);
  return nullptr;
}

// False when the 16 MiB that scrypt works in cannot be had.
napi_value password_key(napi_env env, napi_callback_info info) {
  napi_value args[3];
  Bytes out, passphrase, salt;
  if (!take_args(env, info, args, 3) || !fixed_bytes_arg(env, args[0], "out", kSharedKeyBytes, &out) ||
      !bytes_arg(env, args[1], "passphrase", &passphrase) ||
      !fixed_bytes_arg(env, args[2], "salt", kPasswordSaltBytes, &salt)) {
    return nullptr;
  }
  uint8_t hash[kSha256Bytes];
  na().crypto_hash_sha256(hash, passphrase.data, passphrase.length);
  const int failed = na().crypto_pwhash_scryptsalsa208sha256(out.data, out.length, reinterpret_cast<char *>(hash),
                                                             sizeof hash, salt.data, kPasswordOpslimit,
                                                             kPasswordMemlimit);
  na().sodium_memzero(hash, sizeof hash);
  return boolean(env, failed == 0);
}

napi_value equal(napi_env env, napi_callback_info info) {
  napi_value args[2];
  Bytes a, b;
  if (!take_args(env, info, args, 2) || !bytes_arg(env, args[0], "a", &a) || !bytes_arg(env, args[1], "b", &b)) {
    return nullptr;
  }
  return boolean(env, a.length == b.length && na().sodium_memcmp(a.data, b.data, a.length) == 0);
}

napi_value wipe(napi_env env, napi_callback_info info) {
  napi_value args[1];
  Bytes secret;
  if (!take_args(env, info, args, 1) || !bytes_arg(env, args[0], "secret", &secret)) return nullptr;
  na().sodium_memzero(secret.data, secret.length);
  return nullptr;
}

// For the benchmark alone: seals (opens) one text `times` times and nothing else, to show what libsodium itself takes.
napi_value bare_loop(napi_env env, napi_callback_info info, bool sealing) {
  napi_value args[5];
  Box box;
  size_t times;
  if (!take_args(env, info, args, 5) || !bytes_arg(env, args[0], "out", &box.out) ||
      !bytes_arg(env, args[1], "input", &box.input) ||
      !fixed_bytes_arg(env, args[2], "nonce", kNonceBytes, &box.nonce) ||
      !fixed_bytes_arg(env, args[3], "key", kSharedKeyBytes, &box.key) ||
      !count_arg(env, args[4], "times", 1000000, &times)) {
    return nullptr;
  }
  const size_t expected = sealing ? box.input.length + kMacBytes : box.input.length - kMacBytes;
  if ((!sealing && box.input.length < kMacBytes) || box.out.length != expected) {
    refuse_length(env, "out", expected, box.out.length);
    return nullptr;
  }
  if (!no_overlap(env, box, "input")) return nullptr;
  const Sodium &sodium_table = na();
  const auto one = sealing ? sodium_table.crypto_box_easy_afternm : sodium_table.crypto_box_open_easy_afternm;
  bool good = true;
  for (size_t i = 0; i < times; i++) {
    good = one(box.out.data, box.input.data, box.input.length, box.nonce.data, box.key.data) == 0 && good;
  }
  return boolean(env, good);
}

napi_value bare_seal_loop(napi_env env, napi_callback_info info) { return bare_loop(env, info, true); }

napi_value bare_open_loop(napi_env env, napi_callback_info info) { return bare_loop(env, info, false); }

constexpr struct {
  const char *name;
  napi_callback function;
} kFunctions[] = {
    {"randomFill", random_fill},
    {"keyPair", key_pair},
    {"publicKeyOf", public_key_of},
    {"sharedKey", shared_key},
    {"seal", seal},
    {"open", open},
    {"sealBatch", seal_batch},
    {"openBatch", open_batch},
    {"signKeyPair", sign_key_pair},
    {"signKeyPairOfSeed", sign_key_pair_of_seed},
    {"sign", sign},
    {"verify", verify},
    {"sha256", sha256},
    {"sha512", sha512},
    {"auth", auth},
    {"passwordKey", password_key},
    {"equal", equal},
    {"wipe", wipe},
    {"bareSealLoop", bare_seal_loop},
    {"bareOpenLoop", bare_open_loop},
};

}  // namespace

void register_crypto(Napi::Env env, Napi::Object exports) {
  const char *reason = nullptr;
  if (sodium(&reason) == nullptr) {
    exports.Set("cryptoMissing", Napi::String::New(env, reason));
    return;
  }
  Napi::Object crypto = Napi::Object::New(env);
  for (const auto &entry : kFunctions) {
    if (!set_function(env, crypto, entry.name, entry.function)) return;
  }
  exports.Set("crypto", crypto);
}
