// A shop: everybody looks around, one in five buys. Run it by itself, or as the load of an experiment:
//   firedrill load experiments/load/checkout.js -e BASE=http://127.0.0.1:8080
//   load: {script: load/checkout.js, env: {BASE: "http://127.0.0.1:8080"}}
import { check, group, sleep } from 'k6';
import exec from 'k6/execution';
import http from 'k6/http';
import { Counter, Trend } from 'k6/metrics';

const orders = new Counter('orders');
const timeToOrder = new Trend('time_to_order', true);

export const options = {
  scenarios: {
    shoppers: { executor: 'per-vu-iterations', vus: 5, iterations: 4 },
  },
  thresholds: {
    checks: ['rate>0.99'],
    'http_req_duration{name:order}': ['p(95)<1500'],
  },
};

export function setup() {
  const answer = http.post(`${__ENV.BASE}/session`, JSON.stringify({ shop: 'drill' }), { headers: { 'Content-Type': 'application/json' } });
  check(answer, { 'a session was opened': ({ status }) => status === 201 });
  return { token: answer.json('token') };
}

export default function shopper({ token }) {
  const params = { headers: { Authorization: `Bearer ${token}` } };
  const began = Date.now();
  group('look', () => {
    const page = http.get(`${__ENV.BASE}/items`, params);
    check(page, {
      'the shelf is there': ({ status }) => status === 200,
      'something is on it': (answer) => answer.json('items.#') > 0,
    });
  });
  sleep(0.05);
  if (exec.scenario.iterationInTest % 5 !== 0) return;
  group('buy', () => {
    const answer = http.post(`${__ENV.BASE}/orders`, { item: 'lamp', count: '1' }, { ...params, tags: { name: 'order' } });
    if (check(answer, { 'the order was taken': ({ status }) => status === 201 })) {
      orders.add(1);
      timeToOrder.add(Date.now() - began);
    }
  });
}

export function teardown({ token }) {
  http.del(`${__ENV.BASE}/session`, null, { headers: { Authorization: `Bearer ${token}` } });
}
