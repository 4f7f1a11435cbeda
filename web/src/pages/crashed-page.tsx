import { Button } from '@mantine/core';
import { words } from '../messages';
import { EmptyNote } from '../parts/empty-note';

/** What is left when a component throws: the way back, and no technical words. */
export function CrashedPage() {
  return (
    <EmptyNote heading="h1" title={words.shell.errorTitle} detail={words.shell.errorDetail}>
      <Button onClick={() => window.location.reload()}>{words.shell.reload}</Button>
    </EmptyNote>
  );
}
