import { ActionIcon, Code, CopyButton, Group, Tooltip } from '@mantine/core';
import { words } from '../messages';
import { CheckIcon, CopyIcon } from './icons';

/** A command line to run, with a button that copies it where the browser allows that. */
export function Command({ children }: { children: string }) {
  return (
    <Group gap={4} wrap="nowrap" maw="100%">
      <Code px="sm" py={6} fz="sm" c="var(--ink)" style={{ overflowWrap: 'anywhere', textAlign: 'start' }}>
        {children}
      </Code>
      {/* Without HTTPS the browser has no clipboard for us. */}
      {window.isSecureContext && (
        <CopyButton value={children}>
          {({ copied, copy }) => (
            <Tooltip label={copied ? words.copying.copied : words.copying.copy}>
              <ActionIcon variant="subtle" color="gray" onClick={copy} aria-label={`${words.copying.copy}: ${children}`}>
                {copied ? <CheckIcon /> : <CopyIcon />}
              </ActionIcon>
            </Tooltip>
          )}
        </CopyButton>
      )}
    </Group>
  );
}
