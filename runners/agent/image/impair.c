/*
 * The packet impairer: takes what a rule hands to an NFQUEUE queue, and loses, garbles, doubles or delays it, or lets it
 * through no faster than a line of so many bits a second would.
 *
 *   at once:   rule ─▶ queue ─▶ NF_REPEAT, marked: the packet goes through the rules again, and ours lets it pass
 *   sent late: rule ─▶ queue ─▶ a copy waits here, the packet itself is dropped ─▶ raw socket, marked, when due
 *   received:  rule ─▶ queue ─▶ the packet waits in the kernel ──────────────────▶ NF_REPEAT, marked, when due
 *
 *   impair NAME=VALUE …   (the names are those in `settings` below)
 *
 * What a container sends late is copied, because a packet that waits in the kernel still counts against its sender's
 * socket: a connection would be throttled to a packet or two a round trip (TCP small queues), which is not what a long line
 * does. Datagrams too long for the device wait in the kernel. The mark's bits are this program's own, so that several
 * can work on one packet, one after the other. A received packet is doubled by sending its copy to ourselves.
 *
 * It runs in the target's network namespace and obeys lines on its standard input: `stats` prints one line of JSON,
 * `off` lets everything go at once, in order, and passes the rest through. It ends when its input ends. It fails
 * open: without it the rule's --queue-bypass lets packets pass, and it is killed with the thread that started it. When
 * the packets that wait reach `buffer`, the ones due first go early, and are counted as overflowed.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <libnetfilter_queue/libnetfilter_queue.h>
#include <libnfnetlink/libnfnetlink.h>
#include <linux/netfilter.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "chance.h"
#include "due-heap.h"
#include "packet.h"
#include "settings.h"
#include "wire.h"

/* The longest packet that IP knows, jumbograms aside. */
#define PACKET_BYTES_MAX 65535
/* Packets that the kernel may hold for us at most; beyond it they pass (fail open) where the kernel can. */
#define KERNEL_QUEUE_PACKETS_MAX 262144
/* Announcements read in a row before due packets are looked at again. */
#define READS_IN_A_ROW_MAX 256

static struct {
  uint64_t seen, released, overflowed, unsent, dropped, garbled, doubled, late;
  uint64_t held_bytes, peak_bytes;
  double hold_ns_sum;
  uint64_t hold_ns_min, hold_ns_max;
} stats = {.hold_ns_min = UINT64_MAX};

static bool passing;

static uint64_t now_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* Lets it go on its way; with `copy`, as that. */
static void let_go(struct nfq_q_handle *queue, const struct held *item) {
  if (!item->in_kernel) stats.unsent += !send_copy(item);
  else nfq_set_verdict2(queue, item->id, NF_REPEAT, item->mark, item->copy == NULL ? 0 : item->bytes, item->copy);
}

static void release_first(struct nfq_q_handle *queue) {
  struct held item = pop();
  let_go(queue, &item);
  free(item.copy);
  uint64_t hold_ns = now_ns() - item.arrived_ns;
  stats.released++;
  stats.held_bytes -= item.bytes;
  stats.hold_ns_sum += (double)hold_ns;
  if (hold_ns < stats.hold_ns_min) stats.hold_ns_min = hold_ns;
  if (hold_ns > stats.hold_ns_max) stats.hold_ns_max = hold_ns;
}

static void release_due(struct nfq_q_handle *queue) {
  while (heap.count > 0 && heap.items[0].due_ns <= now_ns()) release_first(queue);
}

static unsigned char *copy_of(const unsigned char *packet, uint32_t bytes) {
  unsigned char *copy = malloc(bytes);
  if (copy != NULL) memcpy(copy, packet, bytes);
  return copy;
}

static uint64_t hold_ns(void) {
  double hold = settings.delay_ns;
  if (settings.jitter_ns > 0) hold += settings.jitter_ns * draw_after(settings.distribution, settings.correlation);
  if (happens(&settings.reorder)) {
    stats.late++;
    hold += settings.reorder_ns;
  }
  return hold > 0 ? (uint64_t)hold : 0;
}

/*
 * A turn on the line of its direction, one packet after the other; false where too much waits already. When the line is free
 * again is reckoned, not measured, so that a late wake-up costs no bandwidth.
 */
