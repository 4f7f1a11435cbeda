import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { bucketsQuery } from '../../api/buckets';
import { personQuery } from '../../api/people';
import { meQuery } from '../../api/queries';
import { tokens } from '../../format';
import { words } from '../../messages';
import styles from '../../parts/page.module.css';
import { Panel } from '../../parts/panel';
import { PlainTable } from '../../parts/plain-table';
import { Standing } from '../me/standing';

const say = words.home;

/** So many buckets are shown; their page has the rest. */
const BUCKETS_MAX = 8;

/** For whoever may not read the estate: their own use, and the buckets that are theirs. */
export function Own() {
  const me = useQuery(meQuery).data?.person;
  const person = useQuery({ ...personQuery(me?.key ?? ''), enabled: Boolean(me) }).data;
  const buckets = useInfiniteQuery(bucketsQuery(undefined)).data?.pages[0]?.rows ?? [];
  if (!me) return null;
  const columns = words.buckets.columns;
  return (
    <div className={styles.pair}>
      {person && (
        <Standing person={person}>
          <Link to="/me" className={styles.link}>
            {say.toMine}
          </Link>
        </Standing>
      )}
      {buckets.length > 0 && (
        <Panel title={say.buckets}>
          <PlainTable
            label={say.buckets}
            rows={buckets.slice(0, BUCKETS_MAX)}
            rowKey={({ key }) => key}
            columns={[
              {
                head: columns.name,
                cell: ({ key, name }) => (
                  <Link to="/buckets/$key" params={{ key }} className={styles.link}>
                    {name}
                  </Link>
                ),
              },
              { head: columns.available, cell: ({ available }) => tokens(available), kind: 'number' },
              { head: columns.spent, cell: ({ spent }) => tokens(spent), kind: 'number' },
              { head: columns.allocated, cell: ({ allocated }) => tokens(allocated), kind: 'number' },
            ]}
          />
          {buckets.length > BUCKETS_MAX && (
            <Link to="/buckets" className={styles.link}>
              {say.allBuckets}
            </Link>
          )}
        </Panel>
      )}
    </div>
  );
}
