import { Button, Group, Textarea } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { words } from '../../messages';
import styles from './plan.module.css';

const say = words.plan.offer;

/** What the vendor offers, in TOML; without it the tariff's prices hold. */
export function OfferForm({ onOffer, busy }: { onOffer: (offered: string) => void; busy: boolean }) {
  const [text, setText] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onOffer(text);
  };
  return (
    <details className={styles.offer}>
      <summary>{say.title}</summary>
      <form onSubmit={submit}>
        <Textarea
          label={say.label}
          description={say.help}
          value={text}
          rows={6}
          spellCheck={false}
          classNames={{ input: styles.toml }}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <Group mt="sm">
          <Button type="submit" loading={busy}>
            {say.calculate}
          </Button>
        </Group>
      </form>
    </details>
  );
}
