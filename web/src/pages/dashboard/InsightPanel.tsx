import { Trans } from '@lingui/react'
import { ActionIcon, Badge, Group, Stack, Text } from '@mantine/core'
import {
  IconAlertTriangle,
  IconInfoCircle,
  IconRefresh,
  IconSparkles,
  IconZoomExclamation,
} from '@tabler/icons-react'
import { memo, useState } from 'react'
import { useClient } from 'urql'
import { describeError } from '../../api/errors.ts'
import { type Reading, useReading } from '../../api/reading.ts'
import { serverWords } from '../../api/server-words.ts'
import { config } from '../../config.ts'
import { signOf } from '../../format/money.ts'
import { formatShare } from '../../format/percent.ts'
import { formatDateTime, formatRelative } from '../../format/time.ts'
import { DashboardInsightDocument, type DashboardInsightQuery } from '../../generated/graphql.ts'
import { i18n } from '../../i18n.ts'
import { useNow } from '../../lists/use-now.ts'
import { maskAmounts, useHiddenAmounts } from '../../ui/amounts.tsx'
import { Money } from '../../ui/Money.tsx'
import { steady } from '../../ui/focus.tsx'
import { notifyFailure } from '../../ui/notify.ts'
import { ReadingPanel } from '../../ui/Panel.tsx'
import type { Values } from '../../values/values.ts'
import { useValues } from '../../values/ValuesProvider.tsx'

type Insight = NonNullable<NonNullable<DashboardInsightQuery['me']>['portfolio']['insight']>
type Finding = Insight['findings'][number]

const looks = {
  INFO: { icon: IconInfoCircle, className: 'flat', label: i18n.t('Good to know') },
  NOTICE: { icon: IconZoomExclamation, className: 'notice', label: i18n.t('Worth a look') },
  WARNING: { icon: IconAlertTriangle, className: 'warn', label: i18n.t('Worth a decision') },
} as const

const colors = {
  flat: undefined,
  notice: 'var(--mantine-color-anchor)',
  warn: 'var(--warn)',
} as const

const FindingLine = memo(function FindingLine({
  finding: { severity, text },
}: {
  finding: Finding
}) {
  const areHidden = useHiddenAmounts()
  const { icon: Icon, className, label } = looks[severity]
  const words = serverWords(text)
  return (
    <Group component="li" gap={10} wrap="nowrap" align="flex-start">
      <Icon
        size={18}
        stroke={1.8}
        style={{ flex: 'none', marginTop: 1, color: colors[className] }}
        aria-label={label}
        role="img"
      />
      <Text size="sm">{areHidden ? maskAmounts(words) : words}</Text>
    </Group>
  )
})

const reasons: Readonly<Record<string, string>> = {
  INSIGHTS_UNAVAILABLE: i18n.t('without the language model: it does not answer'),
  INSIGHTS_RATE_LIMITED: i18n.t('without the language model: it needs a break'),
  INSIGHTS_BLOCKED: i18n.t('without the language model: it refused to answer'),
}

const reasonFor = (code: string): string =>
  reasons[code] ?? i18n.t('without the language model: it failed')

/** When the text was written, and what else is to be known of it. */
const notesOf = (insight: Insight, nowMs: number): string =>
  [
    formatRelative(insight.generatedAt, nowMs),
    insight.engine === 'GEMINI' &&
      i18n.t('with the figures of {time}', { time: formatDateTime(insight.generatedAt) }),
    insight.isCached && i18n.t('from the cache'),
    insight.isPending && i18n.t('a fuller text is being written'),
    insight.degradedReason && reasonFor(insight.degradedReason),
  ]
    .filter(Boolean)
    .join(' · ')

const Engine = memo(function Engine({ insight }: { insight: Insight }) {
  const nowMs = useNow()
  const isModel = insight.engine === 'GEMINI'
  return (
    <Group gap={8}>
      <Badge variant="light" leftSection={isModel ? <IconSparkles size={12} /> : undefined}>
        {isModel ? (insight.model ?? 'Gemini') : i18n.t('Rules')}
      </Badge>
      <Text size="xs" c="dimmed" title={formatDateTime(insight.generatedAt)}>
        {notesOf(insight, nowMs)}
      </Text>
    </Group>
  )
})

