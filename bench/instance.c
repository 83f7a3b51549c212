/* What an instance costs inside a process, with whatever libtoxcore the loader finds: one line `name value` a figure;
 * `instance version` prints the library's version alone.
 *
 *   first MS          the first tox_new of the process, a later one, and its processor time
 *   first-cpu MS
 *   later MS
 *   getter US         tox_self_get_name
 *   iterate US        tox_iterate with nothing to do
 *   memory MB         resident: the whole process with one idle instance
 *   further MB        the same for each further one
 *
 * Of repeated figures the least counts: it was disturbed least. */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <tox/tox.h>
#include <unistd.h>

enum { FURTHER = 20, ROUNDS = 40, GETS = 10000, ITERATES = 500, SETTLE_STEPS = 20, SETTLE_NS = 50000000 };

static double ms_of(clockid_t clock)
{
    struct timespec ts;
    clock_gettime(clock, &ts);
    return ts.tv_sec * 1e3 + ts.tv_nsec / 1e6;
}

static double least(double a, double b)
{
    return a < b ? a : b;
}

static double resident_mb(void)
{
    long all = 0, resident = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (file == NULL || fscanf(file, "%ld %ld", &all, &resident) != 2) {
        fprintf(stderr, "no /proc/self/statm\n");
        exit(1);
    }
    fclose(file);
    return resident * (double)sysconf(_SC_PAGESIZE) / 1e6;
}

static Tox *make(void)
{
    struct Tox_Options *options = tox_options_new(NULL);
    tox_options_set_local_discovery_enabled(options, false);
    Tox_Err_New error;
    Tox *tox = tox_new(options, &error);
    tox_options_free(options);
    if (tox == NULL) {
        fprintf(stderr, "tox_new: %d\n", error);
        exit(1);
    }
    return tox;
}

/* A client's loop while nothing happens. */
static void settle(Tox **instances, int count)
{
    const struct timespec pause = {0, SETTLE_NS};
    for (int i = 0; i < SETTLE_STEPS; ++i) {
        for (int k = 0; k < count; ++k) {
            tox_iterate(instances[k], NULL);
        }
        nanosleep(&pause, NULL);
    }
}

static double getter_us(Tox *tox)
{
    uint8_t name[TOX_MAX_NAME_LENGTH];
    const double start = ms_of(CLOCK_MONOTONIC);
    for (int i = 0; i < GETS; ++i) {
        tox_self_get_name(tox, name);
    }
    return (ms_of(CLOCK_MONOTONIC) - start) * 1e3 / GETS;
}

static double iterate_us(Tox *tox)
{
    const double start = ms_of(CLOCK_MONOTONIC);
    for (int i = 0; i < ITERATES; ++i) {
        tox_iterate(tox, NULL);
    }
    return (ms_of(CLOCK_MONOTONIC) - start) * 1e3 / ITERATES;
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "version") == 0) {
        printf("%u.%u.%u\n", tox_version_major(), tox_version_minor(), tox_version_patch());
        return 0;
    }
    Tox *instances[1 + FURTHER];
    const double start = ms_of(CLOCK_MONOTONIC), start_cpu = ms_of(CLOCK_PROCESS_CPUTIME_ID);
    instances[0] = make();
    printf("first %.3f\n", ms_of(CLOCK_MONOTONIC) - start);
    printf("first-cpu %.3f\n", ms_of(CLOCK_PROCESS_CPUTIME_ID) - start_cpu);
    settle(instances, 1);
    const double one_mb = resident_mb();

    double later = 1e9;
    for (int i = 1; i <= FURTHER; ++i) {
        const double before = ms_of(CLOCK_MONOTONIC);
        instances[i] = make();
        later = least(later, ms_of(CLOCK_MONOTONIC) - before);
    }
    settle(instances, 1 + FURTHER);
    printf("memory %.3f\nfurther %.3f\n", one_mb, (resident_mb() - one_mb) / FURTHER);
    printf("later %.3f\n", later);
    for (int i = 1; i <= FURTHER; ++i) {
        tox_kill(instances[i]);
    }

    static const uint8_t name[] = "a name of usual length";
    tox_self_set_name(instances[0], name, sizeof(name) - 1, NULL);
    double getter = 1e9, iterate = 1e9;
    for (int i = 0; i < ROUNDS; ++i) {
        getter = least(getter, getter_us(instances[0]));
        iterate = least(iterate, iterate_us(instances[0]));
    }
    printf("getter %.4f\niterate %.4f\n", getter, iterate);
    tox_kill(instances[0]);
    return 0;
}
