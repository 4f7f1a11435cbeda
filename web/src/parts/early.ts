import { lazy, useEffect, type ComponentType } from 'react';

/**
 * A part that is large and drawn late. Whoever has it on their page calls `useEarly`, and it is asked for while the
 * numbers are: they do not wait for it, nor it for them. A page that is only looked ahead to asks for nothing.
 */
export function early<Props>(load: () => Promise<{ default: ComponentType<Props> }>) {
  const useEarly = () =>
    useEffect(() => {
      // What fails is said where it is drawn.
      load().catch(() => undefined);
    }, []);
  return [lazy(load), useEarly] as const;
}
