import { Button, Stack, Text } from '@mantine/core'
import { IconRoute } from '@tabler/icons-react'
import { useState } from 'react'
import { config } from '../../config.ts'
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

/** Otherwise this page's own polling would soon fill the list. */
const isOwn = ({ operation }: TraceSummary): boolean => operation?.startsWith('System') ?? false

function readList(body: unknown): Listed {
  const { traces, sampleRatio } = body as Listed
  return { traces: traces.filter((trace) => !isOwn(trace)).slice(0, shown), sampleRatio }
}

const clock = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' })

function columnsFor(
  chosenId: string | undefined,
  choose: (traceId: string) => void,
): Column<TraceSummary>[] {
  return [
    {
      header: 'Operation',
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
    { header: 'At', cell: ({ startedAt }) => clock.format(new Date(startedAt)) },
    {
      header: 'Took',
      isRight: true,
      cell: ({ durationMs }) => <span className="numeric">{formatDuration(durationMs)}</span>,
    },
    { header: 'Services', cell: ({ services }) => services.map(serviceName).join(', ') || '–' },
    {
      header: 'Answer',
      cell: ({ status, hasFailed }) => (
        <StateBadge
          isFine={!hasFailed && status !== null && status < 400}
          label={describeAnswer(status, hasFailed)}
        />
      ),
    },
  ]
}

function howMany(ratio: number): string {
  if (ratio === 1) return 'Every request is recorded.'
  return `${Math.round(ratio * 1_000) / 10} % of the requests are recorded.`
}

/** The latest traces. The selected one is shown below with its waterfall and its query plan. */
export function TracesPanel() {
  const reading = useSystem('/system/traces?limit=200', readList, config.healthEveryMs)
  const [chosenId, choose] = useState<string>()
  return (
    <Stack gap="md">
      <ReadingPanel
        title="Last traces"
        height={{ base: 1_000, sm: 640 }}
        reading={reading}
        select={(list) => list}
        isFlush
      >
        {({ traces, sampleRatio }) => (
          <>
            {traces.length === 0 ? (
              <EmptyState icon={IconRoute} title="No traces yet">
                Use any page, then come back.
              </EmptyState>
            ) : (
              <GridTable
                label="Last traces"
                columns={columnsFor(chosenId, choose)}
                rows={traces}
                rowKey={({ traceId }) => traceId}
              />
            )}
            <Text size="xs" c="dimmed" px={18} pt={6} pb={8}>
              {howMany(sampleRatio)} Those of this page are left out. Choose one to see where its
              time went.
            </Text>
          </>
        )}
      </ReadingPanel>
      {chosenId !== undefined && <TracePanels traceId={chosenId} />}
    </Stack>
  )
}
