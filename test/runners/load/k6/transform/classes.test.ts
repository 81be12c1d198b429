import { testSameTraces } from './same-trace.ts';
import { ARRAY_SCRIPTS, CLASS_SCRIPTS } from './scripts-classes.ts';

testSameTraces(CLASS_SCRIPTS);
testSameTraces(ARRAY_SCRIPTS);
