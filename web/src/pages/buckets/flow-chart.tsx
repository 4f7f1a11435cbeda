import { Text, VisuallyHidden } from '@mantine/core';
import { useReducedMotion } from '@mantine/hooks';
import { SankeyChart, type SankeySeriesOption } from 'echarts/charts';
import { TooltipComponent, type TooltipComponentOption } from 'echarts/components';
import { use, type ComposeOption } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import { useEffect, useId, useMemo, useState, type KeyboardEvent } from 'react';
import { tokens } from '../../format';
import { words } from '../../messages';
import { useChart } from '../../parts/use-chart';
import { useChartScheme } from '../../parts/use-chart-scheme';
import { usePrinting } from '../../parts/use-printing';
import { CHART_COLOURS, FONT, seriesColour, type Scheme } from '../../theme';
import own from './buckets.module.css';
import type { Flow, FlowNode } from './flows';

use([SankeyChart, TooltipComponent, CanvasRenderer]);

const say = words.buckets.flow;

type Option = ComposeOption<SankeySeriesOption | TooltipComponentOption>;

/** Flows as bands; the arrow keys read one after another. The default export, because it is loaded late. */
export default function FlowChart({ flows }: { flows: Flow[] }) {
  const { canvas, chart } = useChart();
  const scheme = useChartScheme();
  const printing = usePrinting();
  const calm = useReducedMotion() || printing;
  const [at, setAt] = useState<number | null>(null);
  const help = useId();
  const option = useMemo(() => optionOf(flows, scheme, calm), [flows, scheme, calm]);
  const last = flows.length - 1;
  const flow = at === null ? undefined : flows[Math.min(at, last)];

  useEffect(() => {
    chart.current?.setOption(option, { notMerge: true });
  }, [chart, option]);

  useEffect(() => {
    chart.current?.dispatchAction({ type: 'downplay', seriesIndex: 0 });
    if (at !== null) chart.current?.dispatchAction({ type: 'highlight', seriesIndex: 0, dataType: 'edge', dataIndex: at });
  }, [chart, at]);

  const onKeyDown = (event: KeyboardEvent) => {
    const next = nextPlace(event.key, at, last);
    if (next === undefined) return;
    event.preventDefault();
    setAt(next);
  };
  return (
    <div>
      <div className={own.scroll}>
        <div
          role="group"
          tabIndex={0}
          aria-label={say.chart}
          aria-describedby={help}
          className={own.flow}
          onKeyDown={onKeyDown}
          onBlur={() => setAt(null)}
        >
          <div ref={canvas} className={own.canvas} aria-hidden="true" />
          <VisuallyHidden id={help}>{say.keys}</VisuallyHidden>
        </div>
      </div>
      <Text size="sm" c="dimmed" mih="1.5rem" aria-hidden="true" data-no-print>
        {flow ? said(flow) : say.point}
      </Text>
      <VisuallyHidden role="status">{flow && said(flow)}</VisuallyHidden>
    </div>
  );
}

const said = ({ from, to, tokens: amount }: Flow) => say.one(from.name, to.name, words.units.tokens(amount, tokens(amount)));

function nextPlace(key: string, at: number | null, last: number): number | null | undefined {
  switch (key) {
    case 'ArrowLeft':
    case 'ArrowUp':
      return Math.max(0, (at ?? 1) - 1);
    case 'ArrowRight':
    case 'ArrowDown':
      return Math.min(last, (at ?? -1) + 1);
    case 'Home':
      return 0;
    case 'End':
      return last;
    case 'Escape':
      return at === null ? undefined : null;
    default:
      return undefined;
  }
}

function optionOf(flows: Flow[], scheme: Scheme, calm: boolean): Option {
  const colours = CHART_COLOURS[scheme];
  const nodes = new Map(flows.flatMap(({ from, to }) => [from, to]).map((node) => [node.id, node]));
  const nameOf = (id: string) => nodes.get(id)?.name ?? id;
  return {
    animation: !calm,
    textStyle: { fontFamily: FONT },
    tooltip: {
      backgroundColor: colours.surface,
      borderColor: colours.line,
      textStyle: { color: colours.ink, fontSize: 13 },
      confine: true,
      formatter: (params: unknown) => told(params, flows, nameOf),
    },
    series: [
      {
        type: 'sankey',
        left: 4,
        right: 130,
        top: 8,
        bottom: 8,
        nodeGap: 10,
        draggable: false,
        emphasis: { focus: 'none', lineStyle: { opacity: 0.8 } },
        label: { color: colours.ink, fontSize: 12, formatter: ({ name }) => nameOf(String(name)) },
        lineStyle: { color: 'source', opacity: 0.32, curveness: 0.5 },
        data: [...nodes.values()].map((node, place) => ({ name: node.id, itemStyle: { color: colourOf(node, scheme, place) } })),
        links: flows.map(({ from, to, tokens: value }) => ({ source: from.id, target: to.id, value })),
      },
    ],
  };
}

function colourOf({ kind }: FlowNode, scheme: Scheme, place: number): string {
  return kind === 'rest' || kind === 'pool' ? CHART_COLOURS[scheme].other : seriesColour(scheme, kind, place);
}

/** A node, never markup: names come from licence logs and may hold anything. */
function told(params: unknown, flows: Flow[], nameOf: (id: string) => string): HTMLElement {
  const { dataType, dataIndex = 0, name = '' } = params as { dataType?: string; dataIndex?: number; name?: string };
  const box = document.createElement('div');
  const flow = flows[dataIndex];
  box.textContent = dataType === 'edge' && flow ? said(flow) : nameOf(name);
  return box;
}
