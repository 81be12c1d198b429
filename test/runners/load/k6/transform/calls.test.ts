import { testSameTraces } from './same-trace.ts';
import { CALL_SCRIPTS } from './scripts-calls.ts';
import { FUNCTION_SCRIPTS } from './scripts-functions.ts';

testSameTraces(CALL_SCRIPTS);
testSameTraces(FUNCTION_SCRIPTS);
