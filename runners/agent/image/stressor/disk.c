/*
 * Keeps a disk busy: writes a file of bounded length over and over, past the page cache where the file system can, so that the
 * kernel counts it for the control group. Also times single writes and reads, as a canary: `write BYTES`, `read BYTES`.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "stressor.h"

#define WORKERS_MAX 64
/* What direct input and output must be aligned to, on any disk. */
#define ALIGNMENT 4096

static int directory;
static unsigned workers;
static size_t file_bytes, block_bytes;
static int files[WORKERS_MAX];
static void *blocks[WORKERS_MAX];
static bool direct = true;
static atomic_uint_fast64_t written_bytes, writes, errors;

static void write_block(unsigned worker, off_t at) {
  ssize_t wrote = pwrite(files[worker], blocks[worker], block_bytes, at);
  if (wrote > 0 && fdatasync(files[worker]) == 0) {
    atomic_fetch_add(&written_bytes, (uint64_t)wrote);
    atomic_fetch_add(&writes, 1);
    return;
  }
  atomic_fetch_add(&errors, 1);
  /* A full disk answers at once, and must not make a busy loop of it. */
  usleep(10000);
}

static void *work(void *argument) {
  unsigned worker = (unsigned)(uintptr_t)argument;
  for (;;)
    for (size_t at = 0; at + block_bytes <= file_bytes; at += block_bytes) write_block(worker, (off_t)at);
  return NULL;
}

static bool prepare(char **arguments) {
  directory = open_directory(arguments[0]);
  workers = (unsigned)strtoul(arguments[1], NULL, 10);
  file_bytes = strtoull(arguments[2], NULL, 10);
  block_bytes = strtoull(arguments[3], NULL, 10) / ALIGNMENT * ALIGNMENT;
  if (workers < 1 || workers > WORKERS_MAX || block_bytes == 0) {
    errno = EINVAL;
    fail("workers or block");
  }
  for (unsigned i = 0; i < workers; i++) {
    files[i] = open_nameless(directory, direct ? O_DIRECT : 0);
    if (files[i] < 0 && errno == EINVAL && direct) {
      direct = false;
      files[i] = open_nameless(directory, 0);
    }
    if (files[i] < 0) fail(arguments[0]);
    if (posix_memalign(&blocks[i], ALIGNMENT, block_bytes) != 0) fail("a block");
    memset(blocks[i], 0x5a + (int)i, block_bytes);
  }
  return true;
}

static void go(void) {
  for (unsigned i = 0; file_bytes > 0 && i < workers; i++) start_thread(work, (void *)(uintptr_t)i);
}

/* The file system that the directory is in. */
static void print_place(void) {
  struct statvfs space;
  struct statfs kind;
  struct stat directory_is;
  if (fstatvfs(directory, &space) < 0 || fstatfs(directory, &kind) < 0 || fstat(directory, &directory_is) < 0) fail("file system");
  printf("{\"freeBytes\":%" PRIu64 ",\"type\":%lu,\"device\":\"%u:%u\",\"direct\":%s}\n", (uint64_t)space.f_bavail * space.f_frsize,
         (unsigned long)kind.f_type, major(directory_is.st_dev), minor(directory_is.st_dev), direct ? "true" : "false");
}

/* How long it takes to write, or to read back what was written, this many bytes. */
static void time_bytes(bool writing, uint64_t bytes) {
  uint64_t began_ns = monotonic_ns();
  for (uint64_t at = 0; at < bytes; at += block_bytes) {
    ssize_t done = writing ? pwrite(files[0], blocks[0], block_bytes, (off_t)at) : pread(files[0], blocks[0], block_bytes, (off_t)at);
    if (done <= 0) fail(writing ? "write" : "read");
  }
  if (writing && fdatasync(files[0]) < 0) fail("fdatasync");
  printf("{\"tookMs\":%.3f}\n", (double)(monotonic_ns() - began_ns) / NS_PER_MS);
}

static void obey(const char *order) {
  uint64_t bytes;
  if (sscanf(order, "write %" SCNu64, &bytes) == 1) return time_bytes(true, bytes);
  if (sscanf(order, "read %" SCNu64, &bytes) == 1) return time_bytes(false, bytes);
  if (strcmp(order, "place") == 0) return print_place();
  printf("{\"writtenBytes\":%" PRIuFAST64 ",\"writes\":%" PRIuFAST64 ",\"errors\":%" PRIuFAST64 "}\n", atomic_load(&written_bytes),
         atomic_load(&writes), atomic_load(&errors));
}

const struct stress disk_stress = {"disk", "PATH WORKERS FILE_BYTES BLOCK_BYTES", 4, prepare, go, obey};
