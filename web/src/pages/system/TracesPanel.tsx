import { Button, Stack, Text } from '@mantine/core'
import { IconRoute } from '@tabler/icons-react'
import { useState } from 'react'
import { config } from '../../config.ts'
import { joinWords } from '../../format/lists.ts'
import { dateLocale } from '../../format/locale.ts'
import { i18n } from '../../i18n.ts'
import { EmptyState } from '../../ui/EmptyState.tsx'
import { type Column, GridTable } from '../../ui/GridTable.tsx'
import { ReadingPanel } from '../../ui/Panel.tsx'
import { StateBadge } from './StateBadge.tsx'
import { formatDuration, type TraceSummary } from './trace.ts'
import { TracePanels } from './TracePanels.tsx'
import { useSystem } from './use-system.ts'
import { describeAnswer, serviceName } from './words.ts'

type Listed = { readonly traces: readonly TraceSummary[]; readonly sampleRatio: number }

const shown = 12

/** Otherwise the polling of this page, and of the banner of every open page, would soon fill the list. */
const isOwn = ({ operation }: TraceSummary): boolean =>
  operation === 'ShellPlatform' || (operation?.startsWith('System') ?? false)

function readList(body: unknown): Listed {
  const { traces, sampleRatio } = body as Listed
  return { traces: traces.filter((trace) => !isOwn(trace)).slice(0, shown), sampleRatio }
}

const clock = new Intl.DateTimeFormat(dateLocale, { timeStyle: 'medium' })

function columnsFor(
  chosenId: string | undefined,
  choose: (traceId: string) => void,
): Column<TraceSummary>[] {
  return [
    {
      header: i18n.t('Operation'),
      isTitle: true,
      cell: ({ traceId, operation, name }) => (
        <Button
          variant={traceId === chosenId ? 'light' : 'subtle'}
          size="compact-sm"
          aria-pressed={traceId === chosenId}
          onClick={() => choose(traceId)}
        >
          {operation ?? name}
        </Button>
      ),
    },
    { header: i18n.t('At'), cell: ({ startedAt }) => clock.format(new Date(startedAt)) },
    {
      header: i18n.t('Took'),
      isRight: true,
      cell: ({ durationMs }) => <span className="numeric">{formatDuration(durationMs)}</span>,
    },
    {
      header: i18n.t('Services'),
      cell: ({ services }) => joinWords(services.map(serviceName)) || '–',
    },
    {
      header: i18n.t('Answer'),
      cell: ({ status, hasFailed }) => (
        <StateBadge
          isFine={!hasFailed && status !== null && status < 400}
          label={describeAnswer(status, hasFailed)}
        />
      ),
    },
  ]
}

/** How many requests are in the list, and what it is for. */
function howMany(ratio: number): string {
  if (ratio === 1) {
    return i18n.t(
      'Every request is recorded. Those of this page are left out. Choose one to see where its time went.',
    )
  }
  return i18n.t(
    '{percent} % of the requests are recorded. Those of this page are left out. Choose one to see where its time went.',
    { percent: Math.round(ratio * 1_000) / 10 },
  )
}

/** The latest traces. The selected one is shown below with its waterfall and its query plan. */
export function TracesPanel() {
  const reading = useSystem('/system/traces?limit=200', readList, config.healthEveryMs)
  const [chosenId, choose] = useState<string>()
  return (
    <Stack gap="md">
      <ReadingPanel
        title={i18n.t('Last traces')}
        height={{ base: 1_000, sm: 640 }}
        reading={reading}
        select={(list) => list}
        isFlush
      >
        {({ traces, sampleRatio }) => (
          <>
            {traces.length === 0 ? (
              <EmptyState icon={IconRoute} title={i18n.t('No traces yet')}>
                {i18n.t('Use any page, then come back.')}
              </EmptyState>
            ) : (
              <GridTable
                label={i18n.t('Last traces')}
                columns={columnsFor(chosenId, choose)}
                rows={traces}
                rowKey={({ traceId }) => traceId}
              />
            )}
            <Text size="xs" c="dimmed" px={18} pt={6} pb={8}>
              {howMany(sampleRatio)}
            </Text>
          </>
        )}
      </ReadingPanel>
      {chosenId !== undefined && <TracePanels traceId={chosenId} />}
    </Stack>
  )
}
