import { lazy, type ComponentType, type LazyExoticComponent } from 'react';

/**
 * A part that is large and drawn late: it is asked for together with the page that it is on, so that it is there when
 * the numbers are, and they do not wait for it. What fails is said where it is drawn.
 */
export function early<Props>(loading: Promise<{ default: ComponentType<Props> }>): LazyExoticComponent<ComponentType<Props>> {
  loading.catch(() => undefined);
  return lazy(() => loading);
}
