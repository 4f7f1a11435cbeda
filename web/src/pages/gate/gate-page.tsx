/** The gate: who is through it now, why somebody was let through or turned away, and what it may answer. */
import { getRouteApi } from '@tanstack/react-router';
import { words } from '../../messages';
import { PageHead } from '../../parts/page-head';
import styles from '../../parts/page.module.css';
import { ExplainPanel } from './explain-panel';
import { NowPanel } from './now-panel';
import { RefusalsPanel } from './refusals-panel';

const route = getRouteApi('/gate');

export function GatePage() {
  const { decision, q } = route.useSearch();
  const navigate = route.useNavigate();
  const show = (changed: { decision?: string; q?: string }) =>
    void navigate({ search: (rest) => ({ ...rest, ...changed }), resetScroll: false });
  return (
    <div className={styles.page}>
      <PageHead title={words.gate.title} />
      {/* Another decision begins with its own number in the field. */}
      <ExplainPanel key={decision} decision={decision} onExplain={(id) => show({ decision: id })} />
      <NowPanel onExplain={(id) => show({ decision: id })} />
      <RefusalsPanel q={q ?? ''} onSearch={(text) => show({ q: text || undefined })} />
    </div>
  );
}
