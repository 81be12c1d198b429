/**
 * A block of lines at the end of the screen that is redrawn in place, with lasting lines scrolling by above it. It goes
 * up by exactly the rows it drew (counting the wraps that a narrower window makes) and clears those, so that
 * whatever stood above stays.
 */
const CLEAR_BELOW = '\u001b[0J';

/** Where it draws. `columns` is asked afresh at each drawing, since a window changes its size. */
export interface Screen {
  write(text: string): void;
  readonly columns: number;
}

export interface Block {
  /** Draws the block anew; `above` are lines that stay. Widths are counted on `bare`, painted lines are written. */
  draw(lines: readonly PaintedLine[], above: readonly PaintedLine[]): void;
  /** Takes the block off the screen. */
  clear(): void;
}

/** A line as written, and its width in cells. */
export interface PaintedLine {
  readonly text: string;
  readonly width: number;
}

export function blockOn(screen: Screen): Block {
  let drawn: readonly PaintedLine[] = [];
  const erase = (): string => {
    const columns = Math.max(1, screen.columns);
    const rows = drawn.reduce((sum, line) => sum + Math.max(1, Math.ceil(line.width / columns)), 0);
    return rows === 0 ? '' : `\r\u001b[${rows}A${CLEAR_BELOW}`;
  };
  return {
    draw(lines, above) {
      const text = [...above, ...lines].map((line) => `${line.text}\n`).join('');
      screen.write(erase() + text);
      drawn = lines;
    },
    clear() {
      const text = erase();
      if (text !== '') screen.write(text);
      drawn = [];
    },
  };
}
