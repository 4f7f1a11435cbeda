/**
 * A scroll space that browsers can bear: they cut elements off at 17 to 33 million pixels.
 * Beyond the bound the space is shorter than the rows, and each scrolled pixel passes several pixels of rows.
 */
export const SPACE_PX_MAX = 8_000_000;

export type Stretch = {
  /** Height of the scroll space. */
  space: number;
  /** Where in the rows one is, given how far was scrolled. */
  toRows: (scrolled: number) => number;
  /** How far to scroll to be there. */
  toScrolled: (rows: number) => number;
};

/** How rows of `total` pixels are scrolled through in a window of `view` pixels. */
export function stretchOf(total: number, view: number): Stretch {
  const space = Math.min(total, SPACE_PX_MAX);
  const factor = space < total ? (total - view) / (space - view) : 1;
  // A pixel too far is several of rows: without the bound, the end would be passed.
  const toRows = (scrolled: number) => Math.min(scrolled * factor, Math.max(0, total - view));
  return { space, toRows, toScrolled: (rows) => rows / factor };
}

/** Rows above and below what is in sight, so that a short scroll shows no gap. */
const SPARE_ROWS = 8;

/** The first and the last row to draw, and the room above and below them. */
export function windowOf(count: number, row_px: number, stretch: Stretch, scrolled: number, view: number) {
  const at = stretch.toRows(scrolled);
  const first = Math.max(0, Math.min(count, Math.floor(at / row_px)) - SPARE_ROWS);
  const last = Math.min(count - 1, Math.ceil((at + view) / row_px) + SPARE_ROWS);
  const above = Math.max(0, first * row_px - at + scrolled);
  const below = Math.max(0, stretch.space - above - (last + 1 - first) * row_px);
  return { first, last, above, below };
}
