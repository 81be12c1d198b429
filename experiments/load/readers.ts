// Readers who come at their own rate, whether or not the system keeps up; each is drawn from a list that all share.
// k6's own libraries give the types; firedrill leaves them out.
import { SharedArray } from 'k6/data';
import http from 'k6/http';

interface Reader {
  readonly name: string;
  readonly region: string;
}

const { BASE } = __ENV;
const readers = new SharedArray('readers', (): Reader[] => JSON.parse(open('./readers.json')));

export const options = {
  scenarios: {
    readers: {
      executor: 'constant-arrival-rate',
      rate: 20,
      timeUnit: '1s',
      duration: '2s',
      preAllocatedVUs: 10,
      maxVUs: 100,
    },
  },
};

export default function read(): void {
  const reader = readers[Math.floor(Math.random() * readers.length)];
  if (reader) http.get(`${BASE}/pages/${reader.name}`, { tags: { region: reader.region, name: 'page' } });
}
