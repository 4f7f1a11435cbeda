import { Code, Stack, Text, UnstyledButton } from '@mantine/core';
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
      {faults.length > 0 && <Found kind="fault" found={faults.map((fault) => read(fault, set))} onLine={onLine} />}
      {shutsOut(warnings) && <Text fw={650}>{say.shutsOut}</Text>}
      {warnings.length > 0 && (
        <>
          <Text size="sm" c="dimmed">
            {say.warnings}
          </Text>
          <Found kind="warning" found={warnings.map((warning) => placed(warning, set))} onLine={onLine} />
        </>
      )}
    </Stack>
  );
}

/** Whether nobody at all would get through. */
export const shutsOut = (warnings: PolicyCheck['warnings']) => warnings.some((warning) => warning.shuts_out_everyone);

type Finding = { code?: string; line?: number; message: string; help?: string };
type FoundProps = { kind: 'fault' | 'warning'; found: Finding[]; onLine: (line: number) => void };

function Found({ kind, found, onLine }: FoundProps) {
  return (
    <ul className={own.faults}>
      {found.map(({ code, line, message, help }) => (
        <li key={`${line}:${message}`} className={own.fault} data-kind={kind}>
          <Text>
            {line !== undefined && (
              <>
                <UnstyledButton className={own.line} onClick={() => onLine(line)}>
                  {say.line(counted(line))}
                </UnstyledButton>{' '}
              </>
            )}
            <Prose>{message}</Prose>
            {code && (
              <>
                {' '}
                <Code>{code}</Code>
              </>
            )}
          </Text>
          {help && (
            <Text size="sm" c="dimmed">
              <Prose>{help}</Prose>
            </Text>
          )}
        </li>
      ))}
    </ul>
  );
}

/** What is noticed of another set has no line in this text. */
function placed({ code, set: where, line, message, help }: PolicyCheck['warnings'][number], set: string): Finding {
  if (!where || !line) return { code, message, help };
  return where === set ? { code, line, message, help } : { code, message: `${where}:${line}: ${message}`, help };
}

/** The server says `set:line:column: message`, then `help: …` on a line of its own. */
export function read(said: string, set: string): { line?: number; message: string; help?: string } {
  const [head = '', ...rest] = said.split('\n');
  const help = rest.join(' ').trim().replace(/^help: /, '') || undefined;
  const place = head.startsWith(`${set}:`) ? /^(\d+)(?::\d+)?: (.*)$/.exec(head.slice(set.length + 1)) : null;
  return place ? { line: Number(place[1]), message: place[2] ?? '', help } : { message: head, help };
}
