/** The first run: a log, an export or demo data, and then what is missing still. One chunk. */
import { Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { summaryQuery } from '../../api/queries';
import { words } from '../../messages';
import { EmptyNote } from '../../parts/empty-note';
import { PageHead } from '../../parts/page-head';
import styles from '../../parts/page.module.css';
import { useRight } from '../../parts/use-right';
import { EstatePanel } from './estate-panel';
import { ExportPanel } from './import-panels';
import { NextSteps } from './next-steps';

const say = words.welcome;

export function WelcomePage() {
  const mayBring = useRight('run-faregate');
  const summary = useQuery(summaryQuery).data;
  const isEmpty = summary !== undefined && !summary.usage;
  if (mayBring === false) {
    return <EmptyNote heading="h1" title={say.notYours} detail={say.notYoursDetail} />;
  }
  return (
    <div className={styles.page}>
      <PageHead title={say.title} />
      <Text maw="70ch">{isEmpty ? say.intro : say.more}</Text>
      <div className={styles.pair}>
        <ExportPanel />
      </div>
      <NextSteps />
      <EstatePanel />
    </div>
  );
}
