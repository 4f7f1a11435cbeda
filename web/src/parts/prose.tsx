import { Code } from '@mantine/core';

/** A sentence of the server, in which backticks mark what a person typed or may type. */
export function Prose({ children }: { children: string }) {
  return children.split('`').map((piece, index) =>
    index % 2 === 0 ? (
      piece
    ) : (
      <Code key={index} c="var(--ink)" fz="inherit">
        {piece}
      </Code>
    ),
  );
}
