import { testSameTraces } from './same-trace.ts';
import { MODULE_SCRIPTS } from './scripts-modules.ts';

testSameTraces(MODULE_SCRIPTS);