static bool take_turn(bool sent, uint32_t bytes, uint64_t *hold) {
  static uint64_t free_ns[2];
  uint64_t now = now_ns(), begin = free_ns[sent] > now ? free_ns[sent] : now;
  double waiting_bytes = (double)(begin - now) * settings.rate_bits_s / 8e9;
  if (waiting_bytes + bytes > settings.line_bytes_max) return false;
  free_ns[sent] = begin + (uint64_t)(bytes * 8e9 / settings.rate_bits_s);
  *hold += free_ns[sent] - now;
  return true;
}

/* Now, or when it is due; within the buffer. */
static void send_on(struct nfq_q_handle *queue, struct held item, uint64_t hold) {
  if (hold == 0) {
    let_go(queue, &item);
    free(item.copy);
    return;
  }
  while (heap.count > 0 && stats.held_bytes + item.bytes > settings.buffer_bytes_max) {
    stats.overflowed++;
    release_first(queue);
  }
  item.due_ns = item.arrived_ns + hold;
  push(item);
  stats.held_bytes += item.bytes;
  if (stats.held_bytes > stats.peak_bytes) stats.peak_bytes = stats.held_bytes;
}

static int on_packet(struct nfq_q_handle *queue, struct nfgenmsg *message, struct nfq_data *data, void *unused) {
  (void)message;
  (void)unused;
  struct nfqnl_msg_packet_hdr *header = nfq_get_msg_packet_hdr(data);
  if (header == NULL) return 0;
  uint32_t id = ntohl(header->packet_id), mark = nfq_get_nfmark(data) | settings.mark;
  stats.seen++;
  if (passing) return nfq_set_verdict2(queue, id, NF_REPEAT, mark, 0, NULL);
  if (happens(&settings.loss)) {
    stats.dropped++;
    return nfq_set_verdict(queue, id, NF_DROP, 0, NULL);
  }
  unsigned char *packet = NULL;
  int copied = nfq_get_payload(data, &packet);
  uint32_t bytes = packet_bytes(packet, copied), device = nfq_get_outdev(data);
  bool sent = header->hook == NF_INET_LOCAL_OUT, whole = bytes > 0 && (uint32_t)copied == bytes;
  bool sendable = whole && (packet[0] >> 4 == 4 ? raw4 : raw6) >= 0 && (!sent || bytes <= device_bytes_max(device));
  bool garbled = whole && happens(&settings.corrupt) && garble(packet, bytes, settings.fix_checksum, next_random());
  bool doubled = sendable && happens(&settings.duplicate);
  uint64_t hold = hold_ns();
  if (settings.rate_bits_s > 0 && !take_turn(sent, bytes, &hold)) {
    stats.dropped++;
    return nfq_set_verdict(queue, id, NF_DROP, 0, NULL);
  }
  stats.garbled += garbled;
  struct held item = {.order = 2 * stats.seen, .arrived_ns = now_ns(), .id = id, .bytes = bytes, .device = device, .mark = mark, .in_kernel = true};
  struct held twin = item;
  if (sent && sendable && hold > 0) item.copy = copy_of(packet, bytes);
  if (item.copy != NULL) {
    item.in_kernel = false;
    nfq_set_verdict(queue, id, NF_DROP, 0, NULL);
  } else if (garbled) {
    item.copy = copy_of(packet, bytes);
  }
  if (doubled) twin.copy = copy_of(packet, bytes);
  send_on(queue, item, hold);
  if (twin.copy == NULL) return 0;
  twin.in_kernel = false;
  twin.order++;
  if (!sent) twin.mark |= settings.arrived_mark;
  stats.doubled++;
  send_on(queue, twin, hold);
  return 0;
}

static void print_stats(void) {
  double released = stats.released == 0 ? 1 : (double)stats.released;
  const struct { const char *name; uint64_t value; } counts[] = {
      {"seen", stats.seen},       {"held", heap.count},       {"heldBytes", stats.held_bytes}, {"peakBytes", stats.peak_bytes},
      {"released", stats.released}, {"overflowed", stats.overflowed}, {"unsent", stats.unsent}, {"dropped", stats.dropped},
      {"garbled", stats.garbled}, {"doubled", stats.doubled}, {"late", stats.late}};
  putchar('{');
  for (size_t at = 0; at < sizeof counts / sizeof *counts; at++) printf("\"%s\":%" PRIu64 ",", counts[at].name, counts[at].value);
  printf("\"meanHoldMs\":%.3f,\"minHoldMs\":%.3f,\"maxHoldMs\":%.3f}\n", stats.hold_ns_sum / released / NS_PER_MS,
         stats.released == 0 ? 0.0 : (double)stats.hold_ns_min / NS_PER_MS, (double)stats.hold_ns_max / NS_PER_MS);
  fflush(stdout);
}

