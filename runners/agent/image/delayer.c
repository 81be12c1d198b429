/*
 * The packet delayer: takes what a rule hands to an NFQUEUE queue, and lets each packet go when its delay is over.
 *
 *   sent:      rule ─▶ queue ─▶ a copy waits here, the packet itself is dropped ─▶ raw socket, marked, when due
 *   received:  rule ─▶ queue ─▶ the packet waits in the kernel ──────────────────▶ NF_ACCEPT when due
 *
 *   delayer QUEUE DELAY_MS JITTER_MS BUFFER_BYTES_MAX SEED
 *
 * What a container sends is copied, because a packet that waits in the kernel still counts against its sender's socket: a
 * connection would be throttled to a packet or two a round trip (TCP small queues), which is not what a long line does.
 * The rule lets packets with SENT_MARK pass. Datagrams too long for the device wait in the kernel.
 *
 * It runs in the target's network namespace and obeys lines on its standard input: `stats` prints one line of JSON,
 * `off` lets everything go at once, in order, and passes the rest through. It ends when its input ends. It fails
 * open: without it the rule's --queue-bypass lets packets pass, and it is killed with the thread that started it. When
 * the packets that wait reach BUFFER_BYTES_MAX, the ones due first go early, and are counted as overflowed.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <libnetfilter_queue/libnetfilter_queue.h>
#include <libnfnetlink/libnfnetlink.h>
#include <linux/netfilter.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "due-heap.h"

/* The longest packet that IP knows, jumbograms aside. */
#define PACKET_BYTES_MAX 65535
/* A packet with this bit in its mark was delayed before; the rules let it pass. The other bits stay as they were. */
#define SENT_MARK 0x40000000u
/* Devices whose longest packet is remembered. */
#define DEVICES_MAX 64
/* Packets that the kernel may hold for us at most; beyond it they pass (fail open) where the kernel can. */
#define KERNEL_QUEUE_PACKETS_MAX 262144
/* Room for a burst of packets, from the kernel and to it. */
#define SOCKET_BUFFER_BYTES (16 * 1024 * 1024)
/* Announcements read in a row before due packets are looked at again. */
#define READS_IN_A_ROW_MAX 256
#define NS_PER_MS 1000000.0

static struct {
  uint64_t seen;
  uint64_t released;
  uint64_t overflowed;
  uint64_t lost;
  uint64_t held_bytes;
  uint64_t peak_bytes;
  double hold_ns_sum;
  uint64_t hold_ns_min;
  uint64_t hold_ns_max;
} stats = {.hold_ns_min = UINT64_MAX};

static uint64_t delay_ns, jitter_ns, buffer_bytes_max, random_state;
static bool passing;
static int raw4 = -1, raw6 = -1;

static uint64_t now_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* xorshift64*: Vigna, "An experimental exploration of Marsaglia's xorshift generators, scrambled" (2016). */
static uint64_t next_random(void) {
  random_state ^= random_state >> 12;
  random_state ^= random_state << 25;
  random_state ^= random_state >> 27;
  return random_state * 0x2545F4914F6CDD1Du;
}

/* Sends a copy as it is, but for the mark. What cannot be sent now would be lost on a line as well; it is counted. */
static void send_copy(const struct held *item) {
  int sent;
  uint32_t mark = item->mark | SENT_MARK;
  if (item->copy[0] >> 4 == 4) {
    struct sockaddr_in to = {.sin_family = AF_INET};
    memcpy(&to.sin_addr, item->copy + 16, sizeof to.sin_addr);
    setsockopt(raw4, SOL_SOCKET, SO_MARK, &mark, sizeof mark);
    sent = (int)sendto(raw4, item->copy, item->bytes, MSG_DONTWAIT, (struct sockaddr *)&to, sizeof to);
  } else {
    struct sockaddr_in6 to = {.sin6_family = AF_INET6};
    memcpy(&to.sin6_addr, item->copy + 24, sizeof to.sin6_addr);
    if (IN6_IS_ADDR_LINKLOCAL(&to.sin6_addr) || IN6_IS_ADDR_MULTICAST(&to.sin6_addr)) to.sin6_scope_id = item->device;
    setsockopt(raw6, SOL_SOCKET, SO_MARK, &mark, sizeof mark);
    sent = (int)sendto(raw6, item->copy, item->bytes, MSG_DONTWAIT, (struct sockaddr *)&to, sizeof to);
  }
  if (sent < 0) stats.lost++;
}

