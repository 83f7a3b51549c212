// Randomness for the core: the machine's, or the generator that an instance was given.
#ifndef TOXCORE_TS_RANDOM_H
#define TOXCORE_TS_RANDOM_H

#include <cstddef>
#include <cstdint>

struct Random;

// The number that stands for an instance while core_new makes it.
constexpr uint32_t kBeingMade = 0;

// What the core's script calls, by the instance's number. Called under the core's lock.
void injected_random(uint32_t instance, uint8_t *target, size_t size);

// NULL forgets the generator. Called under the core's lock.
void inject_random(uint32_t instance, const Random *generator);

#endif
