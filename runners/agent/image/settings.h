/* What the impairer is asked to do, from arguments like `delay-ms=250`. Shares are between 0 and 1. */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define NS_PER_MS 1000000.0

static struct {
  uint16_t queue;
  /* Bits set in the mark of what goes on; and in that of a received packet's copy, which comes in over loopback. */
  uint32_t mark, arrived_mark;
  uint64_t buffer_bytes_max;
  /* Of the line in each direction: 0 is endless. Beyond the bytes that may wait for their turn on it, packets are dropped. */
  double rate_bits_s, line_bytes_max;
  double delay_ns, jitter_ns, correlation, reorder_ns;
  enum distribution distribution;
  struct share loss, corrupt, duplicate, reorder;
  bool fix_checksum;
} settings;

static bool set(const char *argument) {
  const char *value = strchr(argument, '=');
  if (value == NULL) return false;
  size_t length = (size_t)(value++ - argument);
  double number = strtod(value, NULL);
  const struct { const char *name; double *place; double unit; } numbers[] = {
      {"delay-ms", &settings.delay_ns, NS_PER_MS},       {"jitter-ms", &settings.jitter_ns, NS_PER_MS},
      {"correlation", &settings.correlation, 1},         {"loss", &settings.loss.share, 1},
      {"loss-burst", &settings.loss.burst, 1},           {"corrupt", &settings.corrupt.share, 1},
      {"duplicate", &settings.duplicate.share, 1},       {"reorder", &settings.reorder.share, 1},
      {"reorder-ms", &settings.reorder_ns, NS_PER_MS},   {"rate", &settings.rate_bits_s, 1},
      {"line-bytes", &settings.line_bytes_max, 1}};
  for (size_t at = 0; at < sizeof numbers / sizeof *numbers; at++) {
    if (strlen(numbers[at].name) != length || strncmp(argument, numbers[at].name, length) != 0) continue;
    *numbers[at].place = number * numbers[at].unit;
    return true;
  }
  if (strncmp(argument, "queue=", 6) == 0) settings.queue = (uint16_t)number;
  else if (strncmp(argument, "mark=", 5) == 0) settings.mark = (uint32_t)strtoul(value, NULL, 0);
  else if (strncmp(argument, "arrived-mark=", 13) == 0) settings.arrived_mark = (uint32_t)strtoul(value, NULL, 0);
  else if (strncmp(argument, "buffer=", 7) == 0) settings.buffer_bytes_max = strtoull(value, NULL, 10);
  else if (strncmp(argument, "seed=", 5) == 0) random_state = strtoull(value, NULL, 10) * 2 + 1;
  else if (strncmp(argument, "distribution=", 13) == 0) settings.distribution = distribution_of(value);
  else if (strncmp(argument, "fix-checksum=", 13) == 0) settings.fix_checksum = number != 0;
  else return false;
  return true;
}
