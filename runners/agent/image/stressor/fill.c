/*
 * Fills a file system down to what is to be left free, by a file without a name that is gone with this program. `stats` says what
 * is free, and `try` whether a file can still be written. `clean` removes what a killed one may have left by name.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "stressor.h"

/* A file system gives room in pieces; what it refuses whole is asked for again by halves, down to this. */
#define PIECE_BYTES_MIN 4096
/* What `try` writes. */
#define TRIAL_BYTES (64 * 1024)

static int directory, file = -1;
static uint64_t bytes_max, leave_bytes, taken_bytes;

/* Free for root as well: the target may run as root, and so do we. */
static uint64_t free_bytes(void) {
  struct statvfs space;
  if (fstatvfs(directory, &space) < 0) fail("file system");
  return (uint64_t)space.f_bfree * space.f_frsize;
}

static bool prepare(char **arguments) {
  struct statfs kind;
  directory = open_directory(arguments[0]);
  bytes_max = strtoull(arguments[1], NULL, 10);
  leave_bytes = strtoull(arguments[2], NULL, 10);
  if (fstatfs(directory, &kind) < 0) fail("file system");
  if (bytes_max > 0 && (file = open_nameless(directory, 0)) < 0) fail(arguments[0]);
  /* A layer that is still open when its container starts again would be mounted twice. */
  return kind.f_type == OVERLAYFS_SUPER_MAGIC;
}

/* Room of its own for the next piece, by allocation or, where the file system cannot, by writing. */
static bool take(uint64_t bytes) {
  static char zeros[1024 * 1024];
  if (fallocate(file, 0, (off_t)taken_bytes, (off_t)bytes) == 0) return true;
  if (errno != EOPNOTSUPP) return false;
  for (uint64_t done = 0; done < bytes;) {
    ssize_t wrote = pwrite(file, zeros, bytes - done < sizeof zeros ? bytes - done : sizeof zeros, (off_t)(taken_bytes + done));
    if (wrote <= 0) return false;
    done += (uint64_t)wrote;
  }
  return fsync(file) == 0;
}

static void go(void) {
  uint64_t piece = bytes_max;
  while (taken_bytes < bytes_max && piece >= PIECE_BYTES_MIN) {
    uint64_t is_free = free_bytes();
    if (is_free <= leave_bytes) break;
    if (piece > is_free - leave_bytes) piece = is_free - leave_bytes;
    if (piece > bytes_max - taken_bytes) piece = bytes_max - taken_bytes;
    if (take(piece)) taken_bytes += piece;
    else if (errno == ENOSPC || errno == EDQUOT) piece /= 2;
    else fail("taking room");
  }
}

/* Whether the target could still write a small file. */
static void try_to_write(void) {
  static char text[TRIAL_BYTES] = "x";
  int trial = open_nameless(directory, 0);
  errno = trial < 0 ? errno : 0;
  ssize_t wrote = trial < 0 ? -1 : pwrite(trial, text, sizeof text, 0);
  bool refused = wrote < (ssize_t)sizeof text || fsync(trial) < 0;
  printf("{\"refused\":%s,\"error\":\"%s\"}\n", refused ? "true" : "false", refused ? strerror(errno != 0 ? errno : ENOSPC) : "");
  if (trial >= 0) close(trial);
}

/* Files that carry our name; only one that was killed between making its file and taking the name away leaves any. */
static unsigned named_files(bool remove_them) {
  unsigned found = 0;
  DIR *names = fdopendir(openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (names == NULL) fail("its files");
  for (struct dirent *each; (each = readdir(names)) != NULL;) {
    if (strcmp(each->d_name, tag) != 0) continue;
    found++;
    if (remove_them && unlinkat(directory, tag, 0) < 0) fail(tag);
  }
  closedir(names);
  return found;
}

static void obey(const char *order) {
  if (strcmp(order, "try") == 0) return try_to_write();
  struct statvfs space;
  struct statfs kind;
  if (fstatvfs(directory, &space) < 0 || fstatfs(directory, &kind) < 0) fail("file system");
  unsigned named = named_files(strcmp(order, "clean") == 0);
  printf("{\"takenBytes\":%" PRIu64 ",\"freeBytes\":%" PRIu64 ",\"totalBytes\":%" PRIu64 ",\"type\":%lu,\"named\":%u}\n", taken_bytes,
         (uint64_t)space.f_bfree * space.f_frsize, (uint64_t)space.f_blocks * space.f_frsize, (unsigned long)kind.f_type, named);
}

const struct stress disk_fill = {"fill", "PATH BYTES_MAX LEAVE_BYTES", 3, prepare, go, obey};
