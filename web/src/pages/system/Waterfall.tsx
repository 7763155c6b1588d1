import { i18n } from '../../i18n.ts'
import { arrange, describeSpan, formatDuration, type Row, type Span } from './trace.ts'
import { serviceName, spanName } from './words.ts'

function Bar({ span, totalMs }: { span: Span; totalMs: number }) {
  const left = (span.offsetMs / totalMs) * 100
  const width = Math.max(0.4, (span.durationMs / totalMs) * 100)
  return (
    <div className="span-track" aria-hidden="true">
      <div
        className={`span-bar ${kindOf(span)}`}
        data-failed={span.hasFailed || undefined}
        style={{ left: `${left}%`, width: `${Math.min(width, 100 - left)}%` }}
      />
    </div>
  )
}

/** Colours distinguish the layers, which the row names as well. */
function kindOf({ name }: Span): string {
  if (name.startsWith('dynamodb.')) return 'of-store'
  if (name === 'subgraph.execute') return 'of-subgraph'
  return name === 'gateway.fetch' ? 'of-fetch' : 'of-router'
}

function SpanRow({ row: { span, depth }, totalMs }: { row: Row; totalMs: number }) {
  const about = describeSpan(span)
  return (
    <tr>
      <th scope="row" style={{ paddingLeft: 18 + depth * 12 }}>
        {spanName(span.name)}
        {span.hasFailed && <span className="down"> {i18n.t('✗ failed')}</span>}
        {about && <div className="span-about">{about}</div>}
      </th>
      <td>{serviceName(span.service)}</td>
      <td className="right numeric">{formatDuration(span.offsetMs)}</td>
      <td className="right numeric">{formatDuration(span.durationMs)}</td>
      <td className="span-cell">
        <Bar span={span} totalMs={totalMs} />
      </td>
    </tr>
  )
}

/** Every span under its parent, with text, figures and a bar. */
export function Waterfall({ spans }: { spans: readonly Span[] }) {
  const totalMs = Math.max(0.001, ...spans.map(({ offsetMs, durationMs }) => offsetMs + durationMs))
  return (
    <div
      className="table-scroll waterfall"
      role="group"
      aria-label={i18n.t('Waterfall: table')}
      tabIndex={0}
    >
      <table className="grid-table" aria-label={i18n.t('Spans')}>
        <thead>
          <tr>
            <th scope="col">{i18n.t('Span')}</th>
            <th scope="col">{i18n.t('Where')}</th>
            <th scope="col" className="right">
              {i18n.t('Start')}
            </th>
            <th scope="col" className="right">
              {i18n.t('Took')}
            </th>
            <th scope="col">
              <span className="visually-hidden">
                {i18n.t('Drawn over the time of the request')}
              </span>
            </th>
          </tr>
        </thead>
        <tbody>
          {arrange(spans).map((row) => (
            <SpanRow key={row.span.spanId} row={row} totalMs={totalMs} />
          ))}
        </tbody>
      </table>
    </div>
  )
}
