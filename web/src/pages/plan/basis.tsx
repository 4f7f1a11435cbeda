import { Text } from '@mantine/core';
import { day } from '../../format';
import { words } from '../../messages';

type Props = { from: string; to: string; gaps: string[] };

/** What an answer stands on, and what it does not know. */
export function Basis({ from, to, gaps }: Props) {
  return (
    <div>
      <Text size="sm" c="dimmed">
        {words.plan.knownFrom(day(from), day(to))}
      </Text>
      {gaps.length > 0 && (
        <details>
          <summary>{words.plan.gaps(gaps.length)}</summary>
          <ul>
            {gaps.map((gap) => (
              <li key={gap}>{gap}</li>
            ))}
          </ul>
        </details>
      )}
    </div>
  );
}