static void release_first(struct nfq_q_handle *queue) {
  struct held item = pop();
  if (item.copy != NULL) {
    send_copy(&item);
    free(item.copy);
  } else {
    nfq_set_verdict(queue, item.id, NF_ACCEPT, 0, NULL);
  }
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

/* Length by the IP header; where it says none (a jumbogram), by what was copied. */
static uint32_t packet_bytes(const unsigned char *payload, int copied) {
  if (copied >= 20 && payload[0] >> 4 == 4) return (uint32_t)payload[2] << 8 | payload[3];
  if (copied >= 40 && payload[0] >> 4 == 6) return 40u + ((uint32_t)payload[4] << 8 | payload[5]);
  return copied > 0 ? (uint32_t)copied : 0;
}

/* The longest packet that a device takes; 0 where that cannot be told, so that nothing is copied. */
static uint32_t device_bytes_max(uint32_t device) {
  static struct { uint32_t device, bytes; } known[DEVICES_MAX];
  static size_t count;
  for (size_t at = 0; at < count; at++)
    if (known[at].device == device) return known[at].bytes;
  struct ifreq request = {0};
  if (if_indextoname(device, request.ifr_name) == NULL || ioctl(raw4, SIOCGIFMTU, &request) < 0) return 0;
  if (count < DEVICES_MAX) {
    known[count].device = device;
    known[count++].bytes = (uint32_t)request.ifr_mtu;
  }
  return (uint32_t)request.ifr_mtu;
}

/* A copy of what is sent from here and can be sent again whole; NULL for everything else. */
static unsigned char *take_over(const struct nfqnl_msg_packet_hdr *header, const unsigned char *payload, int copied, uint32_t bytes, uint32_t device) {
  bool whole = bytes > 0 && (uint32_t)copied == bytes;
  if (header->hook != NF_INET_LOCAL_OUT || !whole || bytes > device_bytes_max(device)) return NULL;
  if ((payload[0] >> 4 == 4 ? raw4 : raw6) < 0) return NULL;
  unsigned char *copy = malloc(bytes);
  if (copy != NULL) memcpy(copy, payload, bytes);
  return copy;
}

static int on_packet(struct nfq_q_handle *queue, struct nfgenmsg *message, struct nfq_data *data, void *unused) {
  (void)message;
  (void)unused;
  struct nfqnl_msg_packet_hdr *header = nfq_get_msg_packet_hdr(data);
  if (header == NULL) return 0;
  uint32_t id = ntohl(header->packet_id);
  stats.seen++;
  if (passing) return nfq_set_verdict(queue, id, NF_ACCEPT, 0, NULL);
  unsigned char *payload = NULL;
  int copied = nfq_get_payload(data, &payload);
  uint32_t bytes = packet_bytes(payload, copied);
  while (heap.count > 0 && stats.held_bytes + bytes > buffer_bytes_max) {
    stats.overflowed++;
    release_first(queue);
  }
  uint64_t arrived_ns = now_ns();
  uint64_t spread_ns = jitter_ns == 0 ? 0 : next_random() % (2 * jitter_ns + 1);
  uint32_t device = nfq_get_outdev(data);
  unsigned char *copy = take_over(header, payload, copied, bytes, device);
  push((struct held){.due_ns = arrived_ns + delay_ns + spread_ns - jitter_ns,
                     .order = stats.seen,
                     .arrived_ns = arrived_ns,
                     .id = id,
                     .bytes = bytes,
                     .copy = copy,
                     .device = device,
                     .mark = nfq_get_nfmark(data)});
  if (copy != NULL) nfq_set_verdict(queue, id, NF_DROP, 0, NULL);
  stats.held_bytes += bytes;
  if (stats.held_bytes > stats.peak_bytes) stats.peak_bytes = stats.held_bytes;
  return 0;
}

static void print_stats(void) {
  double released = stats.released == 0 ? 1 : (double)stats.released;
  printf("{\"seen\":%" PRIu64 ",\"held\":%zu,\"heldBytes\":%" PRIu64 ",\"peakBytes\":%" PRIu64 ",\"released\":%" PRIu64
         ",\"overflowed\":%" PRIu64 ",\"lost\":%" PRIu64 ",\"meanHoldMs\":%.3f,\"minHoldMs\":%.3f,\"maxHoldMs\":%.3f}\n",
         stats.seen, heap.count, stats.held_bytes, stats.peak_bytes, stats.released, stats.overflowed, stats.lost, stats.hold_ns_sum / released / NS_PER_MS,
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

/* Raw sockets to send on whole packets, headers included; -1 where the family is not there. */
static int open_raw(int family) {
  int raw = socket(family, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW);
  int bytes = SOCKET_BUFFER_BYTES, yes = 1;
  if (raw < 0) return -1;
  setsockopt(raw, SOL_SOCKET, SO_SNDBUFFORCE, &bytes, sizeof bytes);
  setsockopt(raw, SOL_SOCKET, SO_BROADCAST, &yes, sizeof yes);
  return raw;
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
  fprintf(stderr, "delayer: %s: %s\n", what, strerror(errno));
  return 1;
}

int main(int count, char **arguments) {
  if (count != 6) {
    fputs("delayer QUEUE DELAY_MS JITTER_MS BUFFER_BYTES_MAX SEED\n", stderr);
    return 2;
  }
  /* The parent may have died before this call: its death signal would then never come. */
  pid_t parent = getppid();
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0) return fail("parent-death signal");
  if (getppid() != parent) return 1;
  signal(SIGPIPE, SIG_IGN);

  double asked_delay_ms = strtod(arguments[2], NULL), asked_jitter_ms = strtod(arguments[3], NULL);
  delay_ns = (uint64_t)(asked_delay_ms * NS_PER_MS);
  jitter_ns = (uint64_t)((asked_jitter_ms < asked_delay_ms ? asked_jitter_ms : asked_delay_ms) * NS_PER_MS);
  buffer_bytes_max = strtoull(arguments[4], NULL, 10);
  random_state = strtoull(arguments[5], NULL, 10) * 2 + 1;

  raw4 = open_raw(AF_INET);
  raw6 = open_raw(AF_INET6);
  if (raw4 < 0) return fail("raw socket");
  struct nfq_handle *netfilter = nfq_open();
  if (netfilter == NULL) return fail("no nfnetlink_queue in this kernel");
  struct nfq_q_handle *queue = nfq_create_queue(netfilter, (uint16_t)atoi(arguments[1]), on_packet, NULL);
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
