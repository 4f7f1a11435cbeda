import type { File } from '../api/client';

/** Hands a file to the reader, as if they had followed a link to it. */
export function saveFile({ name, content }: File): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
