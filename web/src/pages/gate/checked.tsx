import { Stack, Text, UnstyledButton } from '@mantine/core';
import type { PolicyCheck } from '../../api/types';
import { counted } from '../../format';
import { words } from '../../messages';
import { Prose } from '../../parts/prose';
import own from './policies.module.css';

const say = words.gate.policies;

type Props = { found: PolicyCheck; set: string; onLine: (line: number) => void };

/** What is wrong with a text, and what its author should know; each with a way to its line. */
export function Checked({ found: { valid, faults, warnings }, set, onLine }: Props) {
  return (
    <Stack gap="sm">
      <Text fw={650}>{valid ? say.valid : say.invalid(faults.length, counted(faults.length))}</Text>
      {faults.length > 0 && <Found kind="fault" said={faults} set={set} onLine={onLine} />}
      {warnings.length > 0 && (
        <>
          <Text size="sm" c="dimmed">
            {say.warnings}
          </Text>
          <Found kind="warning" said={warnings} set={set} onLine={onLine} />
        </>
      )}
    </Stack>
  );
}

type FoundProps = { kind: 'fault' | 'warning'; said: string[]; set: string; onLine: (line: number) => void };

function Found({ kind, said, set, onLine }: FoundProps) {
  return (
    <ul className={own.faults}>
      {said.map((one) => {
        const { line, message, help } = read(one, set);
        return (
          <li key={one} className={own.fault} data-kind={kind}>
            <Text>
              {line !== undefined && (
                <>
                  <UnstyledButton className={own.line} onClick={() => onLine(line)}>
                    {say.line(counted(line))}
                  </UnstyledButton>{' '}
                </>
              )}
              <Prose>{message}</Prose>
            </Text>
            {help && (
              <Text size="sm" c="dimmed">
                <Prose>{help}</Prose>
              </Text>
            )}
          </li>
        );
      })}
    </ul>
  );
}

/** The server says `set:line:column: message`, then `help: …` on a line of its own. */
export function read(said: string, set: string): { line?: number; message: string; help?: string } {
  const [head = '', ...rest] = said.split('\n');
  const help = rest.join(' ').trim().replace(/^help: /, '') || undefined;
  const place = head.startsWith(`${set}:`) ? /^(\d+)(?::\d+)?: (.*)$/.exec(head.slice(set.length + 1)) : null;
  return place ? { line: Number(place[1]), message: place[2] ?? '', help } : { message: head, help };
}
