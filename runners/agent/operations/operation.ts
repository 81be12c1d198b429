/**
 * What an operation is: plain data that the agent can do to one container, with its five moves. A fault translates its
 * settings into operations while planning; the agent is created holding all of them, so that it can undo every one by
 * itself. One file an operation: its shape, its moves, and what it needs for itself.
 */
import { z } from 'zod';
import type { FiveMoves, Ground } from './five-moves.ts';

/** A container by id; the agent looks up the pid itself, afresh at each move. */
export const containerRef = z.object({
  id: z.string(),
  name: z.string(),
  /** The engine that it is on, where that is not the one of the environment. */
  engine: z.string().exactOptional(),
});
export type ContainerRef = Readonly<z.output<typeof containerRef>>;

type OperationShape = z.ZodObject<{ op: z.ZodLiteral<string>; container: typeof containerRef }>;

/** What an operation's file writes. */
export interface OperationDefinition<Shape extends OperationShape> {
  /** Orders are checked by it when they arrive as text. */
  readonly shape: Shape;
  /** Makes the five moves. Touches nothing. */
  readonly moves: (operation: z.output<Shape>, ground: Ground) => FiveMoves;
  /**
   * Names of what it takes for itself on its container while it lasts (`state`, `cpu-quota` …). Two faults that claim the same at
   * the same time are refused while planning. By default none: it gets along with everything, itself included.
   */
  readonly claims?: (operation: z.output<Shape>) => readonly string[];
  /**
   * True where it is done once more on a container that was restarted or made anew meanwhile. By default unless it claims the container's
   * `state`: what restarts its container itself must not follow that.
   */
  readonly follows?: (operation: z.output<Shape>) => boolean;
  /** What only the host's kernel can tell, for `plan` to say: `whether …`. */
  readonly decidedInArming?: string;
  /** Beyond the usual, how long its proof may take, in ms. */
  readonly proofMs?: (operation: z.output<Shape>) => number;
  /** Beyond the usual, how long its undo may take, in ms. */
  readonly undoMs?: (operation: z.output<Shape>) => number;
  /** True where it can be armed on a container in any state, or on none. By default one must run, and go on running. */
  readonly anyState?: boolean;
}

/** The same, of data that was not looked at yet: each function throws ZodError where it has not the shape. */
export interface OperationKind<Shape extends OperationShape = OperationShape> {
  readonly op: string;
  readonly shape: Shape;
  moves(operation: unknown, ground: Ground): FiveMoves;
  readonly decidedInArming: string | undefined;
  claims(operation: unknown): readonly string[];
  follows(operation: unknown): boolean;
  proofMs(operation: unknown): number;
  undoMs(operation: unknown): number;
  readonly anyState: boolean;
}

export function defineOperation<Shape extends OperationShape>(definition: OperationDefinition<Shape>): OperationKind<Shape> {
  const { shape } = definition;
  const claims = (operation: z.output<Shape>) => definition.claims?.(operation) ?? [];
  return {
    op: shape.shape.op.value,
    shape,
    moves: (operation, ground) => definition.moves(shape.parse(operation), ground),
    decidedInArming: definition.decidedInArming,
    claims: (operation) => claims(shape.parse(operation)),
    follows(raw) {
      const operation = shape.parse(raw);
      return definition.follows?.(operation) ?? !claims(operation).includes('state');
    },
    proofMs: (operation) => definition.proofMs?.(shape.parse(operation)) ?? 0,
    undoMs: (operation) => definition.undoMs?.(shape.parse(operation)) ?? 0,
    anyState: definition.anyState ?? false,
  };
}
