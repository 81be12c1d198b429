/** One thing that doctor looked at. `warn`: some drills cannot run or run slower; `bad`: none can. */
export interface Check {
  readonly name: string;
  readonly state: 'ok' | 'warn' | 'bad';
  /** What is there, with its figures. */
  readonly found: string;
  /** What to type. */
  readonly hint?: string;
}
