import { Button, CopyButton, Group, Stack, Textarea } from '@mantine/core';
import { words } from '../../messages';
import { saveFile } from '../../parts/save-file';
import styles from './plan.module.css';

const say = words.plan.offer.text;

type Props = { text: string; onText: (text: string) => void; error: string | undefined };

/** The offer as `faregate size --offer` reads it. */
export function OfferText({ text, onText, error }: Props) {
  const save = () => saveFile({ name: 'offer.toml', content: new Blob([`${text.trimEnd()}\n`], { type: 'application/toml' }) });
  return (
    <Stack gap="xs">
      <Textarea
        label={say.label}
        description={say.help}
        value={text}
        error={error}
        rows={12}
        spellCheck={false}
        classNames={{ input: styles.toml }}
        onChange={(event) => onText(event.currentTarget.value)}
      />
      <Group gap="sm">
        {/* Without HTTPS the browser has no clipboard for us. */}
        {window.isSecureContext && (
          <CopyButton value={text}>
            {({ copied, copy }) => (
              <Button size="xs" variant="default" onClick={copy}>
                {copied ? say.copied : say.copy}
              </Button>
            )}
          </CopyButton>
        )}
        <Button size="xs" variant="default" onClick={save}>
          {say.save}
        </Button>
      </Group>
    </Stack>
  );
}
