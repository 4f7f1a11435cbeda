import { Button, Group, Stack, Textarea } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { postFor, Problem } from '../../api/client';
import { useOrder } from '../../api/orders';
import { words } from '../../messages';
import { Panel } from '../../parts/panel';
import { ProblemNotice } from '../../parts/problem-notice';
import styles from './rules-editor.module.css';
import { Said } from '../../parts/said';
import { Tried } from './tried';

const say = words.alerts.rules;

/** A rule that would strike nearly everybody is refused until somebody insists. */
const FIRES_FOR_EVERYONE = 'fires-for-everyone';

type Props = {
  standard: string;
  prefilled: boolean;
  onClose: (() => void) | undefined;
  /** Called as soon as rules are handed in: from then on there may be some, and the words stay in sight. */
  onWatch: () => void;
};

/** Rules as text: tried on history first, then watched. */
export function RulesEditor({ standard, prefilled, onClose, onWatch }: Props) {
  const [text, setText] = useState(prefilled ? standard : '');
  const order = useOrder();
  const trial = useMutation({ mutationFn: () => postFor('/v1/alert-rules/trial', { body: { text } }) });
  const busy = order.isPending || trial.isPending;
  const empty = text.trim() === '';
  const write = (written: string) => {
    setText(written);
    // What was said of another text holds no longer.
    order.reset();
    trial.reset();
  };
  const watch = (anyway: boolean) => {
    onWatch();
    order.mutate({ order: 'set-alert-rules', text, anyway });
  };
  const everyone = order.error instanceof Problem && order.error.code === FIRES_FOR_EVERYONE;
  const close = onClose && (
    <Button size="xs" variant="default" onClick={onClose}>
      {say.close}
    </Button>
  );
  return (
    <Panel title={say.addTitle} aside={close}>
      <Stack gap="md">
        <Textarea
          label={say.text}
          description={say.textHelp}
          value={text}
          rows={16}
          spellCheck={false}
          // Whoever asked for the editor wants to write; below the rules it may be out of sight.
          autoFocus={!prefilled}
          classNames={{ input: styles.text }}
          onChange={(event) => write(event.currentTarget.value)}
        />
        <Group gap="sm">
          <Button variant="default" disabled={empty} loading={trial.isPending} onClick={() => trial.mutate()}>
            {say.try}
          </Button>
          <Button disabled={empty || busy} onClick={() => watch(false)}>
            {say.watch}
          </Button>
          {empty && (
            <>
              <Button variant="subtle" onClick={() => write(standard)}>
                {say.standard}
              </Button>
              <span className={styles.why}>{say.nothingWritten}</span>
            </>
          )}
        </Group>
        {order.error && <ProblemNotice error={order.error} />}
        {everyone && (
          <Group>
            <Button variant="default" disabled={busy} onClick={() => watch(true)}>
              {say.anyway}
            </Button>
          </Group>
        )}
        <Said done={order.data} />
        {trial.error && <ProblemNotice error={trial.error} />}
        <div role="status">{trial.data && <Tried rules={trial.data.rows} />}</div>
      </Stack>
    </Panel>
  );
}
