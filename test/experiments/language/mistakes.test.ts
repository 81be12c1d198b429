/** Every kind of mistake, with the place, the carets and the hint that a person is shown, letter by letter. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { complaintsOf, problemsOf, unindent } from './support.ts';

interface Mistake {
  readonly title: string;
  /** The code of one of its problems. */
  readonly code: string;
  readonly text: string;
  readonly complaints: string;
}

const mistakes: readonly Mistake[] = [
  {
    title: 'a mistyped key is named, with the key that was probably meant',
    code: 'unknown-key',
    text: `
      titel: x
      title: y
    `,
    complaints: `
      drill.yaml:1:1: unknown key 'titel'
        hint: did you mean 'title'?
        1 | titel: x
          | ^^^^^
    `,
  },
  {
    title: 'an unknown key that is like none lists the keys there are',
    code: 'unknown-key',
    text: `
      title: x
      limits: {speed: 3}
    `,
    complaints: `
      drill.yaml:2:10: unknown key 'speed'
        hint: keys here: max-targets, max-share, max-duration
        2 | limits: {speed: 3}
          |          ^^^^^
    `,
  },
  {
    title: 'a missing key points at the key of the map that lacks it',
    code: 'missing-key',
    text: `
      title: x
      load:
        scenarios:
          viewers: {executor: constant-vus, vus: 3, requests: [{url: "http://a"}]}
    `,
    complaints: `
      drill.yaml:4:5: missing key 'duration'
        4 |     viewers: {executor: constant-vus, vus: 3, requests: [{url: "http://a"}]}
          |     ^^^^^^^
    `,
  },
  {
    title: 'a step without a target points at the step',
    code: 'missing-key',
    text: `
      title: x
      method:
        - {at: 1s, fault: noop}
    `,
    complaints: `
      drill.yaml:3:5: missing key 'target'
        3 |   - {at: 1s, fault: noop}
          |     ^^^^^^^^^^^^^^^^^^^^^
    `,
  },
  {
    title: "an unknown kind of fault suggests the nearest, and its settings are checked as that kind's",
    code: 'unknown-kind',
    text: `
      title: x
      targets: {a: {service: a}}
      method:
        - {at: 1s, fault: netwrk-latency, target: a, duration: 3s, delay: 5}
    `,
    complaints: `
      drill.yaml:4:21: there is no fault 'netwrk-latency'
        hint: did you mean 'network-latency'?
        4 |   - {at: 1s, fault: netwrk-latency, target: a, duration: 3s, delay: 5}
          |                     ^^^^^^^^^^^^^^

      drill.yaml:4:69: 5 is not a duration
        hint: write it like 250ms, 10s or 1m30s
        4 |   - {at: 1s, fault: netwrk-latency, target: a, duration: 3s, delay: 5}
          |                                                                     ^
    `,
  },
  {
    title: 'an unknown kind that is like none lists the kinds, and the common keys are still checked',
    code: 'unknown-kind',
    text: `
      title: x
      probes:
        lag: {probe: telepathy, every: 1 s}
    `,
    complaints: `
      drill.yaml:3:16: there is no probe 'telepathy'
        hint: one of: http, redis, noop
        3 |   lag: {probe: telepathy, every: 1 s}
          |                ^^^^^^^^^

      drill.yaml:3:34: '1 s' is not a duration
        hint: write it like 250ms, 10s or 1m30s
        3 |   lag: {probe: telepathy, every: 1 s}
          |                                  ^^^
    `,
  },
  {
    title: "a kind's own settings are checked in place",
    code: 'wrong-type',
    text: `
      title: x
      targets: {a: {service: a}}
      method:
        - {at: 1s, fault: network-latency, target: a, duration: 3s, delay: 5s, ports: [5432, web, 70000]}
    `,
    complaints: `
      drill.yaml:4:88: expected a number, found 'web'
        4 |   - {at: 1s, fault: network-latency, target: a, duration: 3s, delay: 5s, ports: [5432, web, 70000]}
          |                                                                                        ^^^

      drill.yaml:4:93: 70000 must be at most 65535
        4 |   - {at: 1s, fault: network-latency, target: a, duration: 3s, delay: 5s, ports: [5432, web, 70000]}
          |                                                                                             ^^^^^
    `,
  },
  {
    title: "a union in a kind's settings complains about the branch that was meant",
    code: 'unknown-key',
    text: `
      title: x
      probes: {web: {probe: http, url: a, read: {haeder: b}}}
    `,
    complaints: `
      drill.yaml:2:37: missing key 'header'
        2 | probes: {web: {probe: http, url: a, read: {haeder: b}}}
          |                                     ^^^^

      drill.yaml:2:44: unknown key 'haeder'
        hint: did you mean 'header'?
        2 | probes: {web: {probe: http, url: a, read: {haeder: b}}}
          |                                            ^^^^^^
    `,
  },
  {
    title: 'a union of bare values says all that may stand there',
    code: 'wrong-type',
    text: `
      title: x
      probes: {web: {probe: http, url: a, read: body}}
    `,
    complaints: `
      drill.yaml:2:43: expected 'status' or a map, found 'body'
        2 | probes: {web: {probe: http, url: a, read: body}}
          |                                           ^^^^
    `,
  },
  {
    title: 'a duration without its unit says how to write one',
    code: 'wrong-value',
    text: `
      title: x
      watch: 30
    `,
    complaints: `
      drill.yaml:2:8: 30 is not a duration
        hint: write it like 250ms, 10s or 1m30s
        2 | watch: 30
          |        ^^
    `,
  },
  {
    title: 'a share beyond all is refused',
    code: 'wrong-value',
    text: `
      title: x
      limits: {max-share: 120%}
    `,
    complaints: `
      drill.yaml:2:21: '120%' is not a share
        hint: write a percentage from 0% to 100%, like 12%
        2 | limits: {max-share: 120%}
          |                     ^^^^
    `,
  },
  {
    title: "a threshold is written in k6's grammar",
    code: 'wrong-value',
    text: `
      title: x
      probes: {a: {probe: noop}}
      stop-when:
        - {reading: a, threshold: "> 3"}
    `,
    complaints: `
      drill.yaml:4:29: '> 3' is not a threshold
        hint: write it like rate<0.01, p(95)<250 or value>=4.5
        4 |   - {reading: a, threshold: "> 3"}
          |                             ^^^^^
    `,
  },
  {
    title: 'text where a number belongs suggests the number',
    code: 'wrong-type',
    text: `
      title: x
      limits: {max-targets: "3"}
    `,
    complaints: `
      drill.yaml:2:23: expected a number, found '3'
        hint: write 3
        2 | limits: {max-targets: "3"}
          |                       ^^^
    `,
  },
  {
    title: 'YAML 1.1 booleans are text',
    code: 'wrong-type',
    text: `
      title: x
      objectives: {a: {good: {probe: noop, tolerance: 1}, throughout: yes}}
      method: [{at: 1s, fault: noop, target: a}]
      targets: {a: {service: a}}
    `,
    complaints: `
      drill.yaml:2:65: expected true or false, found 'yes'
        hint: write true or false
        2 | objectives: {a: {good: {probe: noop, tolerance: 1}, throughout: yes}}
          |                                                                 ^^^
    `,
  },
  {
    title: 'a name with other letters is pointed at as a key',
    code: 'wrong-name',
    text: `
      title: x
      targets:
        my target: {service: web}
    `,
    complaints: `
      drill.yaml:3:3: 'my target' is not a name
        hint: use letters, digits, - _ and ., beginning with a letter or digit
        3 |   my target: {service: web}
          |   ^^^^^^^^^
    `,
  },
  {
    title: 'a target that selects everything is refused',
    code: 'empty-target',
    text: `
      title: x
      targets: {all: {}, some: {labels: {}}}
    `,
    complaints: `
      drill.yaml:2:11: target 'all' selects everything
        hint: add labels, service, project, swarm-service, name or image
        2 | targets: {all: {}, some: {labels: {}}}
          |           ^^^

      drill.yaml:2:20: target 'some' selects everything
        hint: add labels, service, project, swarm-service, name or image
        2 | targets: {all: {}, some: {labels: {}}}
          |                    ^^^^
    `,
  },
  {
    title: "a target's engine must be one of the engines",
    code: 'unknown-engine',
    text: `
      title: x
      engines: {tokyo: "ssh://ops@tokyo"}
      targets: {web: {service: web, engine: tokio}}
    `,
    complaints: `
      drill.yaml:3:39: there is no engine 'tokio'
        hint: did you mean 'tokyo'?
        3 | targets: {web: {service: web, engine: tokio}}
          |                                       ^^^^^
    `,
  },
  {
    title: 'the address of an engine says how it is reached',
    code: 'wrong-value',
    text: `
      title: x
      engines: {tokyo: {host: tokyo}}
    `,
    complaints: `
      drill.yaml:2:25: 'tokyo' is not the address of an engine
        hint: write it like tcp://host:2376, ssh://user@host or unix:///run/docker.sock
        2 | engines: {tokyo: {host: tokyo}}
          |                         ^^^^^
    `,
  },
  {
    title: 'a target that only picks selects everything still',
    code: 'empty-target',
    text: `
      title: x
      targets: {any: {pick: 1}}
    `,
    complaints: `
      drill.yaml:2:11: target 'any' selects everything
        hint: add labels, service, project, swarm-service, name or image
        2 | targets: {any: {pick: 1}}
          |           ^^^
    `,
  },
  {
    title: 'a pick is a number of containers, a share of them, or all',
    code: 'wrong-value',
    text: `
      title: x
      targets: {web: {service: web, pick: 130%}}
    `,
    complaints: `
      drill.yaml:2:37: '130%' is not a pick
        hint: write how many containers, like 1, a share of them, like 30%, or all
        2 | targets: {web: {service: web, pick: 130%}}
          |                                     ^^^^
    `,
  },
  {
    title: "a step's target must be one of the targets, and so must a setting that names one",
    code: 'unknown-target',
    text: `
      title: x
      targets: {replica: {service: replica}}
      method:
        - {at: 1s, fault: network-latency, target: replcia, to: primary, duration: 1s, delay: 1s}
    `,
    complaints: `
      drill.yaml:4:46: there is no target 'replcia'
        hint: did you mean 'replica'?
        4 |   - {at: 1s, fault: network-latency, target: replcia, to: primary, duration: 1s, delay: 1s}
          |                                              ^^^^^^^

      drill.yaml:4:59: there is no target 'primary'
        hint: one of: replica
        4 |   - {at: 1s, fault: network-latency, target: replcia, to: primary, duration: 1s, delay: 1s}
          |                                                           ^^^^^^^
    `,
  },
  {
    title: "a probe's target must be one of the targets, and a probe that looks at containers needs one",
    code: 'unknown-target',
    text: `
      title: x
      targets: {cache: {service: cache}}
      probes: {a: {probe: redis, command: [PING], target: cash}}
      steady-state-hypothesis:
        - {probe: redis, command: [PING], tolerance: PONG}
    `,
    complaints: `
      drill.yaml:3:53: there is no target 'cash'
        hint: one of: cache
        3 | probes: {a: {probe: redis, command: [PING], target: cash}}
          |                                                     ^^^^

      drill.yaml:5:13: probe 'redis' looks at containers: it needs a target
        hint: add target: with a name from targets
        5 |   - {probe: redis, command: [PING], tolerance: PONG}
          |             ^^^^^
    `,
  },
  {
    title: 'a lasting fault needs a duration',
    code: 'missing-key',
    text: `
      title: x
      targets: {a: {service: a}}
      method: [{at: 1s, fault: network-blackout, target: a}]
    `,
    complaints: `
      drill.yaml:3:26: fault 'network-blackout' lasts: it needs a duration
        hint: add duration: 30s
        3 | method: [{at: 1s, fault: network-blackout, target: a}]
          |                          ^^^^^^^^^^^^^^^^
    `,
  },
  {
    title: 'a fault that the agent cannot undo needs the right consent',
    code: 'consent-missing',
    text: `
      title: x
      targets: {a: {service: a}}
      method:
        - {at: 1s, fault: cache-evict, share: 80%, target: a}
        - {at: 1s, fault: script, command: [a], duration: 1s, target: a, consent: not-undone}
    `,
    complaints: `
      drill.yaml:4:21: fault 'cache-evict' cannot be undone: it needs the file's consent
        hint: add consent: not-undone
        4 |   - {at: 1s, fault: cache-evict, share: 80%, target: a}
          |                     ^^^^^^^^^^^

      drill.yaml:5:21: fault 'script' is undone by the runner alone: it needs the file's consent
        hint: add consent: undone-by-runner
        5 |   - {at: 1s, fault: script, command: [a], duration: 1s, target: a, consent: not-undone}
          |                     ^^^^^^
    `,
  },
  {
    title: 'a fault that outlasts the load, or the limit, would go unseen',
    code: 'too-late',
    text: `
      title: x
      targets: {a: {service: a}}
      load:
        scenarios: {v: {executor: constant-vus, vus: 1, startTime: 10s, duration: 60s, requests: [{url: "http://a"}]}}
      method:
        - {at: 50s, fault: network-blackout, target: a, duration: 21s}
        - {at: 31m, gate: Still there?}
    `,
    complaints: `
      drill.yaml:6:61: the fault ends at 1m11s, after the last scenario of the load (1m10s)
        hint: make the load longer, so that recovery is seen
        6 |   - {at: 50s, fault: network-blackout, target: a, duration: 21s}
          |                                                             ^^^

      drill.yaml:7:10: the gate comes at 31m, after limits.max-duration (30m)
        hint: make it earlier or shorter, or raise limits: {max-duration: …}
        7 |   - {at: 31m, gate: Still there?}
          |          ^^^
    `,
  },
  {
    title: 'a scenario may not outlast the limit',
    code: 'too-late',
    text: `
      title: x
      limits: {max-duration: 1m}
      load:
        scenarios: {v: {executor: constant-vus, vus: 1, startTime: 10s, duration: 60s, requests: [{url: "http://a"}]}}
    `,
    complaints: `
      drill.yaml:4:77: scenario 'v' ends at 1m10s, after limits.max-duration (1m)
        4 |   scenarios: {v: {executor: constant-vus, vus: 1, startTime: 10s, duration: 60s, requests: [{url: "http://a"}]}}
          |                                                                             ^^^
    `,
  },
  {
    title: 'two steps may not have one name',
    code: 'duplicate-name',
    text: `
      title: x
      targets: {a: {service: a}}
      method:
        - {at: 1s, fault: noop, target: a, name: twice}
        - {at: 2s, gate: Go?, name: twice}
    `,
    complaints: `
      drill.yaml:5:31: two steps are named 'twice'
        hint: give each step a name of its own
        5 |   - {at: 2s, gate: Go?, name: twice}
          |                               ^^^^^
    `,
  },
  {
    title: 'a row of readings where a window is judged together says what it is about',
    code: 'ambiguous',
    text: `
      title: x
      probes: {page: {probe: http, url: "http://127.0.0.1/"}}
      steady-state-hypothesis: [{reading: page, threshold: rate>0.9, wrong-in-a-row: 3}]
    `,
    complaints: `
      drill.yaml:3:64: 'wrong-in-a-row' is about single readings, 'rate' about all of a window together
        hint: use a tolerance, or threshold: value<…
        3 | steady-state-hypothesis: [{reading: page, threshold: rate>0.9, wrong-in-a-row: 3}]
          |                                                                ^^^^^^^^^^^^^^
    `,
  },
  {
    title: 'a condition names one subject',
    code: 'ambiguous',
    text: `
      title: x
      stop-when:
        - {load: http_reqs, probe: noop, threshold: count>3}
        - {raeding: lag, threshold: value>3}
        - http_reqs
    `,
    complaints: `
      drill.yaml:3:5: a condition takes one of load, reading, spread, burn or probe, not load and probe together
        3 |   - {load: http_reqs, probe: noop, threshold: count>3}
          |     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^

      drill.yaml:4:6: a condition needs one of load, reading, spread, burn or probe
        hint: did you mean 'reading'?
        4 |   - {raeding: lag, threshold: value>3}
          |      ^^^^^^^

      drill.yaml:5:5: expected a map, found 'http_reqs'
        5 |   - http_reqs
          |     ^^^^^^^^^
    `,
  },
  {
    title: 'a condition on readings is judged by a tolerance or a threshold, one of them',
    code: 'missing-key',
    text: `
      title: x
      probes: {a: {probe: noop}}
      stop-when:
        - {reading: a}
        - {probe: noop, tolerance: 3, threshold: value>3}
    `,
    complaints: `
      drill.yaml:4:15: a condition on readings needs a tolerance or a threshold
        hint: add tolerance: 200 or threshold: value<10
        4 |   - {reading: a}
          |               ^

      drill.yaml:5:33: a condition takes a tolerance or a threshold, not both
        hint: write two conditions
        5 |   - {probe: noop, tolerance: 3, threshold: value>3}
          |                                 ^^^^^^^^^
    `,
  },
  {
    title: 'a reading must be of a probe that there is',
    code: 'unknown-probe',
    text: `
      title: x
      probes: {lag: {probe: noop}}
      stop-when: [{reading: leg, tolerance: 3}]
    `,
    complaints: `
      drill.yaml:3:23: there is no probe 'leg'
        hint: did you mean 'lag'?
        3 | stop-when: [{reading: leg, tolerance: 3}]
          |                       ^^^
    `,
  },
  {
    title: 'per names a fault of the method',
    code: 'unknown-fault',
    text: `
      title: x
      targets: {a: {service: a}}
      method: [{at: 1s, fault: noop, target: a, name: eviction}]
      objectives: {b: {since: {probe: noop, threshold: delta<2, per: evictoin.evicted}}}
    `,
    complaints: `
      drill.yaml:4:64: there is no fault 'evictoin' in the method
        hint: did you mean 'eviction'?
        4 | objectives: {b: {since: {probe: noop, threshold: delta<2, per: evictoin.evicted}}}
          |                                                                ^^^^^^^^^^^^^^^^
    `,
  },
  {
    title: 'a metric must exist, and its aggregation suit it',
    code: 'unknown-metric',
    text: `
      title: x
      load:
        scenarios: {v: {executor: constant-vus, vus: 1, duration: 1s, requests: [{url: "http://a"}]}}
      stop-when:
        - {load: http_req_fialed, threshold: rate>0.1}
        - {load: http_req_failed, threshold: p(95)>0.1}
        - {load: http_req_latency, threshold: rate>0.1}
        - {load: iterations, threshold: avg>1}
    `,
    complaints: `
      drill.yaml:5:12: there is no metric 'http_req_fialed'
        hint: did you mean 'http_req_failed'?
        5 |   - {load: http_req_fialed, threshold: rate>0.1}
          |            ^^^^^^^^^^^^^^^

      drill.yaml:6:40: 'p(N)' does not suit http_req_failed
        hint: http_req_failed takes rate, count
        6 |   - {load: http_req_failed, threshold: p(95)>0.1}
          |                                        ^^^^^^^^^

      drill.yaml:7:41: 'rate' does not suit http_req_latency
        hint: http_req_latency takes avg, min, max, med, p(N)
        7 |   - {load: http_req_latency, threshold: rate>0.1}
          |                                         ^^^^^^^^

      drill.yaml:8:35: 'avg' does not suit iterations
        hint: iterations takes count, rate
        8 |   - {load: iterations, threshold: avg>1}
          |                                   ^^^^^
    `,
  },
  {
    title: "tags must be some scenario's, all of them of one",
    code: 'unknown-tag',
    text: `
      title: x
      load:
        scenarios:
          eu: {executor: constant-vus, vus: 1, duration: 1s, tags: {region: eu, tier: free}, requests: [{url: "http://a", checks: {fresh: {status: 200}}}]}
          us: {executor: constant-vus, vus: 1, duration: 1s, tags: {region: us, tier: paid}, requests: [{url: "http://a"}]}
      stop-when:
        - {load: "http_reqs{scenario:uk}", threshold: count>1}
        - {load: "http_reqs{regoin:eu}", threshold: count>1}
        - {load: "http_reqs{region:eu,tier:paid}", threshold: count>1}
        - {load: "checks{check:frsh}", threshold: rate<1}
    `,
    complaints: `
      drill.yaml:7:12: no scenario has the tag scenario:uk
        hint: did you mean 'us'?
        7 |   - {load: "http_reqs{scenario:uk}", threshold: count>1}
          |            ^^^^^^^^^^^^^^^^^^^^^^^^

      drill.yaml:8:12: no scenario has a tag 'regoin'
        hint: did you mean 'region'?
        8 |   - {load: "http_reqs{regoin:eu}", threshold: count>1}
          |            ^^^^^^^^^^^^^^^^^^^^^^

      drill.yaml:9:12: no scenario has all of these tags: region:eu, tier:paid
        9 |   - {load: "http_reqs{region:eu,tier:paid}", threshold: count>1}
          |            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^

      drill.yaml:10:12: no request has a check 'frsh'
        hint: did you mean 'fresh'?
        10 |   - {load: "checks{check:frsh}", threshold: rate<1}
           |            ^^^^^^^^^^^^^^^^^^^^
    `,
  },
  {
    title: 'conditions on the load need a load',
    code: 'no-load',
    text: `
      title: x
      stop-when: [{load: http_reqs, threshold: count>1}]
    `,
    complaints: `
      drill.yaml:2:20: the experiment has no load that this could be about
        hint: add load: {scenarios: …}
        2 | stop-when: [{load: http_reqs, threshold: count>1}]
          |                    ^^^^^^^^^
    `,
  },
  {
    title: 'an objective says what is good and when, about a fault that there is',
    code: 'unknown-fault',
    text: `
      title: x
      targets: {a: {service: a}}
      method: [{at: 1s, fault: noop, target: a}]
      objectives:
        vague: {good: {probe: noop, tolerance: 1}}
        empty: {throughout: true}
        costly: {good: {probe: noop, tolerance: 1}, budget: 1%}
        lost: {fault: nop, good: {probe: noop, tolerance: 1}, throughout: true}
    `,
    complaints: `
      drill.yaml:5:3: objective 'vague' does not say when it has to be so
        hint: add one of: throughout, mitigated-within, recovered-within, budget, detected-within, steady-within, during, since, after
        5 |   vague: {good: {probe: noop, tolerance: 1}}
          |   ^^^^^

      drill.yaml:6:3: objective 'empty' has throughout, but not what 'good' is
        hint: add good: {load: …, threshold: …}
        6 |   empty: {throughout: true}
          |   ^^^^^

      drill.yaml:7:55: a budget counts requests: it needs a good that is about the load
        hint: write good: {load: …, threshold: …}
        7 |   costly: {good: {probe: noop, tolerance: 1}, budget: 1%}
          |                                                       ^^

      drill.yaml:8:17: there is no fault in the method called 'nop'
        hint: did you mean 'noop'?
        8 |   lost: {fault: nop, good: {probe: noop, tolerance: 1}, throughout: true}
          |                 ^^^
    `,
  },
  {
    title: "an objective's clock needs a fault",
    code: 'unknown-fault',
    text: `
      title: x
      objectives:
        calm: {good: {probe: noop, tolerance: 1}, recovered-within: 3s}
    `,
    complaints: `
      drill.yaml:3:3: recovered-within counts from a fault, and the method has none
        3 |   calm: {good: {probe: noop, tolerance: 1}, recovered-within: 3s}
          |   ^^^^
    `,
  },
  {
    title: 'a variant is as strict as the file, where it is written',
    code: 'unknown-key',
    text: `
      title: x
      load:
        scenarios: {v: {executor: constant-vus, vus: 1, duration: 1s, requests: [{url: "http://a"}]}}
      variants:
        one: {enviroment: {A: 1}}
        two: {load: {scenarios: {v: {vus: many}}}}
        three: {objectives: {o: {godo: 1}}}
        four: {environment: {A: 1}}
    `,
    complaints: `
      drill.yaml:5:9: unknown key 'enviroment'
        hint: did you mean 'environment'?
        5 |   one: {enviroment: {A: 1}}
          |         ^^^^^^^^^^

      drill.yaml:6:37: expected a number, found 'many'
        6 |   two: {load: {scenarios: {v: {vus: many}}}}
          |                                     ^^^^

      drill.yaml:7:24: objective 'o' does not say when it has to be so
        hint: add one of: throughout, mitigated-within, recovered-within, budget, detected-within, steady-within, during, since, after
        7 |   three: {objectives: {o: {godo: 1}}}
          |                        ^

      drill.yaml:7:28: unknown key 'godo'
        hint: did you mean 'good'?
        7 |   three: {objectives: {o: {godo: 1}}}
          |                            ^^^^

      drill.yaml:8:10: variant 'four' sets the environment of a system, and the experiment names none
        hint: add system: compose.yaml
        8 |   four: {environment: {A: 1}}
          |          ^^^^^^^^^^^
    `,
  },
  {
    title: 'a key that is written twice is pointed at the second time',
    code: 'duplicate-key',
    text: `
      title: x
      targets:
        a: {service: a}
        a: {service: b}
    `,
    complaints: `
      drill.yaml:4:3: key 'a' is written twice in this map
        hint: remove one of the two
        4 |   a: {service: b}
          |   ^
    `,
  },
  {
    title: 'broken YAML is told apart from a wrong experiment',
    code: 'yaml-bad-indent',
    text: `
      title: x
      targets: {a: [b
      method: []
    `,
    complaints: `
      drill.yaml:3:1: Flow map in block collection must be sufficiently indented and end with a }
        3 | method: []
          | ^

      drill.yaml:3:1: Flow sequence in block collection must be sufficiently indented and end with a ]
        3 | method: []
          | ^
    `,
  },
  {
    title: 'tolerances are ranges the right way round and patterns that are patterns',
    code: 'wrong-value',
    text: `
      title: x
      stop-when:
        - {probe: noop, tolerance: {range: [3, 1]}}
        - {probe: noop, tolerance: {matches: "("}}
        - {probe: noop, tolerance: {rang: [1, 3]}}
    `,
    complaints: `
      drill.yaml:3:38: a list needs the lower bound first
        hint: write [low, high]
        3 |   - {probe: noop, tolerance: {range: [3, 1]}}
          |                                      ^^^^^^

      drill.yaml:4:40: '(' is not a regular expression
        4 |   - {probe: noop, tolerance: {matches: "("}}
          |                                        ^^^

      drill.yaml:5:31: a tolerance needs one of range or matches
        hint: did you mean 'range'?
        5 |   - {probe: noop, tolerance: {rang: [1, 3]}}
          |                               ^^^^
    `,
  },
];

for (const { title, code, text, complaints } of mistakes) {
  test(title, () => {
    assert.equal(complaintsOf(unindent(text)), unindent(complaints));
    assert.ok(problemsOf(unindent(text)).some((problem) => problem.code === code));
  });
}
