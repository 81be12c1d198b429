/** What the end of a request tells, as tags: k6's names and numbers, for requests in YAML as for those of scripts. */
import type { Tags } from '../k6/host.ts';
import { NO_ANSWER } from '../k6/modules/http/no-answer.ts';
import { answerTags, errorCodeOf } from '../k6/modules/http/samples.ts';
import { errorOf } from '../k6/network/error-codes.ts';
import { tlsVersionOf } from '../k6/network/host-answer.ts';
import type { Answer, Failure } from '../transport/engine.ts';

const NO_ERROR = { error: '', errorCode: 0 };

export function tagsOfEnd(expected: boolean, answer: Answer | undefined, failure: Failure | undefined): Tags {
  const facts = answer
    ? { ...NO_ERROR, ...answer, tlsVersion: tlsVersionOf(answer.connection), remoteIp: answer.connection.remoteIp }
    : { ...NO_ANSWER, ...(failure ? errorOf(failure) : NO_ERROR) };
  return answerTags(facts, expected, errorCodeOf(facts));
}
