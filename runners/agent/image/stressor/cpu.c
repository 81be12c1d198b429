/* Burns processor time: each worker runs for its share of every period, and sleeps for the rest. */
#define _GNU_SOURCE
#include <dirent.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "stressor.h"

#define PERIOD_NS (100 * NS_PER_MS)

static unsigned workers;
static double load;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t told = PTHREAD_COND_INITIALIZER;
static bool going;

static void *work(void *unused) {
  (void)unused;
  pthread_mutex_lock(&lock);
  while (!going) pthread_cond_wait(&told, &lock);
  pthread_mutex_unlock(&lock);
  uint64_t burn_ns = (uint64_t)(load * PERIOD_NS), period_ends_ns = monotonic_ns();
  for (;;) {
    period_ends_ns += PERIOD_NS;
    uint64_t enough_ns = thread_cpu_ns() + burn_ns;
    while (thread_cpu_ns() < enough_ns && monotonic_ns() < period_ends_ns)
      for (volatile int i = 0; i < 1000; i++);
    uint64_t now_ns = monotonic_ns();
    /* One that was kept from running does not make up for it. */
    if (now_ns > period_ends_ns) period_ends_ns = now_ns;
    struct timespec end = {.tv_sec = (time_t)(period_ends_ns / 1000000000u), .tv_nsec = (long)(period_ends_ns % 1000000000u)};
    if (load < 1) clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &end, NULL);
  }
  return NULL;
}

static bool prepare(char **arguments) {
  workers = (unsigned)strtoul(arguments[0], NULL, 10);
  load = strtod(arguments[1], NULL);
  setpriority(PRIO_PROCESS, 0, atoi(arguments[2]));
  for (unsigned i = 0; i < workers; i++) start_thread(work, NULL);
  return true;
}

static void go(void) {
  pthread_mutex_lock(&lock);
  going = true;
  pthread_cond_broadcast(&told);
  pthread_mutex_unlock(&lock);
}

/* How long its threads ran, and how long they were ready to run and were not let, by the kernel's own account. */
static void sum_threads(uint64_t *ran_ns, uint64_t *waited_ns) {
  DIR *threads = opendir("/proc/self/task");
  if (threads == NULL) fail("its threads");
  for (struct dirent *thread; (thread = readdir(threads)) != NULL;) {
    char path[320];
    uint64_t ran, waited;
    snprintf(path, sizeof path, "/proc/self/task/%s/schedstat", thread->d_name);
    FILE *file = thread->d_name[0] == '.' ? NULL : fopen(path, "re");
    if (file == NULL) continue;
    if (fscanf(file, "%" SCNu64 " %" SCNu64, &ran, &waited) == 2) {
      *ran_ns += ran;
      *waited_ns += waited;
    }
    fclose(file);
  }
  closedir(threads);
}

static void obey(const char *order) {
  (void)order;
  uint64_t ran_ns = 0, waited_ns = 0;
  sum_threads(&ran_ns, &waited_ns);
  printf("{\"ranMs\":%.3f,\"waitedMs\":%.3f}\n", (double)ran_ns / NS_PER_MS, (double)waited_ns / NS_PER_MS);
}

const struct stress cpu_stress = {"cpu", "WORKERS LOAD NICE", 3, prepare, go, obey};
