/** The library of reports: what each is for, made with the reader's choices, to take along. */
import { Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { reportsQuery } from '../../api/reports';
import type { ReportKnown } from '../../api/types';
import { words } from '../../messages';
import { EmptyNote } from '../../parts/empty-note';
import { Loaded, SkeletonLines } from '../../parts/loaded';
import { PageHead } from '../../parts/page-head';
import styles from '../../parts/page.module.css';
import { Panel } from '../../parts/panel';
import { MakeForm } from './make-form';
import own from './reports.module.css';
import { SchedulesPanel } from './schedules-panel';

const route = getRouteApi('/reports');
const say = words.reports;

export function ReportsPage() {
  const reports = useQuery(reportsQuery);
  return (
    <div className={styles.page}>
      <PageHead title={say.title} />
      <Panel title={say.library}>
        <Text c="dimmed" size="sm" mb="sm">
          {say.help}
        </Text>
        <Loaded of={reports} waiting={say.loading} skeleton={<SkeletonLines lines={9} height={34} />}>
          {({ rows }) =>
            rows.length === 0 ? <EmptyNote title={say.emptyTitle} detail={say.emptyDetail} /> : <Library reports={rows} />
          }
        </Loaded>
      </Panel>
      {reports.data && reports.data.rows.length > 0 && <SchedulesPanel reports={reports.data.rows} />}
    </div>
  );
}

function Library({ reports }: { reports: ReportKnown[] }) {
  const { report: chosen } = route.useSearch();
  return (
    <ul className={own.reports}>
      {reports.map((report) => (
        <li key={report.name} className={own.report}>
          <Head report={report} isOpen={report.name === chosen} />
          {report.name === chosen && <MakeForm report={report} />}
        </li>
      ))}
    </ul>
  );
}

/** Leads to the report's choices, which the address keeps, and closes them again. */
function Head({ report: { name, title, about, formats, of_period }, isOpen }: { report: ReportKnown; isOpen: boolean }) {
  const said = say.known[name];
  return (
    <Link
      to="/reports"
      search={isOpen ? {} : { report: name }}
      aria-expanded={isOpen}
      className={own.head}
      resetScroll={false}
    >
      <span className={own.title}>{said?.title ?? title}</span>
      <span className={own.about}>{said?.about ?? about}</span>
      <span className={own.formats}>
        {[of_period ? say.ofPeriod : say.ofNow, formats.map((format) => format.toUpperCase()).join(', ')].join(' · ')}
      </span>
    </Link>
  );
}
