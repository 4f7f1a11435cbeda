import { Anchor } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { words } from '../messages';
import { EmptyNote } from '../parts/empty-note';

export function NotFoundPage() {
  return (
    <EmptyNote heading="h1" title={words.shell.notFoundTitle} detail={words.shell.notFoundDetail}>
      <Anchor component={Link} to="/">
        {words.shell.notFoundAction}
      </Anchor>
    </EmptyNote>
  );
}