/* Obeys what is on standard input; false when it has ended. Lines are short and written whole. */
static bool obey(struct nfq_q_handle *queue) {
  char lines[256];
  ssize_t length = read(STDIN_FILENO, lines, sizeof lines - 1);
  if (length <= 0) return length < 0 && errno == EINTR;
  lines[length] = '\0';
  for (char *line = strtok(lines, "\n"); line != NULL; line = strtok(NULL, "\n")) {
    if (strcmp(line, "off") == 0) {
      passing = true;
      while (heap.count > 0) release_first(queue);
      print_stats();
    } else if (strcmp(line, "stats") == 0) {
      print_stats();
    }
  }
  return true;
}

static bool receive(struct nfq_handle *netfilter) {
  static char message[PACKET_BYTES_MAX + 4096] __attribute__((aligned));
  for (int reads = 0; reads < READS_IN_A_ROW_MAX; reads++) {
    ssize_t length = recv(nfq_fd(netfilter), message, sizeof message, MSG_DONTWAIT);
    if (length < 0) return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR || errno == ENOBUFS;
    nfq_handle_packet(netfilter, message, (int)length);
  }
  return true;
}

static void run(struct nfq_handle *netfilter, struct nfq_q_handle *queue) {
  struct pollfd watched[] = {{.fd = nfq_fd(netfilter), .events = POLLIN}, {.fd = STDIN_FILENO, .events = POLLIN}};
  for (;;) {
    struct timespec timeout;
    if (heap.count > 0) {
      uint64_t now = now_ns();
      uint64_t wait_ns = heap.items[0].due_ns > now ? heap.items[0].due_ns - now : 0;
      timeout = (struct timespec){.tv_sec = (time_t)(wait_ns / 1000000000u), .tv_nsec = (long)(wait_ns % 1000000000u)};
    }
    if (ppoll(watched, 2, heap.count > 0 ? &timeout : NULL, NULL) < 0 && errno != EINTR) return;
    if (watched[1].revents != 0 && !obey(queue)) return;
    if (watched[0].revents != 0 && !receive(netfilter)) return;
    release_due(queue);
  }
}

static int fail(const char *what) {
  fprintf(stderr, "impair: %s: %s\n", what, strerror(errno));
  return 1;
}

int main(int count, char **arguments) {
  /* The parent may have died before this call: its death signal would then never come. */
  pid_t parent = getppid();
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0) return fail("parent-death signal");
  if (getppid() != parent) return 1;
  signal(SIGPIPE, SIG_IGN);
  prctl(PR_SET_TIMERSLACK, 1);
  for (int at = 1; at < count; at++) {
    if (set(arguments[at])) continue;
    fprintf(stderr, "impair: no such setting: %s\n", arguments[at]);
    return 2;
  }

  raw4 = open_raw(AF_INET);
  raw6 = open_raw(AF_INET6);
  if (raw4 < 0) return fail("raw socket");
  struct nfq_handle *netfilter = nfq_open();
  if (netfilter == NULL) return fail("no nfnetlink_queue in this kernel");
  struct nfq_q_handle *queue = nfq_create_queue(netfilter, settings.queue, on_packet, NULL);
  if (queue == NULL) return fail("the queue is taken");
  if (nfq_set_mode(queue, NFQNL_COPY_PACKET, PACKET_BYTES_MAX) < 0) return fail("copy mode");
  nfq_set_queue_maxlen(queue, KERNEL_QUEUE_PACKETS_MAX);
  nfq_set_queue_flags(queue, NFQA_CFG_F_FAIL_OPEN, NFQA_CFG_F_FAIL_OPEN);
  nfnl_rcvbufsiz(nfq_nfnlh(netfilter), SOCKET_BUFFER_BYTES);
  int yes = 1;
  setsockopt(nfq_fd(netfilter), SOL_NETLINK, NETLINK_NO_ENOBUFS, &yes, sizeof yes);
  puts("ready");
  fflush(stdout);

  run(netfilter, queue);
  while (heap.count > 0) release_first(queue);
  print_stats();
  nfq_destroy_queue(queue);
  nfq_close(netfilter);
  return 0;
}
