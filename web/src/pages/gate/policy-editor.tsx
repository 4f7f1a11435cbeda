import { Button, CloseButton, Group, Stack, Text, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { postFor } from '../../api/client';
import type { Ordering } from '../../api/orders';
import type { PolicySet } from '../../api/types';
import { words } from '../../messages';
import { Panel } from '../../parts/panel';
import { ProblemNotice } from '../../parts/problem-notice';
import { AdoptPolicy } from './adopt-policy';
import { Checked } from './checked';
import { Differs } from './differs';
import { PolicyText, toLine } from './policy-text';
import { SimulatePolicy } from './simulate-policy';

const say = words.gate.policies;

/** What nobody permits is refused: without it a first set that forbids something would turn everybody away. */
const PERMIT = '@id("all-else")\npermit (principal, action, resource);\n\n';

const NAME = /^[a-z0-9][a-z0-9-]*$/;

type Props = {
  /** The set as it holds; nothing for a new one. */
  set: PolicySet | undefined;
  taken: readonly string[];
  adoption: Ordering;
  onClose: () => void;
  onAdopted: (name: string) => void;
};

/** Policies as text: checked, held against the answers of today and of the past, then adopted. */
export function PolicyEditor({ set, taken, adoption, onClose, onAdopted }: Props) {
  const [name, setName] = useState(set?.name ?? '');
  const [text, setText] = useState(set?.text ?? '');
  const field = useRef<HTMLTextAreaElement>(null);
  const sets = [{ name, text }];
  const check = useMutation({ mutationFn: () => postFor('/v1/policies/check', { body: { sets } }) });
  const diff = useMutation({ mutationFn: () => postFor('/v1/policies/diff', { body: { sets } }) });
  const why = whyNot(name, text, set ? [] : taken);
  // What was said of another text holds no longer.
  const change = (write: () => void) => {
    write();
    check.reset();
    diff.reset();
    adoption.reset();
  };
  const compare = () => {
    check.mutate();
    diff.mutate();
  };
  return (
    <>
      <Panel
        title={set ? say.editTitle(set.name) : say.newTitle}
        aside={<CloseButton aria-label={say.close} onClick={onClose} data-no-print />}
      >
        <Stack gap="md">
          {!set && (
            <TextInput
              label={say.name}
              description={say.nameHelp}
              value={name}
              maxLength={60}
              maw="22rem"
              autoFocus
              onChange={(event) => change(() => setName(event.currentTarget.value))}
            />
          )}
          <PolicyText ref={field} text={text} onText={(written) => change(() => setText(written))} />
          <Group gap="sm" data-no-print>
            <Button variant="default" disabled={why !== undefined} loading={check.isPending} onClick={() => check.mutate()}>
              {say.check}
            </Button>
            <Button variant="default" disabled={why !== undefined} loading={diff.isPending} onClick={compare}>
              {say.diff}
            </Button>
            {text.trim() === '' && (
              <Button variant="subtle" onClick={() => change(() => setText(taken.length === 0 ? PERMIT + say.example : say.example))}>
                {say.useExample}
              </Button>
            )}
            {why && (
              <Text size="sm" c="dimmed">
                {why}
              </Text>
            )}
          </Group>
          {check.error && <ProblemNotice error={check.error} />}
          <div role="status">
            {check.data && <Checked found={check.data} set={name} onLine={(line) => toLine(field.current, line)} />}
          </div>
          {diff.error && check.data?.valid && <ProblemNotice error={diff.error} />}
          {diff.data && <Differs text={diff.data.text} rows={diff.data.rows} label={say.diffTitle} />}
        </Stack>
      </Panel>
      <SimulatePolicy sets={sets} why={why} />
      <AdoptPolicy
        set={{ name, text }}
        isNew={!set}
        check={check.data}
        diff={diff.data}
        adoption={adoption}
        onAdopted={onAdopted}
      />
    </>
  );
}

/** Why this text cannot be looked at yet. */
function whyNot(name: string, text: string, taken: readonly string[]): string | undefined {
  if (name === '') return say.noName;
  if (!NAME.test(name)) return say.badName;
  if (taken.includes(name)) return say.takenName;
  return text.trim() === '' ? say.noText : undefined;
}
