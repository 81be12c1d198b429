/* Holds memory: takes pages one after the other, and touches them again and again so that they stay. */
#define _GNU_SOURCE
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "stressor.h"

/* Between two rounds over all pages. */
#define TOUCH_EVERY_NS (500 * NS_PER_MS)

static size_t asked_bytes, page_bytes;
static volatile unsigned char *pages;
static atomic_size_t held_bytes;

static void *hold(void *unused) {
  (void)unused;
  for (unsigned char round = 1;; round++) {
    for (size_t at = 0; at < asked_bytes; at += page_bytes) {
      pages[at] = round;
      if (atomic_load(&held_bytes) < at + page_bytes) atomic_store(&held_bytes, at + page_bytes);
    }
    nanosleep(&(struct timespec){.tv_nsec = TOUCH_EVERY_NS}, NULL);
  }
  return NULL;
}

static bool prepare(char **arguments) {
  page_bytes = (size_t)sysconf(_SC_PAGESIZE);
  asked_bytes = strtoull(arguments[0], NULL, 10) / page_bytes * page_bytes;
  pages = mmap(NULL, asked_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (pages == MAP_FAILED) fail("address space");
  /* Whole huge pages would be charged ahead of being touched. */
  madvise((void *)pages, asked_bytes, MADV_NOHUGEPAGE);
  return true;
}

static void go(void) { start_thread(hold, NULL); }

static void obey(const char *order) {
  (void)order;
  printf("{\"heldBytes\":%zu}\n", atomic_load(&held_bytes));
}

const struct stress memory_stress = {"memory", "BYTES", 1, prepare, go, obey};
