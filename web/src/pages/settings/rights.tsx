import { Stack, Text, VisuallyHidden } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { roleRightsQuery } from '../../api/settings';
import type { RoleRights } from '../../api/types';
import { words } from '../../messages';
import { CheckIcon } from '../../parts/icons';
import { Loaded, SkeletonLines } from '../../parts/loaded';
import styles from '../../parts/page.module.css';
import { Panel } from '../../parts/panel';
import { PlainTable } from '../../parts/plain-table';
import { Prose } from '../../parts/prose';
import { useRight } from '../../parts/use-right';

const say = words.settings.rights;

/** Which role may do what, and where the rules of the gate are. */
export function RightsPart() {
  const rights = useQuery(roleRightsQuery);
  const seesPolicies = useRight('read-estate');
  return (
    <Panel title={say.title}>
      <Stack gap="md">
        <Text>
          <Prose>{say.help}</Prose>
        </Text>
        <Loaded of={rights} waiting={say.loading} skeleton={<SkeletonLines lines={8} />}>
          {(data) => <Matrix told={data} />}
        </Loaded>
        {seesPolicies && (
          <Link to="/gate" className={styles.link}>
            {say.toPolicies}
          </Link>
        )}
      </Stack>
    </Panel>
  );
}

function Matrix({ told: { rights, rows } }: { told: RoleRights }) {
  return (
    <PlainTable
      label={say.title}
      rows={rights}
      rowKey={(right) => right}
      columns={[
        { head: say.right, cell: (right) => say.rights[right] ?? right, kind: 'words' },
        ...rows.map(({ role, rights: held }) => ({
          head: words.access.roles[role] ?? role,
          cell: (right: string) => (held.includes(right) ? <Held /> : <VisuallyHidden>{say.no}</VisuallyHidden>),
        })),
      ]}
    />
  );
}

function Held() {
  return (
    <>
      <CheckIcon size={16} />
      <VisuallyHidden>{say.yes}</VisuallyHidden>
    </>
  );
}
