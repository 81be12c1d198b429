/* Chance: draws from a seed, shares of packets (in bursts, where asked), and the spread of delays around their mean. */
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* Beyond these many standard deviations a draw is cut off, so that one packet cannot wait for ever. */
#define NORMAL_CUT 4.0
#define PARETO_CUT 20.0

static uint64_t random_state = 1;

/* xorshift64*: Vigna, "An experimental exploration of Marsaglia's xorshift generators, scrambled" (2016). */
static uint64_t next_random(void) {
  random_state ^= random_state >> 12;
  random_state ^= random_state << 25;
  random_state ^= random_state >> 27;
  return random_state * 0x2545F4914F6CDD1Du;
}

/* Between 0 and 1, and neither of them. */
static double next_unit(void) {
  return ((double)(next_random() >> 11) + 0.5) * 0x1p-53;
}

/*
 * A share of packets. Without `burst` each is drawn by itself; with it, they come in runs of that many packets on average
 * (Gilbert's channel of two states, whose stationary share is the one asked for).
 */
struct share {
  double share, burst;
  bool bad, begun;
};

static bool happens(struct share *of) {
  if (of->share <= 0) return false;
  if (of->share >= 1) return true;
  if (of->burst <= 0) return next_unit() < of->share;
  double leave = 1 / of->burst;
  double enter = of->share * leave / (1 - of->share);
  double bad = !of->begun ? of->share : of->bad ? 1 - leave : enter;
  of->begun = true;
  of->bad = next_unit() < bad;
  return of->bad;
}

enum distribution { UNIFORM, NORMAL, PARETO };

static enum distribution distribution_of(const char *name) {
  return strcmp(name, "normal") == 0 ? NORMAL : strcmp(name, "pareto") == 0 ? PARETO : UNIFORM;
}

/* Around 0: uniform within 1 either way; normal, and Pareto of shape 3 (as netem's), with a standard deviation of 1. */
static double draw(enum distribution kind) {
  if (kind == UNIFORM) return 2 * next_unit() - 1;
  /* Box and Muller, "A Note on the Generation of Random Normal Deviates" (1958). */
  if (kind == NORMAL) return fmax(-NORMAL_CUT, fmin(NORMAL_CUT, sqrt(-2 * log(next_unit())) * cos(2 * M_PI * next_unit())));
  return fmin(PARETO_CUT, (pow(next_unit(), -1.0 / 3) - 1.5) / sqrt(0.75));
}

/* As draw; with the chance of `correlation`, what the packet before had. */
static double draw_after(enum distribution kind, double correlation) {
  static double last;
  static bool begun;
  if (!begun || next_unit() >= correlation) last = draw(kind);
  begun = true;
  return last;
}