/** The portfolio in one sentence, with the figures of all panels of the page. */
function WholeNow({ values, total }: { values: Values; total: string }) {
  const { cash, holdings, slices } = values
  const count = holdings.length
  const share = slices?.find(({ assetId }) => assetId === 'USD')?.percent
  const worth = <Money value={total} />
  if (count === 0) {
    return (
      <Trans id="Your portfolio is worth {total}, all of it in cash." values={{ total: worth }} />
    )
  }
  if (share === undefined) {
    return (
      <Trans
        id="Your portfolio is worth {total}, all of it in {count, plural, one {# asset} other {# assets}}."
        values={{ total: worth, count }}
      />
    )
  }
  return (
    <Trans
      id="Your portfolio is worth {total}: {cash} ({share}) in cash and the rest in {count, plural, one {# asset} other {# assets}}."
      values={{
        total: worth,
        cash: <Money value={cash.posted} />,
        share: formatShare(share),
        count,
      }}
    />
  )
}

/** The rules' text for a portfolio whose worth the page knows: the page words the whole itself, with its own figures. */
const isWordedHere = ({ engine }: Insight, values: Values | undefined): values is Values =>
  engine === 'RULES' && values?.total != null && signOf(values.total) > 0

/** The findings that the text above them does not contain. */
function findingsBelow(insight: Insight, values: Values | undefined): readonly Finding[] {
  const { findings, summary } = insight
  if (isWordedHere(insight, values)) return findings
  return findings.filter(({ text }) => !summary.includes(text))
}

type SummaryProps = {
  readonly insight: Insight
  readonly values: Values | undefined
  /** The page does not know what the portfolio is worth now. */
  readonly isBehind: boolean
}

/**
 * The text of the insight. The text of the rules is replaced by the current figures of the page and the findings, which
 * follow below; a model's text keeps its original figures.
 */
function Summary({ insight, values, isBehind }: SummaryProps) {
  const areHidden = useHiddenAmounts()
  const { summary, findings } = insight
  if (isWordedHere(insight, values)) {
    const whole = <WholeNow values={values} total={values.total ?? '0'} />
    if (findings.length > 0) return whole
    return <Trans id="{whole} Nothing in it stands out right now." values={{ whole }} />
  }
  const said = serverWords(summary)
  const words = areHidden ? maskAmounts(said) : said
  if (!isBehind) return words
  return i18n.t('Current prices are missing. With the figures of {time}: {words}', {
    time: formatDateTime(insight.generatedAt),
    words,
  })
}

const pendingEveryMs = 3_000

/** A change of the account makes the insight unknown until it is read again; its figures are those of the page meanwhile. */
function useKept(reading: Reading<DashboardInsightQuery>): Reading<DashboardInsightQuery> {
  const [known, setKnown] = useState(reading.data)
  const isKnown = reading.data?.me?.portfolio.insight != null
  if (isKnown && reading.data !== known) setKnown(reading.data)
  return isKnown || reading.failure ? reading : { ...reading, data: known }
}

export function InsightPanel() {
  const client = useClient()
  const { data: values, failure } = useValues().reading
  const isBehind = values ? values.total === null : failure !== undefined
  const [isRefreshing, setRefreshing] = useState(false)
  const [isPending, setPending] = useState(false)
  const everyMs = isPending ? pendingEveryMs : config.valuesEveryMs * 30
  const reading = useReading(DashboardInsightDocument, { refresh: false }, { everyMs })
  const insight = reading.data?.me?.portfolio.insight
  const kept = useKept(reading)
  if (insight && insight.isPending !== isPending) setPending(insight.isPending)

  /** The new text replaces the server's cached one, which the panel then reads. */
  const refresh = async () => {
    setRefreshing(true)
    const result = await client
      .query(DashboardInsightDocument, { refresh: true }, { requestPolicy: 'network-only' })
      .toPromise()
    if (result.error) notifyFailure(describeError(result.error))
    else reading.retry()
    setRefreshing(false)
  }
  return (
    <ReadingPanel
      title={i18n.t('Insight')}
      reading={kept}
      skeletonRows={5}
      select={({ me }) => me?.portfolio.insight}
      action={
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={i18n.t('Refresh the insight')}
          title={i18n.t('Write it anew')}
          loading={isRefreshing}
          renderRoot={steady}
          onClick={() => void refresh()}
        >
          <IconRefresh size={18} />
        </ActionIcon>
      }
    >
      {(shown) => (
        <Stack gap={14}>
          <Text fz={16} lh={1.5}>
            <Summary insight={shown} values={values} isBehind={isBehind} />
          </Text>
          {findingsBelow(shown, values).length > 0 && (
            <Stack component="ul" gap={8} m={0} p={0} style={{ listStyle: 'none' }}>
              {findingsBelow(shown, values).map((finding) => (
                <FindingLine key={`${finding.kind}-${finding.assetId ?? ''}`} finding={finding} />
              ))}
            </Stack>
          )}
          <Engine insight={shown} />
          <Text size="xs" c="dimmed">
            {i18n.t('Information, not advice.')}
          </Text>
        </Stack>
      )}
    </ReadingPanel>
  )
}
