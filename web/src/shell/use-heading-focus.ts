import { useRouter } from '@tanstack/react-router';
import { useEffect } from 'react';

/**
 * After a navigation the heading of the new page takes the focus, so that a screen reader says where one is.
 * What only opens beside a list leaves the heading as it is, and the focus where it was.
 */
export function useHeadingFocus() {
  const router = useRouter();
  useEffect(() => {
    let known = headingOf();
    return router.subscribe('onRendered', ({ fromLocation, pathChanged }) => {
      const heading = headingOf();
      const isNew = heading?.element !== known?.element || heading?.text !== known?.text;
      known = heading;
      if (!fromLocation || !pathChanged || !isNew || !heading) return;
      heading.element.tabIndex = -1;
      heading.element.focus({ preventScroll: true });
    });
  }, [router]);
}

function headingOf() {
  const element = document.querySelector<HTMLElement>('main h1');
  return element && { element, text: element.textContent };
}
